import { equalBytes } from "@alcove/sdk/wire";
import {
  chunksOf,
  lockVault,
  snapshot,
  today,
  write,
  type DeviceRow,
  type SqlContext,
  type Tx,
  type VaultRow,
} from "./sql-context.ts";
import type {
  Batch,
  Dot,
  EntryStore,
  Head,
  PulledRow,
  PullPage,
  PullQuery,
  PushOutcome,
} from "./store.ts";

/** How many rows are looked at for one page; a page of the smallest rows stays below. */
const PAGE_ROWS = 4_000;
/** How much of its quota a vault may come to by manifests that add no bytes of rows. */
const FORGETTING_ROOM = 17 / 16;

export function createEntryStore(context: SqlContext): EntryStore {
  return {
    push: (batch) => write(context, (tx) => push(context, tx, batch)),
    pull: (query) => snapshot(context, (tx) => pull(tx, query)),
    ack: (vaultId, deviceId, seq) =>
      write(context, async (tx) => {
        const vault = await tx
          .selectFrom("vault")
          .select(["k", "head"])
          .where("id", "=", vaultId)
          .executeTakeFirst();
        const device = vault && (await deviceOf(tx, vault.k, deviceId));
        if (device === undefined) return false;
        await tx
          .updateTable("device")
          .set({
            seen_day: today(context),
            ack_seq: Math.max(device.ack_seq, Math.min(seq, vault?.head ?? 0)),
          })
          .where("k", "=", device.k)
          .execute();
        return true;
      }),
  };
}

async function push(context: SqlContext, tx: Tx, batch: Batch): Promise<PushOutcome> {
  const vault = await lockVault(context, tx, batch.vaultId);
  if (vault === undefined) return { kind: "unknown-vault" };
  const device = await deviceOf(tx, vault.k, batch.deviceId);
  if (device === undefined || device.revoked === 1) return { kind: "inactive-device" };

  if (batch.generation !== vault.generation) return staleFor(vault);
  // A batch that is stored gets its answer again whatever happened since: without it, its sender would seal the number anew.
  const earlier = await answeredBefore(tx, device, batch);
  if (earlier !== null) return earlier;
  const refused =
    (await logProblem(tx, vault, device, batch)) ??
    chainProblem(device, batch) ??
    (await seenProblem(tx, vault, batch));
  if (refused !== null) return refused;

  const superseded = await findSuperseded(tx, vault, batch);
  if (superseded === null)
    return { kind: "malformed", problem: "an entry takes the place of one of another record" };
  const kept = batch.items.filter((_, at) => !superseded.inBatch.has(at));
  const added = kept.reduce((sum, { envelope }) => sum + envelope.length, 0) - superseded.bytes;
  const bytes = vault.bytes + batch.manifest.length + added;
  const entries = vault.entries + kept.length - superseded.rows.length;
  const { maxBytes, maxEntries } = batch.quota;
  // What makes the vault smaller is always let in: a full vault must still be able to forget. A single memory that is forgotten may weigh
  // less than the manifest that says so, and there is room for some of these.
  const isSmaller = bytes <= vault.bytes || (added <= 0 && bytes <= maxBytes * FORGETTING_ROOM);
  if ((bytes > maxBytes && !isSmaller) || (entries > maxEntries && entries > vault.entries))
    return { kind: "quota", bytes: vault.bytes };

  // Nothing was written up to here, and nothing is refused from here on.
  const head = vault.head + 1 + batch.items.length;
  await tx.updateTable("vault").set({ head, bytes, entries }).where("k", "=", vault.k).execute();
  await insertEntries(tx, vault, device, batch, superseded.inBatch);
  for (const rows of chunksOf(superseded.rows))
    await tx.deleteFrom("entry").where("k", "in", rows).execute();
  await tx
    .insertInto("manifest")
    .values({
      vault_k: vault.k,
      seq: vault.head + 1,
      device_k: device.k,
      batch_no: batch.batchNo,
      hash: batch.hash,
      size: batch.manifest.length,
      body: batch.manifest,
      head,
      accepted: batch.items.length,
    })
    .execute();
  await tx
    .updateTable("device")
    .set({
      last_batch_no: batch.batchNo,
      last_batch_hash: batch.hash,
      last_dev_seq: batch.firstDevSeq + batch.items.length - 1,
      last_log_len: batch.logLen,
      seen_day: today(context),
    })
    .where("k", "=", device.k)
    .execute();
  return { kind: "accepted", head, accepted: batch.items.length };
}

