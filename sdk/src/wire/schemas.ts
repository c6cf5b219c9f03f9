import * as z from "zod/mini";
import { decodedLength, isBase64url } from "./base64url.ts";
import {
  DEVICE_ID_BYTES,
  DOT_BYTES,
  HASH_BYTES,
  KEY_BYTES,
  LIMITS,
  MAILBOX_ID_BYTES,
  NONCE_BYTES,
  SIGNATURE_BYTES,
  STORE_ID_BYTES,
  VAULT_ID_BYTES,
} from "./limits.ts";
import { ENVELOPE_HEADER_BYTES } from "./envelope.ts";
import type * as shape from "./procedures.ts";

const MIN_MANIFEST_BYTES = 235;
const MIN_ENVELOPE_BYTES = ENVELOPE_HEADER_BYTES + 272;

/** Checks a value from the other end. Unknown fields of an object are refused in inputs and left out of outputs. */
export interface Schema<T> {
  /** @throws a `ZodError` that names every field that is wrong */
  parse(value: unknown): T;
}

const bytes = (min: number, max = min) =>
  z.string().check(
    z.minLength(Math.ceil((min * 4) / 3)),
    z.maxLength(Math.ceil((max * 4) / 3)),
    z.refine((text) => isBase64url(text) && inRange(decodedLength(text.length), min, max)),
  );
const count = z.int().check(z.nonnegative());
const positive = z.int().check(z.positive());
const uint32 = z.int().check(z.nonnegative(), z.maximum(4_294_967_295));
const time = z.int().check(z.nonnegative());
const list = <T extends z.ZodMiniType>(of: T, max: number) => z.array(of).check(z.maxLength(max));

const vaultId = bytes(VAULT_ID_BYTES);
const deviceId = bytes(DEVICE_ID_BYTES);
const hash = bytes(HASH_BYTES);
const nonce = bytes(NONCE_BYTES);
const signature = bytes(SIGNATURE_BYTES);
const storeId = bytes(STORE_ID_BYTES);
const mailboxId = bytes(MAILBOX_ID_BYTES);
const token = bytes(32);
/** Host and port. */
const audience = z.string().check(z.regex(/^[a-z\d.:[\]_-]{1,255}$/));
const code = z.string().check(z.regex(/^[\dA-HJKMNP-TV-Z]{8}$/));
const slot = z.int().check(z.nonnegative(), z.maximum(LIMITS.linkSlots - 1));

/** From `keep-recovery`, which adds no field, to `genesis`. */
const logEntry = bytes(155, 315);
/** From one that purges a single dot to what fills a push. */
const manifest = bytes(MIN_MANIFEST_BYTES, LIMITS.pushBytes);
const envelope = bytes(MIN_ENVELOPE_BYTES, ENVELOPE_HEADER_BYTES + LIMITS.ciphertextBytes);
const snapshotManifest = bytes(
  212,
  512 + LIMITS.snapshotBlobs * (HASH_BYTES + 8) + LIMITS.devices * (DOT_BYTES + HASH_BYTES),
);
const linkMessage = bytes(2, LIMITS.linkMessageBytes);

const box = { epoch: positive, recipient: deviceId, box: bytes(60, 80) };
const boxes = list(z.strictObject(box), LIMITS.boxes);
const heads = list(z.object({ deviceId, batchNo: positive, hash }), LIMITS.devices);
const cursor = { storeId, seq: count };

export const vaultInput: Schema<shape.VaultInput> = z.strictObject({ vaultId });

export const serverInfo: Schema<shape.ServerInfo> = z.object({
  protocols: list(positive, 16),
  storeId,
  serverTimeMs: time,
  limits: z.object({
    pushBytes: positive,
    batchItems: positive,
    pageBytes: positive,
    vaultBytes: positive,
    vaultEntries: positive,
    members: positive,
    blobBytes: positive,
    pushesPerMinute: positive,
  }),
});

export const vaultCreateInput: Schema<shape.VaultCreateInput> = z.strictObject({
  entries: list(logEntry, LIMITS.logEntries).check(z.minLength(1)),
  boxes: list(z.strictObject(box), LIMITS.logEntries),
  proof: z.optional(z.string().check(z.maxLength(512))),
});
export const vaultStatus: Schema<shape.VaultStatus> = z.object({
  storeId,
  head: count,
  heads,
  generation: uint32,
  logLen: positive,
  logHash: hash,
  minEpoch: positive,
  bytes: count,
  maxBytes: positive,
  entries: count,
  maxEntries: positive,
});
/** A version, a signer, an id, a store, a vault, a nonce, a signature. */
export const vaultDestroyInput: Schema<shape.VaultDestroyInput> = z.strictObject({
  vaultId,
  request: bytes(162),
});

