import { equalBytes } from "@alcove/sdk/wire";
import { sql } from "kysely";
import { dropAllBlobs } from "./sql-blobs.ts";
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
  DeviceState,
  EpochBox,
  LogAppend,
  LogOutcome,
  LogRow,
  LogState,
  NewMember,
  NewVault,
  Revocation,
  VaultState,
  VaultStore,
} from "./store.ts";

/** What a device without a batch has in place of its last batch's hash. */
const NO_HASH = new Uint8Array(32);

/** The recipient under which the link to the epoch before is filed. */
const LINK = new Uint8Array(16);

export function createVaultStore(context: SqlContext): VaultStore {
  const { db } = context;
  return {
    createVault: (vault) => write(context, (tx) => create(context, tx, vault)),

    async vault(vaultId) {
      const row = await db
        .selectFrom("vault")
        .selectAll()
        .where("id", "=", vaultId)
        .executeTakeFirst();
      return row === undefined ? null : toVaultState(row);
    },

    async vaultOfRecoveryKey(recoveryPk) {
      const row = await db
        .selectFrom("vault")
        .select("id")
        .where((eb) =>
          eb.or([eb("recovery_pk", "=", recoveryPk), eb("next_recovery_pk", "=", recoveryPk)]),
        )
        .executeTakeFirst();
      return row?.id ?? null;
    },

    destroyVault: (vaultId) => write(context, (tx) => destroy(context, tx, vaultId)),

    async devices(vaultId) {
      const rows = await db
        .selectFrom("device")
        .innerJoin("vault", "vault.k", "device.vault_k")
        .selectAll("device")
        .where("vault.id", "=", vaultId)
        .orderBy("device.k")
        .execute();
      return rows.map(toDeviceState);
    },

    async device(vaultId, deviceId) {
      const row = await db
        .selectFrom("device")
        .innerJoin("vault", "vault.k", "device.vault_k")
        .selectAll("device")
        .where("vault.id", "=", vaultId)
        .where("device.id", "=", deviceId)
        .executeTakeFirst();
      return row === undefined ? null : toDeviceState(row);
    },

    readLog: ({ vaultId, from, limit, recipients }) =>
      snapshot(context, async (tx) => {
        const vault = await tx
          .selectFrom("vault")
          .select(["k", "log_len"])
          .where("id", "=", vaultId)
          .executeTakeFirst();
        if (vault === undefined) return { entries: [], boxes: [], logLen: 0 };
        const entries = await tx
          .selectFrom("member_log")
          .select(["body", "hash", "epoch", "generation", "seen_day as seenDay"])
          .where("vault_k", "=", vault.k)
          .where("idx", ">=", from)
          .orderBy("idx")
          .limit(limit)
          .execute();
        const boxes =
          recipients.length === 0
            ? []
            : await tx
                .selectFrom("epoch_box")
                .select(["epoch", "recipient", "box"])
                .where("vault_k", "=", vault.k)
                .where("recipient", "in", recipients)
                .orderBy("epoch")
                .orderBy("recipient")
                .execute();
        return { entries, boxes, logLen: vault.log_len };
      }),

    appendLog: (append) => write(context, (tx) => appendLog(context, tx, append)),
  };
}