/** A batch whose number was taken: the same one gets its answer again, another one shows that two copies of the device write. */
async function answeredBefore(
  tx: Tx,
  device: DeviceRow,
  batch: Batch,
): Promise<PushOutcome | null> {
  if (batch.batchNo > device.last_batch_no) return null;
  const earlier = await tx
    .selectFrom("manifest")
    .select(["hash", "head", "accepted"])
    .where("device_k", "=", device.k)
    .where("batch_no", "=", batch.batchNo)
    .executeTakeFirst();
  if (earlier === undefined || !equalBytes(earlier.hash, batch.hash)) return { kind: "forked" };
  return { kind: "duplicate", head: earlier.head, accepted: earlier.accepted };
}

/** The batch must be sealed for the log as it was at the length it names, and not for an epoch that is given up. */
async function logProblem(
  tx: Tx,
  vault: VaultRow,
  device: DeviceRow,
  batch: Batch,
): Promise<PushOutcome | null> {
  const at = await tx
    .selectFrom("member_log")
    .select(["hash", "epoch", "generation"])
    .where("vault_k", "=", vault.k)
    .where("idx", "=", batch.logLen - 1)
    .executeTakeFirst();
  const fits =
    at !== undefined &&
    equalBytes(at.hash, batch.logHash) &&
    at.epoch === batch.epoch &&
    at.generation === batch.generation &&
    batch.epoch >= vault.min_epoch &&
    batch.logLen > device.added_at &&
    batch.logLen >= device.last_log_len;
  return fits ? null : staleFor(vault);
}

function chainProblem(device: DeviceRow, batch: Batch): PushOutcome | null {
  const expectedBatchNo = device.last_batch_no + 1;
  if (batch.batchNo !== expectedBatchNo) return { kind: "gap", expectedBatchNo };
  if (!equalBytes(batch.prevHash, device.last_batch_hash)) return { kind: "forked" };
  // A generation may begin anywhere behind the last dot: a store that was lost does not know which ones were used.
  const counts =
    batch.batchNo === 1
      ? batch.firstDevSeq > device.last_dev_seq
      : batch.firstDevSeq === device.last_dev_seq + 1;
  return counts ? null : { kind: "malformed", problem: "firstSeq does not follow on" };
}

/** What a writer claims to have seen must have been: readers would take the vault for forked otherwise. */
async function seenProblem(tx: Tx, vault: VaultRow, batch: Batch): Promise<PushOutcome | null> {
  for (const head of batch.seen) {
    const other = await deviceOf(tx, vault.k, head.deviceId);
    const manifest =
      other &&
      (await tx
        .selectFrom("manifest")
        .select("hash")
        .where("device_k", "=", other.k)
        .where("batch_no", "=", head.batchNo)
        .executeTakeFirst());
    if (manifest === undefined || !equalBytes(manifest.hash, head.hash))
      return { kind: "malformed", problem: "a head that it has seen is not here" };
  }
  return null;
}

function staleFor(vault: VaultRow): PushOutcome {
  return {
    kind: "stale",
    logLen: vault.log_len,
    minEpoch: vault.min_epoch,
    generation: vault.generation,
  };
}

interface Superseded {
  /** Row numbers. */
  readonly rows: readonly number[];
  readonly bytes: number;
  /** Items of the batch that a later item of it replaces: never stored. */
  readonly inBatch: ReadonlySet<number>;
}

/** @returns null where an item claims to replace an entry of another record */
async function findSuperseded(tx: Tx, vault: VaultRow, batch: Batch): Promise<Superseded | null> {
  const inBatch = new Set<number>();
  const wanted = new Map<string, { dot: Dot; record: Uint8Array | null }>();
  const keyOf = ({ deviceId, devSeq }: Dot) => `${Buffer.from(deviceId).toString("hex")}:${devSeq}`;
  for (const [at, { recordId, supersedes }] of batch.items.entries()) {
    for (const dot of supersedes) {
      const other = dot.devSeq - batch.firstDevSeq;
      if (equalBytes(dot.deviceId, batch.deviceId) && other >= 0) {
        const replaced = batch.items[other];
        if (replaced === undefined || other >= at || !equalBytes(replaced.recordId, recordId))
          return null;
        inBatch.add(other);
      } else wanted.set(keyOf(dot), { dot, record: recordId });
    }
  }
  for (const dot of batch.purged) wanted.set(keyOf(dot), { dot, record: null });
  if (wanted.size === 0) return { rows: [], bytes: 0, inBatch };

  const byDevice = Map.groupBy(wanted.values(), ({ dot }) =>
    Buffer.from(dot.deviceId).toString("hex"),
  );
  const rows: number[] = [];
  let bytes = 0;
  for (const [hex, dots] of byDevice) {
    const device = await deviceOf(tx, vault.k, Buffer.from(hex, "hex"));
    if (device === undefined) continue;
    for (const chunk of chunksOf(dots)) {
      const found = await tx
        .selectFrom("entry")
        .select(["k", "dev_seq", "record", "size"])
        .where("device_k", "=", device.k)
        .where(
          "dev_seq",
          "in",
          chunk.map(({ dot }) => dot.devSeq),
        )
        .execute();
      for (const { k, dev_seq, record, size } of found) {
        const want = wanted.get(`${hex}:${dev_seq}`);
        if (want?.record != null && !equalBytes(want.record, record)) return null;
        rows.push(k);
        bytes += size;
      }
    }
  }
  return { rows, bytes, inBatch };
}