export const challengeInput: Schema<shape.ChallengeInput> = z.strictObject({
  vaultId,
  id: deviceId,
});
export const challenge: Schema<shape.Challenge> = z.object({ nonce, expiresAtMs: time });
export const sessionInput: Schema<shape.SessionInput> = z.strictObject({
  vaultId,
  id: deviceId,
  audience,
  nonce,
  signature,
});
export const session: Schema<shape.Session> = z.object({ token, expiresAtMs: time });
export const locateInput: Schema<shape.LocateInput> = z.strictObject({
  recoverySignPk: bytes(KEY_BYTES),
  audience,
  nonce,
  signature,
});
export const vaultFound: Schema<shape.VaultInput> = z.object({ vaultId });
export const ticket: Schema<shape.Ticket> = z.object({ ticket: token });

export const logGetInput: Schema<shape.LogGetInput> = z.strictObject({ vaultId, from: uint32 });
export const logPage: Schema<shape.LogPage> = z.object({
  entries: list(logEntry, LIMITS.logPage),
  boxes: list(z.object(box), 2 * LIMITS.logEntries),
  more: z.boolean(),
});
export const logAppendInput: Schema<shape.LogAppendInput> = z.strictObject({
  vaultId,
  expectLen: positive,
  entry: logEntry,
  boxes,
});
export const logLength: Schema<shape.LogLength> = z.object({ length: positive });

export const pushResult: Schema<shape.PushResult> = z.object({
  head: count,
  accepted: count,
  duplicate: z.boolean(),
});
export const pullInput: Schema<shape.PullInput> = z.strictObject({
  vaultId,
  cursor: z.nullable(z.strictObject(cursor)),
  limitBytes: z.optional(z.int().check(z.positive(), z.maximum(LIMITS.pageBytes))),
  skipEntriesTo: z.optional(count),
});
export const pullPage: Schema<shape.PullPage> = z.object({
  manifests: list(z.object({ seq: positive, manifest }), LIMITS.pageBytes / MIN_MANIFEST_BYTES),
  entries: list(z.object({ seq: positive, envelope }), LIMITS.pageBytes / MIN_ENVELOPE_BYTES),
  next: z.object(cursor),
  head: count,
  heads,
  more: z.boolean(),
});
export const ackInput: Schema<shape.AckInput> = z.strictObject({ vaultId, seq: count });
export const liveInput: Schema<shape.LiveInput> = z.strictObject({
  ticket: token,
  lastEventId: z.optional(z.string().check(z.regex(/^\d{1,16}$/))),
});
export const liveEvent: Schema<shape.LiveEvent> = z.object({ seq: count, logLen: positive });

export const blobBeginInput: Schema<shape.BlobBeginInput> = z.strictObject({
  vaultId,
  hash,
  bytes: z.int().check(z.positive(), z.maximum(LIMITS.blobBytes)),
});
export const blobReceived: Schema<shape.BlobReceived> = z.object({ received: count });
export const blobInput: Schema<shape.BlobInput> = z.strictObject({ vaultId, hash });
export const snapshotPublishInput: Schema<shape.SnapshotPublishInput> = z.strictObject({
  vaultId,
  manifest: snapshotManifest,
  seq: count,
});
export const snapshotLatest: Schema<shape.SnapshotLatest> = z.object({
  snapshot: z.nullable(z.object({ manifest: snapshotManifest, seq: count })),
});

export const linkOpenInput: Schema<shape.LinkOpenInput> = z.union([
  z.strictObject({ kind: z.literal("qr"), mailboxId }),
  z.strictObject({ kind: z.literal("code") }),
]);
export const mailbox: Schema<shape.Mailbox> = z.object({
  mailboxId,
  code: z.nullable(code),
  expiresAtMs: time,
});
export const linkClaimInput: Schema<shape.LinkClaimInput> = z.strictObject({ code });
export const mailboxFound: Schema<shape.MailboxId> = z.object({ mailboxId });
export const linkPutInput: Schema<shape.LinkPutInput> = z.strictObject({
  mailboxId,
  slot,
  message: linkMessage,
});
export const linkTakeInput: Schema<shape.LinkSlotInput> = z.strictObject({ mailboxId, slot });
export const linkTaken: Schema<shape.LinkTaken> = z.object({ message: z.nullable(linkMessage) });

export const deviceList: Schema<shape.DeviceList> = z.object({
  devices: list(
    z.object({ deviceId, lastSeenDay: z.nullable(uint32), revoked: z.boolean() }),
    LIMITS.devices,
  ),
});
export const ok: Schema<shape.Ok> = z.object({ ok: z.literal(true) });

function inRange(length: number, min: number, max: number): boolean {
  return length >= min && length <= max;
}
