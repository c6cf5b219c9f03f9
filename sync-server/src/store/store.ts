/**
 * What the server keeps. Every operation is one transaction: it happens as a whole or not at all, and what it answered is on
 * the disk. Ids, keys, hashes and bodies are bytes that were checked at the door; the store looks into none of them.
 *
 * Two adapters stand behind this port (SQLite, PostgreSQL), both held to `store.contract.ts`.
 */
export interface Store extends VaultStore, EntryStore, BlobStore, MailboxStore, SessionStore {
  readonly identity: StoreIdentity;
  /** @throws when the database does not answer */
  ping(): Promise<void>;
  /** Drops sessions, tickets, spent challenges, mailboxes and unfinished uploads whose time is over. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreIdentity {
  /** 16 random bytes, made with the database. A wiped or new database has another one, and clients then seed it again. */
  readonly storeId: Uint8Array;
  /** 32 random bytes all instances on one database share: they sign challenges. Never leaves the server. */
  readonly secret: Uint8Array;
}

/** Names one entry of a vault: the device that wrote it and that device's count. */
export interface Dot {
  readonly deviceId: Uint8Array;
  readonly devSeq: number;
}

export interface Quota {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

// ---- vaults, devices, member log

export interface VaultStore {
  /** @returns "exists" where a vault begins with another first entry; nothing is changed then */
  createVault(vault: NewVault): Promise<"created" | "same" | "exists">;
  vault(vaultId: Uint8Array): Promise<VaultState | null>;
  /** By any key that is, or is waiting to become, the recovery key. */
  vaultOfRecoveryKey(recoveryPk: Uint8Array): Promise<Uint8Array | null>;
  /** Removes every row of the vault. @returns false where there is none */
  destroyVault(vaultId: Uint8Array): Promise<boolean>;
  /** Revoked devices too, in the order they were added. */
  devices(vaultId: Uint8Array): Promise<DeviceState[]>;
  device(vaultId: Uint8Array, deviceId: Uint8Array): Promise<DeviceState | null>;
  /** Up to `limit` entries from index `from` on, and the boxes sealed to these recipients, as of one moment. */
  readLog(query: LogQuery): Promise<LogPage>;
  appendLog(append: LogAppend): Promise<LogOutcome>;
}

export interface NewVault {
  readonly vaultId: Uint8Array;
  readonly state: LogState;
  readonly log: readonly LogRow[];
  readonly devices: readonly NewMember[];
  readonly boxes: readonly EpochBox[];
}

/** What the whole log amounts to at its end. */
export interface LogState {
  readonly epoch: number;
  readonly generation: number;
  /** Pushes sealed under an older epoch are refused. */
  readonly minEpoch: number;
  readonly minSuite: number;
  readonly recoveryPk: Uint8Array;
  /** Asked for by one device alone: in force from that day on. */
  readonly nextRecovery: { readonly recoveryPk: Uint8Array; readonly fromDay: number } | null;
}

export interface LogRow {
  readonly body: Uint8Array;
  readonly hash: Uint8Array;
  /** The epoch and generation that the log is at with this entry as its last. */
  readonly epoch: number;
  readonly generation: number;
  /** The day on which it was appended here; null for what came with the vault, where the entry's own day counts. */
  readonly seenDay: number | null;
}

export interface NewDevice {
  readonly deviceId: Uint8Array;
  readonly signPk: Uint8Array;
  readonly sealPk: Uint8Array;
}

export interface NewMember extends NewDevice {
  /** Index of the entry that added it. */
  readonly addedAt: number;
  readonly revoked: boolean;
}

export interface EpochBox {
  readonly epoch: number;
  /** 16 bytes; zeros for the link to the epoch before. */
  readonly recipient: Uint8Array;
  readonly box: Uint8Array;
}

export interface VaultState extends LogState {
  readonly head: number;
  /** Of everything that was sent except snapshots: entries, manifests, log, boxes. */
  readonly bytes: number;
  readonly entries: number;
  readonly blobBytes: number;
  readonly logLen: number;
  readonly logHash: Uint8Array;
}

export interface DeviceState extends NewMember {
  readonly lastBatchNo: number;
  readonly lastBatchHash: Uint8Array;
  readonly lastDevSeq: number;
  /** Highest head this device said it has taken in. */
  readonly ackSeq: number;
  /** Days since 1970: the server keeps no finer time. */
  readonly seenDay: number;
}

export interface LogQuery {
  readonly vaultId: Uint8Array;
  readonly from: number;
  readonly limit: number;
  readonly recipients: readonly Uint8Array[];
}

export interface LogPage {
  readonly entries: readonly LogRow[];
  readonly boxes: readonly EpochBox[];
  readonly logLen: number;
}

/** What one log entry does to the vault; the caller has checked its signature and knows the state it leads to. */
export interface LogAppend {
  readonly vaultId: Uint8Array;
  /** Compare-and-set: refused when the log has another length or another head. */
  readonly expectLen: number;
  readonly expectHash: Uint8Array;
  readonly entry: LogRow;
  readonly state: LogState;
  readonly boxes: readonly EpochBox[];
  readonly add?: NewDevice;
  readonly revoke?: Revocation;
  readonly maxBytes: number;
}

/**
 * Ends the device's sessions in the same transaction. The pin must be the newest batch that is stored: rows that a later batch had
 * replaced are gone, so a batch that members are about to disregard must not have come between.
 */
export interface Revocation {
  readonly deviceId: Uint8Array;
  readonly batchNo: number;
  readonly batchHash: Uint8Array;
}

export type LogOutcome =
  | { readonly kind: "appended"; readonly logLen: number }
  /** The same entry stands there already: an answer was lost and the client asked again. */
  | { readonly kind: "duplicate"; readonly logLen: number }
  | { readonly kind: "conflict"; readonly logLen: number }
  | { readonly kind: "unknown-vault" }
  /** The device has pushed beyond the pin: pull, and sign again. */
  | { readonly kind: "pin-passed" }
  | { readonly kind: "quota"; readonly bytes: number };

// ---- entries

export interface EntryStore {
  push(batch: Batch): Promise<PushOutcome>;
  /** What lies behind `after`, whole rows only, in order, as of one moment; at least one row however large. */
  pull(query: PullQuery): Promise<PullPage | null>;
  /** Notes what a device has taken in; never backwards, never past the head. @returns false for an unknown device */
  ack(vaultId: Uint8Array, deviceId: Uint8Array, seq: number): Promise<boolean>;
}

/** One signed manifest with its envelopes. The caller has checked signature and hashes. */
export interface Batch {
  readonly vaultId: Uint8Array;
  readonly deviceId: Uint8Array;
  readonly generation: number;
  readonly epoch: number;
  readonly batchNo: number;
  readonly prevHash: Uint8Array;
  readonly hash: Uint8Array;
  /** Length and hash of the log that the writer had verified. */
  readonly logLen: number;
  readonly logHash: Uint8Array;
  readonly firstDevSeq: number;
  readonly manifest: Uint8Array;
  readonly items: readonly BatchItem[];
  /** Removed without a successor. */
  readonly purged: readonly Dot[];
  /** Heads of other devices that the writer had verified. */
  readonly seen: readonly Head[];
  readonly quota: Quota;
}

export interface BatchItem {
  readonly recordId: Uint8Array;
  readonly envelope: Uint8Array;
  readonly supersedes: readonly Dot[];
}

export interface Head {
  readonly deviceId: Uint8Array;
  readonly batchNo: number;
  readonly hash: Uint8Array;
}

export interface PushAnswer {
  /** Head of the vault right after this batch. */
  readonly head: number;
  readonly accepted: number;
}

export type PushOutcome =
  | ({ readonly kind: "accepted" | "duplicate" } & PushAnswer)
  | { readonly kind: "unknown-vault" }
  | { readonly kind: "inactive-device" }
  /** Sealed for another state of the log than the one that counts. */
  | {
      readonly kind: "stale";
      readonly logLen: number;
      readonly minEpoch: number;
      readonly generation: number;
    }
  /** The number is taken by another batch: two copies of one device are writing. */
  | { readonly kind: "forked" }
  | { readonly kind: "gap"; readonly expectedBatchNo: number }
  /** Signed, but what every client would refuse: counts with holes, rows of another record replaced, heads that never were. */
  | { readonly kind: "malformed"; readonly problem: string }
  | { readonly kind: "quota"; readonly bytes: number };

export interface PullQuery {
  readonly vaultId: Uint8Array;
  readonly after: number;
  readonly limitBytes: number;
  /** Entries up to this seq are left out, manifests are not. */
  readonly skipEntriesTo: number;
}

export interface PullPage {
  readonly rows: readonly PulledRow[];
  readonly head: number;
  /** Behind which row the next page starts. */
  readonly next: number;
  readonly more: boolean;
  readonly heads: readonly Head[];
}

export interface PulledRow {
  readonly kind: "manifest" | "entry";
  readonly seq: number;
  readonly bytes: Uint8Array;
}

// ---- blobs and snapshots

/** Large bytes named by their hash, sent in parts that may come again after a broken connection; and the snapshots made of them. */
export interface BlobStore {
  beginBlob(blob: NewBlob): Promise<BlobOutcome>;
  putBlobPart(part: BlobPart): Promise<BlobOutcome>;
  /** The caller has hashed all bytes. @returns false where the blob is not complete */
  commitBlob(vaultId: Uint8Array, hash: Uint8Array): Promise<boolean>;
  blob(vaultId: Uint8Array, hash: Uint8Array): Promise<BlobState | null>;
  /** @returns the bytes from `offset` on, up to the end of the part they lie in; null behind the end or where there is none */
  readBlob(vaultId: Uint8Array, hash: Uint8Array, offset: number): Promise<Uint8Array | null>;
  /** Gives the bytes back. @returns false where there is none */
  dropBlob(vaultId: Uint8Array, hash: Uint8Array): Promise<boolean>;
  publishSnapshot(snapshot: NewSnapshot): Promise<SnapshotOutcome>;
  latestSnapshot(vaultId: Uint8Array): Promise<Snapshot | null>;
}

export interface NewBlob {
  readonly vaultId: Uint8Array;
  readonly hash: Uint8Array;
  readonly size: number;
  /** For all blobs of the vault together. */
  readonly maxBytes: number;
}

export interface BlobPart {
  readonly vaultId: Uint8Array;
  readonly hash: Uint8Array;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface BlobState {
  readonly size: number;
  /** Bytes from the start on that are here without a hole. */
  readonly received: number;
  readonly committed: boolean;
}

export type BlobOutcome =
  | { readonly kind: "ok"; readonly received: number; readonly committed: boolean }
  | { readonly kind: "unknown-vault" }
  | { readonly kind: "unknown-blob" }
  /** The hash stands for another size, or the part does not start where the last one ended. */
  | { readonly kind: "conflict"; readonly received: number }
  | { readonly kind: "quota"; readonly bytes: number };

export interface Snapshot {
  readonly manifest: Uint8Array;
  /** The head up to which its rows are contained. */
  readonly seq: number;
}

export interface NewSnapshot extends Snapshot {
  readonly vaultId: Uint8Array;
  readonly generation: number;
  readonly blobs: readonly Uint8Array[];
  /** Of older ones, this many less one stay; blobs that no snapshot names are removed with them. */
  readonly keep: number;
}

export type SnapshotOutcome =
  | { readonly kind: "published" }
  | { readonly kind: "unknown-vault" }
  | { readonly kind: "stale"; readonly generation: number; readonly head: number }
  | { readonly kind: "missing-blob" };

// ---- sessions

/** Tokens are stored by their hash. The exact end of one is inside the token itself, so that no row holds a time of day. */
export interface SessionStore {
  /** @returns false for an unknown vault, or a device that is unknown or revoked */
  grant(grant: Grant): Promise<boolean>;
  /** Null too when its device was revoked meanwhile. */
  session(tokenHash: Uint8Array): Promise<Holder | null>;
  /** A ticket opens one stream, once. */
  takeTicket(tokenHash: Uint8Array): Promise<Holder | null>;
  /** Notes that a challenge was answered. @returns false when it was answered before */
  spend(challengeHash: Uint8Array): Promise<boolean>;
}

export interface Grant extends Holder {
  readonly tokenHash: Uint8Array;
  readonly kind: "session" | "ticket";
}

export interface Holder {
  readonly vaultId: Uint8Array;
  /** Null for one who proved the recovery key and has no device in the vault yet. */
  readonly deviceId: Uint8Array | null;
}

// ---- mailboxes

/** Where two devices of one person leave messages while they are being linked. Lives for minutes, then is removed. */
export interface MailboxStore {
  /** @returns false where the id or the code is in use */
  openMailbox(mailbox: NewMailbox): Promise<boolean>;
  /**
   * Finds a mailbox by its code, once. A wrong second half burns the mailbox at the fifth try, the right one closes it to everyone
   * else; so guessing does not scale with patience.
   */
  claimMailbox(code: MailboxCode): Promise<ClaimOutcome>;
  /** Each slot takes one message; the same one again is the same, because an answer may have been lost. */
  putMail(mailboxId: Uint8Array, slot: number, body: Uint8Array): Promise<MailOutcome>;
  /** Changes nothing: whoever lost the answer asks again. All messages go with the mailbox. */
  takeMail(mailboxId: Uint8Array, slot: number): Promise<MailTaken>;
  /** @returns false where there is none */
  closeMailbox(mailboxId: Uint8Array): Promise<boolean>;
}

export interface NewMailbox {
  /** 16 random bytes: knowing it is what opens the mailbox. */
  readonly mailboxId: Uint8Array;
  /** Null for a mailbox that is found by its id only. */
  readonly code: MailboxCode | null;
  /** Minutes since 1970. */
  readonly endsMinute: number;
}

export interface MailboxCode {
  /** Hash of the half that finds the mailbox. */
  readonly locator: Uint8Array;
  /** Hash of the half that opens it. */
  readonly check: Uint8Array;
}

export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly mailboxId: Uint8Array }
  /** Also for a burnt, claimed or ended one: a guesser learns nothing from the difference. */
  | { readonly kind: "refused" };

export type MailOutcome = "put" | "slot-taken" | "unknown-mailbox";

export type MailTaken =
  | { readonly kind: "taken"; readonly body: Uint8Array }
  | { readonly kind: "empty" }
  | { readonly kind: "unknown-mailbox" };
