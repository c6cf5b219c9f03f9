import * as z from "zod/mini";
import {
  MIN_ENVELOPE_BYTES,
  MIN_MANIFEST_BYTES,
  box,
  code,
  count,
  cursor,
  deviceId,
  envelope,
  hash,
  heads,
  linkMessage,
  list,
  logEntry,
  mailboxId,
  manifest,
  nonce,
  positive,
  snapshotManifest,
  storeId,
  time,
  token,
  uint32,
  vaultId,
} from "./field-schemas.ts";
import { LIMITS } from "./limits.ts";
import type * as shape from "./procedures.ts";
import type { Schema } from "./schema.ts";

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

export const challenge: Schema<shape.Challenge> = z.object({ nonce, expiresAtMs: time });

export const session: Schema<shape.Session> = z.object({ token, expiresAtMs: time });

export const vaultFound: Schema<shape.VaultInput> = z.object({ vaultId });

export const ticket: Schema<shape.Ticket> = z.object({ ticket: token });

export const logPage: Schema<shape.LogPage> = z.object({
  entries: list(logEntry, LIMITS.logPage),
  boxes: list(z.object(box), 2 * LIMITS.logEntries),
  more: z.boolean(),
});

export const logLength: Schema<shape.LogLength> = z.object({ length: positive });

export const pushResult: Schema<shape.PushResult> = z.object({
  head: count,
  accepted: count,
  duplicate: z.boolean(),
});

export const pullPage: Schema<shape.PullPage> = z.object({
  manifests: list(z.object({ seq: positive, manifest }), LIMITS.pageBytes / MIN_MANIFEST_BYTES),
  entries: list(z.object({ seq: positive, envelope }), LIMITS.pageBytes / MIN_ENVELOPE_BYTES),
  next: z.object(cursor),
  head: count,
  heads,
  more: z.boolean(),
});

export const liveEvent: Schema<shape.LiveEvent> = z.object({ seq: count, logLen: positive });

export const blobReceived: Schema<shape.BlobReceived> = z.object({ received: count });

export const snapshotLatest: Schema<shape.SnapshotLatest> = z.object({
  snapshot: z.nullable(z.object({ manifest: snapshotManifest, seq: count })),
});

export const mailbox: Schema<shape.Mailbox> = z.object({
  mailboxId,
  code: z.nullable(code),
  expiresAtMs: time,
});

export const mailboxFound: Schema<shape.MailboxId> = z.object({ mailboxId });

export const linkTaken: Schema<shape.LinkTaken> = z.object({ message: z.nullable(linkMessage) });

export const deviceList: Schema<shape.DeviceList> = z.object({
  devices: list(
    z.object({ deviceId, lastSeenDay: z.nullable(uint32), revoked: z.boolean() }),
    LIMITS.devices,
  ),
});

export const ok: Schema<shape.Ok> = z.object({ ok: z.literal(true) });

/** What each procedure answers: all that a client needs to check, without the schemas of what it sends itself. */
export const OUTPUTS = {
  "meta.info": serverInfo,
  "vault.create": vaultFound,
  "vault.status": vaultStatus,
  "vault.destroy": ok,
  "auth.challenge": challenge,
  "auth.session": session,
  "auth.locate": vaultFound,
  "auth.ticket": ticket,
  "log.get": logPage,
  "log.append": logLength,
  "sync.push": pushResult,
  "sync.pull": pullPage,
  "sync.ack": ok,
  "sync.live": liveEvent,
  "blob.begin": blobReceived,
  "blob.part": blobReceived,
  "blob.commit": ok,
  "snapshot.publish": ok,
  "snapshot.latest": snapshotLatest,
  "link.open": mailbox,
  "link.claim": mailboxFound,
  "link.put": ok,
  "link.take": linkTaken,
  "device.list": deviceList,
} as const;
