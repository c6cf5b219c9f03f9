import * as z from "zod/mini";
import {
  audience,
  box,
  bytes,
  code,
  count,
  cursor,
  deviceId,
  hash,
  linkMessage,
  list,
  logEntry,
  mailboxId,
  nonce,
  positive,
  signature,
  slot,
  snapshotManifest,
  token,
  uint32,
  vaultId,
} from "./field-schemas.ts";
import { KEY_BYTES, LIMITS } from "./limits.ts";
import type * as shape from "./procedures.ts";
import type { Schema } from "./schema.ts";

const boxes = list(z.strictObject(box), LIMITS.boxes);

export const vaultInput: Schema<shape.VaultInput> = z.strictObject({ vaultId });

export const vaultCreateInput: Schema<shape.VaultCreateInput> = z.strictObject({
  entries: list(logEntry, LIMITS.logEntries).check(z.minLength(1)),
  boxes: list(z.strictObject(box), LIMITS.logEntries),
  proof: z.optional(z.string().check(z.maxLength(512))),
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

export const sessionInput: Schema<shape.SessionInput> = z.strictObject({
  vaultId,
  id: deviceId,
  audience,
  nonce,
  signature,
});

export const locateInput: Schema<shape.LocateInput> = z.strictObject({
  recoverySignPk: bytes(KEY_BYTES),
  audience,
  nonce,
  signature,
});

export const logGetInput: Schema<shape.LogGetInput> = z.strictObject({ vaultId, from: uint32 });

export const logAppendInput: Schema<shape.LogAppendInput> = z.strictObject({
  vaultId,
  expectLen: positive,
  entry: logEntry,
  boxes,
});

export const pullInput: Schema<shape.PullInput> = z.strictObject({
  vaultId,
  cursor: z.nullable(z.strictObject(cursor)),
  limitBytes: z.optional(z.int().check(z.positive(), z.maximum(LIMITS.pageBytes))),
  skipEntriesTo: z.optional(count),
});

export const ackInput: Schema<shape.AckInput> = z.strictObject({ vaultId, seq: count });

export const liveInput: Schema<shape.LiveInput> = z.strictObject({
  ticket: token,
  lastEventId: z.optional(z.string().check(z.regex(/^\d{1,16}$/))),
});

export const blobBeginInput: Schema<shape.BlobBeginInput> = z.strictObject({
  vaultId,
  hash,
  bytes: z.int().check(z.positive(), z.maximum(LIMITS.blobBytes)),
});

export const blobInput: Schema<shape.BlobInput> = z.strictObject({ vaultId, hash });

export const snapshotPublishInput: Schema<shape.SnapshotPublishInput> = z.strictObject({
  vaultId,
  manifest: snapshotManifest,
  seq: count,
});

export const linkOpenInput: Schema<shape.LinkOpenInput> = z.union([
  z.strictObject({ kind: z.literal("qr"), mailboxId }),
  z.strictObject({ kind: z.literal("code") }),
]);

export const linkClaimInput: Schema<shape.LinkClaimInput> = z.strictObject({ code });

export const linkPutInput: Schema<shape.LinkPutInput> = z.strictObject({
  mailboxId,
  slot,
  message: linkMessage,
});

export const linkTakeInput: Schema<shape.LinkSlotInput> = z.strictObject({ mailboxId, slot });
