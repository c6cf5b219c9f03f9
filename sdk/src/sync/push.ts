import { sealEnvelope } from "../crypto/envelope.ts";
import { writerKey } from "../crypto/key-schedule.ts";
import { signManifest } from "../crypto/sign.ts";
import { MemoryError } from "../domain/errors.ts";
import type { OutboxEntry, SealedBatch, SyncRecordRow, SyncStore } from "../vault/sync-store.ts";
import type { SpaceVector } from "../vault/vector-store.ts";
import type { VaultPort } from "./vault-port.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { compareDots, type Head } from "../wire/dots.ts";
import { MAX_CONTENT_BYTES } from "../wire/padding.ts";
import { HASH_BYTES, LIMITS } from "../wire/limits.ts";
import { decodeManifest, type ManifestItem } from "../wire/manifest.ts";
import { decodePushBody, encodePushBody } from "../wire/push-body.ts";
import { WireError } from "../wire/wire-error.ts";
import { asideRecord, asidesOf, isAside, recordOf } from "./aside.ts";
import type { VaultAccess } from "./engine-port.ts";
import { fromKey, toDot, type Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { isForgotten } from "./merge.ts";
import { encodeRecord } from "./record-content.ts";
import { withVector, withoutVectors, type HeldRecord, type Replica } from "./replica.ts";

export interface PushDeps {
  readonly access: VaultAccess;
  readonly store: SyncStore;
  readonly replica: Replica;
  readonly vault: Pick<VaultPort, "vectorsOf">;
}

/** Bytes of envelopes in one push; the rest is for the manifest. */
const MOST_BYTES = LIMITS.pushBytes - 300_000;

/**
 * Seals the oldest changes and stores the bytes. `null`: nothing has to be said. `heldBack` are changes that are too large to be sent, by
 * the id of their record; the ones found on the way are added to it.
 */
export async function sealNext(
  { access, store, replica, vault }: PushDeps,
  ledger: Ledger,
  heldBack: Map<string, OutboxEntry["at"]>,
): Promise<SealedBatch | null> {
  const log = access.log();
  const epochKey = access.epochKeys().find(({ epoch }) => epoch === log.epoch);
  if (!epochKey)
    throw new MemoryError("sync/keys-lost", "The key of the present epoch is not here.");
  const { deviceId, signing } = access.device;
  const key = await writerKey(access.suite, access.vaultId, epochKey, deviceId, "entry");

  for (;;) {
    const waiting = (await store.outbox(LIMITS.batchItems + heldBack.size)).filter(
      ({ id, at }) => heldBack.get(id) !== at,
    );
    if (waiting.length === 0) return null;
    const held = await replica.read(
      await Promise.all(waiting.map(async ({ id }) => ({ key: await replica.keyOf(id), id }))),
      ledger,
    );
    const vectors = await vault.vectorsOf(
      held.flatMap(({ local }) => (local ? [local.record.seq] : [])),
    );
    const settled: OutboxEntry[] = [];
    const items: SealedBatch["items"][number][] = [];
    const manifestItems: ManifestItem[] = [];
    const envelopes: Bytes[] = [];
    const rows: SyncRecordRow[] = [];
    let bytes = 0;
    for (const one of held) {
      const outbox = one.outbox;
      if (outbox === null) continue;
      const devSeq = ledger.state.nextSeq + items.length;
      let content: Content | null;
      let envelope: Bytes;
      try {
        content = isAside(one.key)
          ? asideContent(one, ledger.state.resealBelow)
          : await contentOf(replica, one, vectors, ledger.state.resealBelow);
        if (content === null) {
          settled.push(outbox);
          heldBack.delete(one.id);
          continue;
        }
        envelope = await sealEnvelope(
          access.suite,
          key,
          {
            vaultId: access.vaultId,
            kind: "entry",
            epoch: log.epoch,
            deviceId,
            recordId: fromKey(recordOf(one.key)),
            devSeq,
          },
          content.bytes,
        );
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        heldBack.set(one.id, outbox.at);
        continue;
      }
      heldBack.delete(one.id);
      if (items.length > 0 && bytes + envelope.length > MOST_BYTES) break;
      bytes += envelope.length;
      // Forgetting is final: it takes what cannot be read here along.
      const aside = content.tombstone ? ledger.dotsOf(asidesOf(one.key)) : [];
      const supersedes = [...one.dots, ...aside]
        .map(({ dot }) => toDot(dot))
        .toSorted(compareDots)
        .slice(0, LIMITS.supersededPerItem);
      const hash = await access.suite.sha256(envelope);
      envelopes.push(envelope);
      manifestItems.push({ hash, supersedes });
      rows.push(content.row, ...aside.map(({ record }) => asideRecord(record, null).row));
      items.push({
        row: {
          dot: dotKey({ deviceId, devSeq }),
          record: one.key,
          hash,
          digest: content.digest,
          epoch: log.epoch,
          tombstone: content.tombstone,
        },
        outbox,
        supersedes: supersedes.map(dotKey),
      });
    }
    if (items.length === 0) {
      await store.seal(null, [], settled);
      continue;
    }
    const own = ledger.chains.get(bytesKey(deviceId));
    const manifest = await signManifest(access.suite, signing, {
      type: "batch",
      vaultId: access.vaultId,
      deviceId,
      generation: log.generation,
      epoch: log.epoch,
      batchNo: (own?.batchNo ?? 0) + 1,
      prevHash: own?.hash ?? new Uint8Array(HASH_BYTES),
      logLen: log.length,
      logHash: log.hash,
      firstSeq: ledger.state.nextSeq,
      items: manifestItems,
      purged: [],
      seen: headsOf(ledger).filter((head) => bytesKey(head.deviceId) !== bytesKey(deviceId)),
    });
    const sealed: SealedBatch = {
      body: encodePushBody({ manifest, envelopes }),
      generation: log.generation,
      items,
    };
    await store.seal(sealed, rows, settled);
    return sealed;
  }
}

/** Notes that the server has it: outbox rows go and the own head is stored, together. */
export async function acknowledge(
  { access, store }: PushDeps,
  ledger: Ledger,
  sealed: SealedBatch,
): Promise<void> {
  const { manifest: bytes } = decodePushBody(sealed.body);
  const manifest = decodeManifest(bytes);
  const hash = await access.suite.sha256(bytes);
  const { batchNo, logLen, firstSeq, items } = manifest;
  const nextSeq = firstSeq + items.length;
  const before = ledger.state;
  ledger.take(manifest, { batchNo, hash, logLen, nextSeq });
  for (const { row } of sealed.items) ledger.hold(row);
  // What it replaced was replaced by this device itself: no record lost its last row.
  const state = ledger.next({ nextSeq, bare: before.bare, orphans: before.orphans });
  await store.acknowledge({
    sealed,
    state,
    manifest: { device: bytesKey(manifest.deviceId), batchNo, hash },
  });
}

export function headsOf(ledger: Ledger): readonly Head[] {
  return [...ledger.chains]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([device, { batchNo, hash }]) => ({ deviceId: fromKey(device), batchNo, hash }));
}

