import { sealEnvelope } from "../crypto/envelope.ts";
import { writerKey } from "../crypto/key-schedule.ts";
import { signManifest } from "../crypto/sign.ts";
import { MemoryError } from "../domain/errors.ts";
import type { OutboxEntry, SealedBatch, SyncRecordRow, SyncStore } from "../vault/sync-store.ts";
import type { SpaceVector } from "../vault/vector-store.ts";
import { isTextUnsent } from "./unseen.ts";
import type { VaultPort } from "./vault-port.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { compareDots, type Head } from "../wire/dots.ts";
import { HASH_BYTES, LIMITS } from "../wire/limits.ts";
import { ENVELOPE_HEADER_BYTES } from "../wire/envelope.ts";
import { decodeManifest, type ManifestBody } from "../wire/manifest.ts";
import { MAX_CONTENT_BYTES, paddedSize } from "../wire/padding.ts";
import type { PushResult } from "../wire/procedures.ts";
import { encodePushBody, manifestOfPush } from "../wire/push-body.ts";
import { WireError } from "../wire/wire-error.ts";
import { keptRecord, asidesOf, isAside, isSealed, recordOf, saidAside } from "./aside.ts";
import { dayOf } from "./days.ts";
import type { VaultAccess } from "./engine-port.ts";
import { fromKey, toDot, type Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { ANY_STAMP, isForgotten } from "./merge.ts";
import { encodeRecord } from "./record-content.ts";
import { vaultIdOfKey } from "./record-id.ts";
import { FORGOTTEN, withVector, withoutVectors, type HeldRecord, type Replica } from "./replica.ts";

export interface PushDeps {
  readonly access: VaultAccess;
  readonly store: SyncStore;
  readonly replica: Replica;
  readonly vault: Pick<VaultPort, "vectorsOf">;
  /** Epoch ms. */
  readonly now: () => number;
}

const AEAD_TAG_BYTES = 16;
/** Bytes of envelopes in one push; the rest is for the manifest. */
const MOST_BYTES = LIMITS.pushBytes - 300_000;

/**
 * Seals the oldest changes and stores the bytes. `null`: nothing has to be said. `heldBack` are changes that are too large to be sent, by
 * the id of their record; the ones found on the way are added to it. `isFull`: only what makes the vault at the server smaller.
 */
export async function sealNext(
  { access, store, replica, vault }: PushDeps,
  ledger: Ledger,
  heldBack: Map<string, OutboxEntry["at"]>,
  isFull = false,
): Promise<SealedBatch | null> {
  const log = access.log();
  const epochKey = access.epochKeys().find(({ epoch }) => epoch === log.epoch);
  if (!epochKey)
    throw new MemoryError("sync/keys-lost", "The key of the present epoch is not here.");
  const { deviceId } = access.device;
  const key = await writerKey(access.suite, access.vaultId, epochKey, deviceId, "entry");

  for (;;) {
    const most = isFull ? await store.pending() : LIMITS.batchItems + heldBack.size;
    const waiting = (await store.outbox(most))
      .filter(({ id, at, op }) => (isFull ? op === "remove" : heldBack.get(id) !== at))
      .slice(0, LIMITS.batchItems + heldBack.size);
    if (waiting.length === 0) return null;
    const held = await replica.read(
      await Promise.all(waiting.map(async ({ id }) => ({ key: await replica.keyOf(id), id }))),
      ledger,
    );
    const vectors = await vault.vectorsOf(
      held.flatMap(({ local }) => (local ? [local.record.seq] : [])),
    );
    // Everything is under way at once: each call of the browser's cryptography takes longer to wait for than to do.
    const contents = await Promise.all(
      held.map(async (one) => {
        try {
          const content = isAside(one.key)
            ? asideContent(one, ledger.state.resealBelow)
            : await contentOf({ access, replica }, one, vectors, ledger);
          return content && { ...content, size: envelopeBytes(content.bytes.length) };
        } catch (error) {
          if (error instanceof WireError) return error;
          throw error;
        }
      }),
    );
    const settled: OutboxEntry[] = [];
    const rows: SyncRecordRow[] = [];
    const chosen: (HeldRecord & { readonly outbox: OutboxEntry; readonly content: Content })[] = [];
    const buried = new Set<string>();
    let bytes = 0;
    for (const [i, one] of held.entries()) {
      const { outbox } = one;
      const content = contents[i] ?? null;
      if (outbox === null) continue;
      if (content instanceof WireError) {
        heldBack.set(one.id, outbox.at);
        continue;
      }
      heldBack.delete(one.id);
      if (content === null || buried.has(recordOf(one.key))) {
        settled.push(outbox);
        // The server that had it is no more.
        if (isSealed(one.key) && one.dots.length === 0) rows.push(keptRecord(one.key, null).row);
        continue;
      }
      if (chosen.length > 0 && bytes + content.size > MOST_BYTES) break;
      bytes += content.size;
      if (content.tombstone) buried.add(recordOf(one.key));
      chosen.push({ ...one, outbox, content });
    }
    const sealedOnes = await Promise.all(
      chosen.map(async (one, i) => {
        const { content, outbox } = one;
        const record = recordOf(one.key);
        const devSeq = ledger.state.nextSeq + i;
        const envelope = await sealEnvelope(
          access.suite,
          key,
          {
            vaultId: access.vaultId,
            kind: "entry",
            epoch: log.epoch,
            deviceId,
            recordId: fromKey(record),
            devSeq,
          },
          content.bytes,
        );
        const hash = await access.suite.sha256(envelope);
        // Forgetting is final: it takes what cannot be read here along. What nobody can open leaves with any write of its record.
        const aside = ledger
          .dotsOf(asidesOf(content.tombstone ? record : one.key))
          .filter((row) => content.tombstone || isSealed(row.record));
        const replaced = content.tombstone ? ledger.dotsOf(record) : one.dots;
        const supersedes = [...replaced, ...aside]
          .map(({ dot }) => toDot(dot))
          .toSorted(compareDots)
          .slice(0, LIMITS.supersededPerItem);
        const row = {
          dot: dotKey({ deviceId, devSeq }),
          record: content.tombstone ? record : one.key,
          hash,
          digest: content.digest,
          epoch: log.epoch,
          tombstone: content.tombstone,
        };
        const state = content.isTextNew ? { ...content.row, wrote: row.dot } : content.row;
        const kept = [state, ...aside.map((left) => keptRecord(left.record, null).row)];
        return { envelope, hash, supersedes, row, outbox, kept };
      }),
    );
    const items = sealedOnes.map(({ row, outbox, supersedes }) => ({
      row,
      outbox,
      supersedes: supersedes.map(dotKey),
    }));
    rows.push(...sealedOnes.flatMap(({ kept }) => kept));
    if (items.length === 0) {
      await store.seal(null, rows, settled);
      continue;
    }
    const manifest = await signOwn(access, ledger, {
      items: sealedOnes.map(({ hash, supersedes }) => ({ hash, supersedes })),
    });
    const sealed: SealedBatch = {
      body: encodePushBody({
        manifest,
        envelopes: sealedOnes.map(({ envelope }) => envelope),
      }),
      generation: log.generation,
      items,
    };
    await store.seal(sealed, rows, settled);
    return sealed;
  }
}

/** The next manifest of this device, with what it has seen of the others. */
export function signOwn(
  access: VaultAccess,
  ledger: Ledger,
  says: Pick<ManifestBody, "items"> | Pick<ManifestBody, "type" | "items" | "purged">,
): Promise<Bytes> {
  const { deviceId, signing } = access.device;
  const log = access.log();
  const own = ledger.chains.get(bytesKey(deviceId));
  return signManifest(access.suite, signing, {
    type: "batch",
    purged: [],
    vaultId: access.vaultId,
    deviceId,
    generation: log.generation,
    epoch: log.epoch,
    batchNo: (own?.batchNo ?? 0) + 1,
    prevHash: own?.hash ?? new Uint8Array(HASH_BYTES),
    logLen: log.length,
    logHash: log.hash,
    firstSeq: ledger.state.nextSeq,
    seen: headsOf(ledger).filter((head) => bytesKey(head.deviceId) !== bytesKey(deviceId)),
    ...says,
  });
}

/**
 * Notes that the server has it: outbox rows go and the own head is stored, together.
 *
 * @returns whether this device has all that the server has. Where the batch stands right behind what was read last, it is not read back.
 */
export async function acknowledge(
  { access, store, now }: PushDeps,
  ledger: Ledger,
  sealed: SealedBatch,
  answer: PushResult,
): Promise<boolean> {
  const bytes = manifestOfPush(sealed.body);
  const manifest = decodeManifest(bytes);
  const hash = await access.suite.sha256(bytes);
  const { batchNo, logLen, firstSeq, items } = manifest;
  const nextSeq = firstSeq + items.length;
  const { cursor, bare, orphans } = ledger.state;
  const isWhole = cursor !== null && answer.head === cursor.seq + 1 + items.length;
  const left = ledger.take(manifest, { batchNo, hash, logLen, nextSeq }, dayOf(now()));
  for (const { row } of sealed.items) ledger.hold(row);
  const state = ledger.next({
    nextSeq,
    // What it replaced was replaced by this device itself: no record lost its last row.
    bare,
    orphans,
    ...(isWhole && { cursor: { ...cursor, seq: answer.head }, lastSyncedAt: now() }),
  });
  await store.acknowledge({
    sealed,
    gone: left.map(({ dot }) => dot),
    state,
    manifest: { device: bytesKey(manifest.deviceId), batchNo, hash },
  });
  return isWhole;
}

export function headsOf(ledger: Ledger): readonly Head[] {
  return [...ledger.chains]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([device, { batchNo, hash }]) => ({ deviceId: fromKey(device), batchNo, hash }));
}