async function insertEntries(
  tx: Tx,
  vault: VaultRow,
  device: DeviceRow,
  batch: Batch,
  skipped: ReadonlySet<number>,
): Promise<void> {
  const rows = batch.items.map(({ recordId, envelope }, at) => ({
    vault_k: vault.k,
    // The manifest takes the first seq, so that a reader meets it before the entries it speaks for.
    seq: vault.head + 2 + at,
    device_k: device.k,
    dev_seq: batch.firstDevSeq + at,
    record: recordId,
    epoch: batch.epoch,
    size: envelope.length,
    env: envelope,
  }));
  for (const chunk of chunksOf(rows.filter((_, at) => !skipped.has(at))))
    await tx.insertInto("entry").values(chunk).execute();
}

async function pull(tx: Tx, query: PullQuery): Promise<PullPage | null> {
  const { after, limitBytes, skipEntriesTo } = query;
  const vault = await tx
    .selectFrom("vault")
    .select(["k", "head"])
    .where("id", "=", query.vaultId)
    .executeTakeFirst();
  if (vault === undefined) return null;
  const heads = await headsOf(tx, vault.k);
  const afterEntries = Math.max(after, skipEntriesTo);

  // Sizes first: a page's bytes are read only when it is known which rows are on it.
  const sizes = await tx
    .selectFrom("entry")
    .select(["seq", "size"])
    .where("vault_k", "=", vault.k)
    .where("seq", ">", afterEntries)
    .unionAll(
      tx
        .selectFrom("manifest")
        .select(["seq", "size"])
        .where("vault_k", "=", vault.k)
        .where("seq", ">", after),
    )
    .orderBy("seq")
    .limit(PAGE_ROWS)
    .execute();
  let bytes = 0;
  const cut = sizes.findIndex(({ size }, at) => (bytes += size) > limitBytes && at > 0);
  const taken = cut === -1 ? sizes : sizes.slice(0, cut);
  const last = taken.at(-1)?.seq;
  if (last === undefined)
    return { rows: [], head: vault.head, next: vault.head, more: false, heads };
  const more = taken.length < sizes.length || sizes.length === PAGE_ROWS;

  const entries = await tx
    .selectFrom("entry")
    .select(["seq", "env as bytes"])
    .where("vault_k", "=", vault.k)
    .where("seq", ">", afterEntries)
    .where("seq", "<=", last)
    .orderBy("seq")
    .execute();
  const manifests = await tx
    .selectFrom("manifest")
    .select(["seq", "body as bytes"])
    .where("vault_k", "=", vault.k)
    .where("seq", ">", after)
    .where("seq", "<=", last)
    .orderBy("seq")
    .execute();
  const rows: PulledRow[] = [
    ...entries.map((row) => ({ kind: "entry" as const, ...row })),
    ...manifests.map((row) => ({ kind: "manifest" as const, ...row })),
  ];
  return {
    rows: rows.toSorted((a, b) => a.seq - b.seq),
    head: vault.head,
    next: more ? last : vault.head,
    more,
    heads,
  };
}

async function headsOf(tx: Tx, vaultK: number): Promise<Head[]> {
  return tx
    .selectFrom("device")
    .select(["id as deviceId", "last_batch_no as batchNo", "last_batch_hash as hash"])
    .where("vault_k", "=", vaultK)
    .where("last_batch_no", ">", 0)
    .orderBy("id")
    .execute();
}

function deviceOf(tx: Tx, vaultK: number, deviceId: Uint8Array): Promise<DeviceRow | undefined> {
  return tx
    .selectFrom("device")
    .selectAll()
    .where("vault_k", "=", vaultK)
    .where("id", "=", deviceId)
    .executeTakeFirst();
}
