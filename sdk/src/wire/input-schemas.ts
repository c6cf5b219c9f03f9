import {
  box,
  code,
  count,
  cursor,
  deviceId,
  hash,
  linkMessage,
  logEntry,
  mailboxId,
  nonce,
  positive,
  snapshotManifest,
  token,
  uint32,
  vaultId,
} from "./field-shapes.ts";
import { KEY_BYTES, LIMITS, SIGNATURE_BYTES } from "./limits.ts";
import type * as input from "./procedures.ts";
import { inputSchema, inputSchemaOf, type Schema } from "./schema.ts";
import { bytes, int, list, nullable, object, oneOf, optional, text } from "./shape.ts";

const signature = bytes(SIGNATURE_BYTES);
/** Host and port. */
const audience = text(/^[a-z\d.:[\]_-]{1,255}$/);
const slot = int(0, LIMITS.linkSlots - 1);

export const vaultInput: Schema<input.VaultInput> = inputSchema(object({ vaultId }));

export const vaultCreateInput: Schema<input.VaultCreateInput> = inputSchema(
  object({
    entries: list(logEntry, LIMITS.logEntries, 1),
    boxes: list(box, LIMITS.logEntries),
    proof: optional(text(/^[^]{0,512}$/)),
  }),
);

/** A version, a signer, an id, a store, a vault, a nonce, a signature. */
export const vaultDestroyInput: Schema<input.VaultDestroyInput> = inputSchema(
  object({ vaultId, request: bytes(162) }),
);

export const challengeInput: Schema<input.ChallengeInput> = inputSchema(
  object({ vaultId, id: deviceId }),
);

export const sessionInput: Schema<input.SessionInput> = inputSchema(
  object({ vaultId, id: deviceId, audience, nonce, signature }),
);

export const locateInput: Schema<input.LocateInput> = inputSchema(
  object({ recoverySignPk: bytes(KEY_BYTES), audience, nonce, signature }),
);

export const logGetInput: Schema<input.LogGetInput> = inputSchema(
  object({ vaultId, from: uint32 }),
);

export const logAppendInput: Schema<input.LogAppendInput> = inputSchema(
  object({ vaultId, expectLen: positive, entry: logEntry, boxes: list(box, LIMITS.boxes) }),
);

export const pullInput: Schema<input.PullInput> = inputSchema(
  object({
    vaultId,
    cursor: nullable(cursor),
    limitBytes: optional(int(1, LIMITS.pageBytes)),
    skipEntriesTo: optional(count),
  }),
);

export const ackInput: Schema<input.AckInput> = inputSchema(object({ vaultId, seq: count }));

export const liveInput: Schema<input.LiveInput> = inputSchema(
  object({ ticket: token, lastEventId: optional(text(/^\d{1,16}$/)) }),
);

export const blobBeginInput: Schema<input.BlobBeginInput> = inputSchema(
  object({ vaultId, hash, bytes: int(1, LIMITS.blobBytes) }),
);

export const blobInput: Schema<input.BlobInput> = inputSchema(object({ vaultId, hash }));

export const snapshotPublishInput: Schema<input.SnapshotPublishInput> = inputSchema(
  object({ vaultId, manifest: snapshotManifest, seq: count }),
);

export const linkOpenInput: Schema<input.LinkOpenInput> = inputSchemaOf<input.LinkOpenInput>(
  object({ kind: oneOf("qr"), mailboxId }),
  object({ kind: oneOf("code") }),
);

export const linkClaimInput: Schema<input.LinkClaimInput> = inputSchema(object({ code }));

export const linkPutInput: Schema<input.LinkPutInput> = inputSchema(
  object({ mailboxId, slot, message: linkMessage }),
);

export const linkTakeInput: Schema<input.LinkSlotInput> = inputSchema(object({ mailboxId, slot }));
