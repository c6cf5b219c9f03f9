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
  logEntry,
  mailboxId,
  manifest,
  nonce,
  positive,
  snapshotManifest,
  storeId,
  token,
  uint32,
  vaultId,
} from "./field-shapes.ts";
import { LIMITS } from "./limits.ts";
import type * as answer from "./procedures.ts";
import { flag, list, nullable, object, oneOf, type Shape } from "./shape.ts";

const serverInfo: Shape<answer.ServerInfo> = object({
  protocols: list(positive, 16),
  storeId,
  serverTimeMs: count,
  limits: object({
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

const vaultStatus: Shape<answer.VaultStatus> = object({
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

const challenge: Shape<answer.Challenge> = object({ nonce, expiresAtMs: count });

const session: Shape<answer.Session> = object({ token, expiresAtMs: count });

const vaultFound: Shape<answer.VaultInput> = object({ vaultId });

const ticket: Shape<answer.Ticket> = object({ ticket: token });

const logPage: Shape<answer.LogPage> = object({
  entries: list(logEntry, LIMITS.logPage),
  boxes: list(box, 2 * LIMITS.logEntries),
  more: flag,
});

const logLength: Shape<answer.LogLength> = object({ length: positive });

const pushResult: Shape<answer.PushResult> = object({
  head: count,
  accepted: count,
  duplicate: flag,
});

const pullPage: Shape<answer.PullPage> = object({
  manifests: list(object({ seq: positive, manifest }), LIMITS.pageBytes / MIN_MANIFEST_BYTES),
  entries: list(object({ seq: positive, envelope }), LIMITS.pageBytes / MIN_ENVELOPE_BYTES),
  next: cursor,
  head: count,
  heads,
  more: flag,
});

const liveEvent: Shape<answer.LiveEvent> = object({ seq: count, logLen: positive });

const blobReceived: Shape<answer.BlobReceived> = object({ received: count });

const snapshotLatest: Shape<answer.SnapshotLatest> = object({
  snapshot: nullable(object({ manifest: snapshotManifest, seq: count })),
});

const mailbox: Shape<answer.Mailbox> = object({
  mailboxId,
  code: nullable(code),
  expiresAtMs: count,
});

const mailboxFound: Shape<answer.MailboxId> = object({ mailboxId });

const linkTaken: Shape<answer.LinkTaken> = object({ message: nullable(linkMessage) });

const deviceList: Shape<answer.DeviceList> = object({
  devices: list(object({ deviceId, lastSeenDay: nullable(uint32), revoked: flag }), LIMITS.devices),
});

const ok: Shape<answer.Ok> = object({ ok: oneOf(true) });

/** What each procedure answers: all that a client needs to check. */
export const ANSWERS = {
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