/** @throws {WireError} `too-large` */
function envelopeBytes(length: number): number {
  const padded = paddedSize(length);
  if (padded === null) throw new WireError("A record is too large to be synced.", "too-large");
  return ENVELOPE_HEADER_BYTES + padded + AEAD_TAG_BYTES;
}

interface Content {
  readonly bytes: Bytes;
  readonly digest: string;
  readonly tombstone: boolean;
  readonly row: SyncRecordRow;
  /** Whether it is an edit of the text. */
  readonly isTextNew?: boolean;
}

/** What cannot be read here goes as it came; where everything was forgotten, its record is. */
function asideContent({ key, row, dots, outbox }: HeldRecord, resealBelow: number): Content | null {
  if (outbox?.op === "remove") {
    if (dots.length === 0) return null;
    const record = recordOf(key);
    const shape = encodeRecord({ forgotten: ANY_STAMP });
    const id = vaultIdOfKey(record, null);
    return {
      bytes: shape,
      digest: FORGOTTEN,
      tombstone: true,
      row: { key: record, id, shape, shown: "", others: [] },
    };
  }
  const bytes = row && saidAside(row);
  if (!bytes || (dots.length > 0 && dots.every(({ epoch }) => epoch >= resealBelow))) return null;
  return {
    bytes,
    digest: row.key.slice(row.key.lastIndexOf(":") + 1),
    tombstone: false,
    row,
  };
}