interface Content {
  readonly bytes: Bytes;
  readonly digest: string;
  readonly tombstone: boolean;
  readonly row: SyncRecordRow;
}

/** What cannot be read here goes as it came. */
function asideContent({ row, dots }: HeldRecord, resealBelow: number): Content | null {
  if (!row?.shape || (dots.length > 0 && dots.every(({ epoch }) => epoch >= resealBelow)))
    return null;
  return {
    bytes: row.shape,
    digest: row.key.slice(row.key.lastIndexOf(":") + 1),
    tombstone: false,
    row,
  };
}

/** `null`: the server has just this, or there is nothing that it would have to know. */
async function contentOf(
  replica: Replica,
  { key, id, row, local, dots, state }: HeldRecord,
  vectors: ReadonlyMap<number, SpaceVector>,
  resealBelow: number,
): Promise<Content | null> {
  if (state === null || (isForgotten(state) && row === null && dots.length === 0)) return null;
  const digest = await replica.digestOf(state);
  const said =
    dots.length > 0 && dots.every((dot) => dot.digest === digest && dot.epoch >= resealBelow);
  if (said) return null;
  const vector = (local && vectors.get(local.record.seq)) ?? null;
  const bare = withoutVectors(state);
  const whole = encodeRecord(withVector(bare, vector));
  return {
    // The other device makes a vector of its own.
    bytes: whole.length > MAX_CONTENT_BYTES && vector ? encodeRecord(bare) : whole,
    digest,
    tombstone: isForgotten(state),
    row: replica.rowOf(key, id, state, local?.record.scope.user),
  };
}
