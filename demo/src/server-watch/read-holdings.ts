import {
  ANSWERS,
  decodeEnvelope,
  decodeLogEntry,
  decodeManifest,
  decodeSnapshot,
  fromBase64url,
  readShape,
  type Snapshot,
} from "@alcove/sdk/wire";
import { toHex, type SealedRow, type ServerHoldings } from "./server-holdings.ts";
import type { LookAnswer } from "./watch-messages.ts";

/** @throws an error where the answer is not one of the protocol */
export function readHoldings(answer: Extract<LookAnswer, { state: "told" }>): ServerHoldings {
  const status = readShape(ANSWERS["vault.status"], answer.status);
  const { devices } = readShape(ANSWERS["device.list"], answer.devices);
  const log = readShape(ANSWERS["log.get"], answer.log);
  const { snapshot } = readShape(ANSWERS["snapshot.latest"], answer.snapshot);
  const pages = answer.pages.map((page) => readShape(ANSWERS["sync.pull"], page));
  const batches = pages.flatMap(({ manifests }) =>
    manifests.map(({ manifest }) => decodeManifest(fromBase64url(manifest))),
  );
  const heads = new Map(status.heads.map((head) => [head.deviceId, head.batchNo]));
  return {
    at: answer.at,
    vaultId: toHex(fromBase64url(answer.vaultId)),
    entries: status.entries,
    bytes: status.bytes,
    head: status.head,
    generation: status.generation,
    rows: pages
      .flatMap(({ entries }) => entries)
      .map(({ seq, envelope }): SealedRow => {
        const bytes = fromBase64url(envelope);
        const { header, ciphertext } = decodeEnvelope(bytes);
        const writer = toHex(header.deviceId);
        const batch = batches.find(
          ({ deviceId, firstSeq, items }) =>
            toHex(deviceId) === writer &&
            header.devSeq >= firstSeq &&
            header.devSeq < firstSeq + items.length,
        );
        return {
          seq,
          writer,
          batchNo: batch?.batchNo ?? null,
          epoch: header.epoch,
          recordId: toHex(header.recordId),
          bytes,
          ciphertext,
        };
      })
      .toSorted((a, b) => b.seq - a.seq),
    snapshot: snapshot && summaryOf(decodeSnapshot(fromBase64url(snapshot.manifest))),
    devices: devices.map(({ deviceId, lastSeenDay, revoked }) => ({
      id: toHex(fromBase64url(deviceId)),
      lastSeenDay,
      removed: revoked,
      batches: heads.get(deviceId) ?? 0,
    })),
    log: log.entries
      .map((entry) => decodeLogEntry(fromBase64url(entry)))
      .map(({ index, day, change }) => ({
        index,
        day,
        change: change.type,
        epoch: "epoch" in change ? change.epoch : null,
      }))
      .toReversed(),
  };
}

function summaryOf({ rows, blobs }: Snapshot): ServerHoldings["snapshot"] {
  return { rows, blobs: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0) };
}
