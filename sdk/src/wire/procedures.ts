/** Bytes in base64url without padding, of exactly the length that the field has. */
export type Base64url = string;

/** A key of an epoch sealed to one recipient, or under the key of the next epoch. */
export interface SealedBox {
  readonly epoch: number;
  /** deviceId or recoveryId; 16 zeros: the link to the epoch before. */
  readonly recipient: Base64url;
  readonly box: Base64url;
}

export interface WireHead {
  readonly deviceId: Base64url;
  readonly batchNo: number;
  readonly hash: Base64url;
}

/** Where a pull goes on. It means nothing to another store. */
export interface Cursor {
  readonly storeId: Base64url;
  readonly seq: number;
}

export interface ServerLimits {
  readonly pushBytes: number;
  readonly batchItems: number;
  readonly pageBytes: number;
  readonly vaultBytes: number;
  readonly vaultEntries: number;
  readonly members: number;
  readonly blobBytes: number;
  readonly pushesPerMinute: number;
}

export interface ServerInfo {
  /** Versions of the protocol that the server speaks. */
  readonly protocols: readonly number[];
  /** Names this store for as long as it keeps what it has acknowledged; a store that is made anew or restored takes another. */
  readonly storeId: Base64url;
  readonly serverTimeMs: number;
  readonly limits: ServerLimits;
}

export interface VaultInput {
  readonly vaultId: Base64url;
}

export interface VaultCreateInput {
  /** The whole member log. */
  readonly entries: readonly Base64url[];
  readonly boxes: readonly SealedBox[];
  /** An invitation or proof of work, where the server asks for one. */
  readonly proof?: string | undefined;
}

export interface VaultStatus {
  readonly storeId: Base64url;
  /** The newest seq. */
  readonly head: number;
  readonly heads: readonly WireHead[];
  readonly generation: number;
  readonly logLen: number;
  readonly logHash: Base64url;
  readonly minEpoch: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly entries: number;
  readonly maxEntries: number;
}

export interface VaultDestroyInput extends VaultInput {
  readonly request: Base64url;
}

export interface ChallengeInput extends VaultInput {
  /** deviceId or recoveryId. */
  readonly id: Base64url;
}

export interface Challenge {
  readonly nonce: Base64url;
  readonly expiresAtMs: number;
}

export interface SessionInput extends ChallengeInput {
  readonly audience: string;
  readonly nonce: Base64url;
  readonly signature: Base64url;
}

export interface Session {
  readonly token: Base64url;
  readonly expiresAtMs: number;
}

export interface LocateInput {
  readonly recoverySignPk: Base64url;
  readonly audience: string;
  readonly nonce: Base64url;
  readonly signature: Base64url;
}

export interface Ticket {
  readonly ticket: Base64url;
}

export interface LogGetInput extends VaultInput {
  readonly from: number;
}

export interface LogPage {
  readonly entries: readonly Base64url[];
  /** The caller's own and the links, of every epoch from the lowest on. */
  readonly boxes: readonly SealedBox[];
  readonly more: boolean;
}

export interface LogAppendInput extends VaultInput {
  readonly expectLen: number;
  readonly entry: Base64url;
  readonly boxes: readonly SealedBox[];
}

export interface LogLength {
  readonly length: number;
}

export interface PushResult {
  /** The newest seq of the vault. */
  readonly head: number;
  /** Entries stored by this push. */
  readonly accepted: number;
  /** The same manifest had been stored before; nothing was done again. */
  readonly duplicate: boolean;
}

export interface PullInput extends VaultInput {
  /** `null`: from the beginning. */
  readonly cursor: Cursor | null;
  readonly limitBytes?: number | undefined;
  /** Entries up to this seq are left out, manifests are not: for a device that has them from a snapshot. */
  readonly skipEntriesTo?: number | undefined;
}

export interface PullPage {
  /** Ascending by seq, as `entries`; a manifest's seq is lower than those of its entries. */
  readonly manifests: readonly { readonly seq: number; readonly manifest: Base64url }[];
  readonly entries: readonly { readonly seq: number; readonly envelope: Base64url }[];
  readonly next: Cursor;
  readonly head: number;
  readonly heads: readonly WireHead[];
  /** False: everything up to `head` was delivered. */
  readonly more: boolean;
}

export interface AckInput extends VaultInput {
  readonly seq: number;
}

export interface LiveInput {
  readonly ticket: Base64url;
  readonly lastEventId?: string | undefined;
}

/** A hint that there is something to pull; never the thing itself. */
export interface LiveEvent {
  readonly seq: number;
  readonly logLen: number;
}

export interface BlobInput extends VaultInput {
  readonly hash: Base64url;
}

export interface BlobBeginInput extends BlobInput {
  readonly bytes: number;
}

export interface BlobReceived {
  /** Bytes from the beginning that the server has. */
  readonly received: number;
}

export interface SnapshotPublishInput extends VaultInput {
  readonly manifest: Base64url;
  /** The newest seq that the snapshot contains. */
  readonly seq: number;
}

export interface SnapshotLatest {
  readonly snapshot: { readonly manifest: Base64url; readonly seq: number } | null;
}

export type LinkOpenInput =
  | { readonly kind: "qr"; readonly mailboxId: Base64url }
  | { readonly kind: "code" };

export interface Mailbox {
  readonly mailboxId: Base64url;
  /** Eight characters of Crockford's base 32; `null` for a QR. */
  readonly code: string | null;
  readonly expiresAtMs: number;
}

export interface LinkClaimInput {
  readonly code: string;
}

export interface MailboxId {
  readonly mailboxId: Base64url;
}

export interface LinkSlotInput extends MailboxId {
  /** `LINK_SLOT`. */
  readonly slot: number;
}

export interface LinkPutInput extends LinkSlotInput {
  readonly message: Base64url;
}

export interface LinkTaken {
  /** `null`: nothing there yet. */
  readonly message: Base64url | null;
}

export interface DeviceList {
  readonly devices: readonly {
    readonly deviceId: Base64url;
    /** Days since 1970-01-01 UTC. */
    readonly lastSeenDay: number | null;
    readonly revoked: boolean;
  }[];
}

export interface Ok {
  readonly ok: true;
}