async function create(
  context: SqlContext,
  tx: Tx,
  vault: NewVault,
): Promise<"created" | "same" | "exists"> {
  const { state } = vault;
  const row = await tx
    .insertInto("vault")
    .values({
      id: vault.vaultId,
      head: 0,
      bytes: logBytes(vault.log, vault.boxes),
      entries: 0,
      blob_bytes: 0,
      ...stateColumns(state),
      log_len: vault.log.length,
      log_hash: vault.log.at(-1)?.hash ?? NO_HASH,
      created_day: today(context),
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("k")
    .executeTakeFirst();
  if (row === undefined) {
    const first = await tx
      .selectFrom("member_log")
      .innerJoin("vault", "vault.k", "member_log.vault_k")
      .select("member_log.hash")
      .where("vault.id", "=", vault.vaultId)
      .where("idx", "=", 0)
      .executeTakeFirst();
    const asked = vault.log[0];
    return first !== undefined && asked !== undefined && equalBytes(first.hash, asked.hash)
      ? "same"
      : "exists";
  }
  for (const chunk of chunksOf(vault.log.map((entry, idx) => ({ ...entry, idx }))))
    await tx
      .insertInto("member_log")
      .values(chunk.map(({ idx, ...entry }) => logColumns(row.k, idx, entry)))
      .execute();
  for (const device of vault.devices) await addDevice(context, tx, row.k, device);
  await putBoxes(tx, row.k, vault.boxes);
  await dropOldBoxes(tx, row.k, state.minEpoch);
  return "created";
}

async function appendLog(context: SqlContext, tx: Tx, append: LogAppend): Promise<LogOutcome> {
  const vault = await lockVault(context, tx, append.vaultId);
  if (vault === undefined) return { kind: "unknown-vault" };
  if (vault.log_len !== append.expectLen || !equalBytes(vault.log_hash, append.expectHash)) {
    const there = await tx
      .selectFrom("member_log")
      .select("hash")
      .where("vault_k", "=", vault.k)
      .where("idx", "=", append.expectLen)
      .executeTakeFirst();
    return there !== undefined && equalBytes(there.hash, append.entry.hash)
      ? { kind: "duplicate", logLen: vault.log_len }
      : { kind: "conflict", logLen: vault.log_len };
  }
  const bytes = vault.bytes + logBytes([append.entry], append.boxes);
  // A revocation goes in even where the vault is full: a lost device must always be shut out.
  if (bytes > append.maxBytes && append.revoke === undefined)
    return { kind: "quota", bytes: vault.bytes };
  if (append.revoke !== undefined && !(await revoke(tx, vault, append.revoke)))
    return { kind: "pin-passed" };
  if (append.add !== undefined)
    await addDevice(context, tx, vault.k, {
      ...append.add,
      addedAt: vault.log_len,
      revoked: false,
    });
  await tx
    .insertInto("member_log")
    .values(logColumns(vault.k, vault.log_len, append.entry))
    .execute();
  await putBoxes(tx, vault.k, append.boxes);
  if (append.state.minEpoch > vault.min_epoch)
    await dropOldBoxes(tx, vault.k, append.state.minEpoch);
  const refilled = append.state.generation > vault.generation;
  if (refilled) await dropRows(tx, vault.k);
  await tx
    .updateTable("vault")
    .set({
      ...stateColumns(append.state),
      bytes: refilled ? await logBytesOf(tx, vault.k) : bytes,
      ...(refilled && { entries: 0, blob_bytes: 0 }),
      log_len: vault.log_len + 1,
      log_hash: append.entry.hash,
    })
    .where("k", "=", vault.k)
    .execute();
  return { kind: "appended", logLen: vault.log_len + 1 };
}

/** @returns false, with nothing changed, where the device has pushed something else than what is pinned */
async function revoke(
  tx: Tx,
  vault: VaultRow,
  { deviceId, batchNo, batchHash }: Revocation,
): Promise<boolean> {
  const device = await tx
    .updateTable("device")
    .set({ revoked: 1 })
    .where("vault_k", "=", vault.k)
    .where("id", "=", deviceId)
    .where("last_batch_no", "=", batchNo)
    .where("last_batch_hash", "=", batchHash)
    .returning("k")
    .executeTakeFirst();
  if (device === undefined) return false;
  await tx.deleteFrom("access").where("device_k", "=", device.k).execute();
  return true;
}

/** A new generation starts: all rows are sent again. Only the counts of the devices go on, so that no dot is ever used twice. */
async function dropRows(tx: Tx, vaultK: number): Promise<void> {
  await tx.deleteFrom("entry").where("vault_k", "=", vaultK).execute();
  await tx.deleteFrom("manifest").where("vault_k", "=", vaultK).execute();
  await dropAllBlobs(tx, vaultK);
  await tx
    .updateTable("device")
    .set({ last_batch_no: 0, last_batch_hash: NO_HASH, last_log_len: 0 })
    .where("vault_k", "=", vaultK)
    .execute();
}

/** Below the lowest epoch nothing is opened any more, and the link of the lowest one only leads below it. */
async function dropOldBoxes(tx: Tx, vaultK: number, minEpoch: number): Promise<void> {
  await tx
    .deleteFrom("epoch_box")
    .where("vault_k", "=", vaultK)
    .where((eb) =>
      eb.or([
        eb("epoch", "<", minEpoch),
        eb.and([eb("epoch", "=", minEpoch), eb("recipient", "=", LINK)]),
      ]),
    )
    .execute();
}

async function logBytesOf(tx: Tx, vaultK: number): Promise<number> {
  const log = await tx
    .selectFrom("member_log")
    .select(sql<number | null>`cast(sum(length(body)) as bigint)`.as("bytes"))
    .where("vault_k", "=", vaultK)
    .executeTakeFirst();
  const boxes = await tx
    .selectFrom("epoch_box")
    .select(sql<number | null>`cast(sum(length(box)) as bigint)`.as("bytes"))
    .where("vault_k", "=", vaultK)
    .executeTakeFirst();
  return (log?.bytes ?? 0) + (boxes?.bytes ?? 0);
}

async function addDevice(
  context: SqlContext,
  tx: Tx,
  vaultK: number,
  device: NewMember,
): Promise<void> {
  await tx
    .insertInto("device")
    .values({
      vault_k: vaultK,
      id: device.deviceId,
      sign_pk: device.signPk,
      seal_pk: device.sealPk,
      added_at: device.addedAt,
      revoked: device.revoked ? 1 : 0,
      last_batch_no: 0,
      last_batch_hash: NO_HASH,
      last_dev_seq: 0,
      last_log_len: 0,
      ack_seq: 0,
      seen_day: today(context),
    })
    .execute();
}

async function putBoxes(tx: Tx, vaultK: number, boxes: readonly EpochBox[]): Promise<void> {
  for (const { epoch, recipient, box } of boxes)
    await tx
      .insertInto("epoch_box")
      .values({ vault_k: vaultK, epoch, recipient, box })
      .onConflict((conflict) =>
        conflict.columns(["vault_k", "epoch", "recipient"]).doUpdateSet({ box }),
      )
      .execute();
}

/** Table by table: no foreign keys, so that a push does not pay for checks that this module makes anyway. */
async function destroy(context: SqlContext, tx: Tx, vaultId: Uint8Array): Promise<boolean> {
  const vault = await lockVault(context, tx, vaultId);
  if (vault === undefined) return false;
  await dropAllBlobs(tx, vault.k);
  for (const table of ["entry", "manifest", "epoch_box", "member_log", "access", "device"] as const)
    await tx.deleteFrom(table).where("vault_k", "=", vault.k).execute();
  await tx.deleteFrom("vault").where("k", "=", vault.k).execute();
  return true;
}

function logBytes(log: readonly LogRow[], boxes: readonly EpochBox[]): number {
  return (
    log.reduce((sum, { body }) => sum + body.length, 0) +
    boxes.reduce((sum, { box }) => sum + box.length, 0)
  );
}

function logColumns(vaultK: number, idx: number, { seenDay, ...entry }: LogRow) {
  return { vault_k: vaultK, idx, ...entry, seen_day: seenDay };
}

function stateColumns(state: LogState) {
  return {
    epoch: state.epoch,
    generation: state.generation,
    min_epoch: state.minEpoch,
    min_suite: state.minSuite,
    recovery_pk: state.recoveryPk,
    next_recovery_pk: state.nextRecovery?.recoveryPk ?? null,
    next_recovery_day: state.nextRecovery?.fromDay ?? null,
  };
}

function toVaultState(row: VaultRow): VaultState {
  return {
    head: row.head,
    bytes: row.bytes,
    entries: row.entries,
    blobBytes: row.blob_bytes,
    epoch: row.epoch,
    generation: row.generation,
    minEpoch: row.min_epoch,
    minSuite: row.min_suite,
    recoveryPk: row.recovery_pk,
    nextRecovery:
      row.next_recovery_pk === null || row.next_recovery_day === null
        ? null
        : { recoveryPk: row.next_recovery_pk, fromDay: row.next_recovery_day },
    logLen: row.log_len,
    logHash: row.log_hash,
  };
}

function toDeviceState(row: DeviceRow): DeviceState {
  return {
    deviceId: row.id,
    signPk: row.sign_pk,
    sealPk: row.seal_pk,
    addedAt: row.added_at,
    revoked: row.revoked === 1,
    lastBatchNo: row.last_batch_no,
    lastBatchHash: row.last_batch_hash,
    lastDevSeq: row.last_dev_seq,
    ackSeq: row.ack_seq,
    seenDay: row.seen_day,
  };
}