/** `null`: the server has just this, or there is nothing that it would have to know. */
async function contentOf(
  { access, replica }: Pick<PushDeps, "access" | "replica">,
  one: HeldRecord,
  vectors: ReadonlyMap<number, SpaceVector>,
  ledger: Ledger,
): Promise<Content | null> {
  const { key, id, row, local, dots, state: held } = one;
  const { resealBelow } = ledger.state;
  if (held === null || (isForgotten(held) && row === null && dots.length === 0)) return null;
  // Undone, and known to nobody else.
  if (!isForgotten(held) && held.text.versions.length === 0 && !held.fields["kind"]) return null;
  const state = withoutVectors(held);
  const bytes = encodeRecord(state);
  const digest = await replica.digestOf(state, bytes);
  const tombstone = isForgotten(state);
  const said =
    dots.length > 0 &&
    dots.every((dot) => dot.digest === digest && dot.epoch >= resealBelow) &&
    !(tombstone && ledger.dotsOf(asidesOf(key)).length > 0);
  if (said) return null;
  const vector = local && vectors.get(local.record.seq);
  const whole = vector ? encodeRecord(withVector(state, vector)) : bytes;
  return {
    // The other device makes a vector of its own.
    bytes: whole.length > MAX_CONTENT_BYTES ? bytes : whole,
    digest,
    tombstone,
    row: replica.rowOf(key, id, state, local?.record.scope.user),
    isTextNew: isTextUnsent(access, ledger, one),
  };
}
