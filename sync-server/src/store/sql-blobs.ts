import type { Selectable } from "kysely";
import type { Tables } from "./schema.ts";
import {
  CHUNK,
  chunksOf,
  lockVault,
  today,
  write,
  type SqlContext,
  type Tx,
} from "./sql-context.ts";
import type {
  BlobOutcome,
  BlobPart,
  BlobState,
  BlobStore,
  NewBlob,
  NewSnapshot,
  SnapshotOutcome,
} from "./store.ts";

type BlobRow = Selectable<Tables["blob"]>;

export function createBlobStore(context: SqlContext): BlobStore {
  const { db } = context;

  function find(vaultId: Uint8Array, hash: Uint8Array): Promise<BlobRow | undefined> {
    return db
      .selectFrom("blob")
      .innerJoin("vault", "vault.k", "blob.vault_k")
      .selectAll("blob")
      .where("vault.id", "=", vaultId)
      .where("blob.hash", "=", hash)
      .executeTakeFirst();
  }

  return {
    beginBlob: (blob) => write(context, (tx) => begin(context, tx, blob)),
    putBlobPart: (part) => write(context, (tx) => putPart(context, tx, part)),

    commitBlob: (vaultId, hash) =>
      write(context, async (tx) => {
        const vault = await lockVault(context, tx, vaultId);
        if (vault === undefined) return false;
        const done = await tx
          .updateTable("blob")
          .set({ committed: 1 })
          .where("vault_k", "=", vault.k)
          .where("hash", "=", hash)
          .whereRef("received", "=", "size")
          .returning("k")
          .executeTakeFirst();
        return done !== undefined;
      }),

    async blob(vaultId, hash) {
      const row = await find(vaultId, hash);
      return row === undefined ? null : toState(row);
    },

    async readBlob(vaultId, hash, offset) {
      const blob = await find(vaultId, hash);
      if (blob === undefined) return null;
      const part = await db
        .selectFrom("blob_part")
        .select(["start", "bytes"])
        .where("blob_k", "=", blob.k)
        .where("start", "<=", offset)
        .orderBy("start", "desc")
        .limit(1)
        .executeTakeFirst();
      if (part === undefined || part.start + part.bytes.length <= offset) return null;
      return part.bytes.subarray(offset - part.start);
    },

    dropBlob: (vaultId, hash) =>
      write(context, async (tx) => {
        const vault = await lockVault(context, tx, vaultId);
        if (vault === undefined) return false;
        const blob = await blobOf(tx, vault.k, hash);
        if (blob === undefined) return false;
        await removeBlob(tx, blob);
        return true;
      }),

    publishSnapshot: (snapshot) => write(context, (tx) => publish(context, tx, snapshot)),

    async latestSnapshot(vaultId) {
      const row = await db
        .selectFrom("snapshot")
        .innerJoin("vault", "vault.k", "snapshot.vault_k")
        .select(["snapshot.manifest", "snapshot.seq"])
        .where("vault.id", "=", vaultId)
        .orderBy("snapshot.k", "desc")
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },
  };
}

async function begin(context: SqlContext, tx: Tx, blob: NewBlob): Promise<BlobOutcome> {
  const vault = await lockVault(context, tx, blob.vaultId);
  if (vault === undefined) return { kind: "unknown-vault" };
  const there = await blobOf(tx, vault.k, blob.hash);
  if (there !== undefined) {
    return there.size === blob.size
      ? progress(there)
      : { kind: "conflict", received: there.received };
  }
  // The whole size is taken from the quota at once: two uploads cannot both fit into the last free bytes.
  const bytes = vault.blob_bytes + blob.size;
  if (bytes > blob.maxBytes) return { kind: "quota", bytes: vault.blob_bytes };
  await tx.updateTable("vault").set({ blob_bytes: bytes }).where("k", "=", vault.k).execute();
  await tx
    .insertInto("blob")
    .values({
      vault_k: vault.k,
      hash: blob.hash,
      size: blob.size,
      received: 0,
      committed: 0,
      day: today(context),
    })
    .execute();
  return { kind: "ok", received: 0, committed: false };
}

async function putPart(context: SqlContext, tx: Tx, part: BlobPart): Promise<BlobOutcome> {
  const vault = await lockVault(context, tx, part.vaultId);
  if (vault === undefined) return { kind: "unknown-vault" };
  const blob = await blobOf(tx, vault.k, part.hash);
  if (blob === undefined) return { kind: "unknown-blob" };
  const end = part.offset + part.bytes.length;
  // A part that is here already: its answer was lost.
  if (end <= blob.received) return progress(blob);
  if (part.offset !== blob.received || end > blob.size)
    return { kind: "conflict", received: blob.received };
  await tx
    .insertInto("blob_part")
    .values({
      blob_k: blob.k,
      start: part.offset,
      size: part.bytes.length,
      bytes: part.bytes,
    })
    .execute();
  await tx
    .updateTable("blob")
    .set({ received: end, day: today(context) })
    .where("k", "=", blob.k)
    .execute();
  return { kind: "ok", received: end, committed: false };
}

async function publish(
  context: SqlContext,
  tx: Tx,
  snapshot: NewSnapshot,
): Promise<SnapshotOutcome> {
  const vault = await lockVault(context, tx, snapshot.vaultId);
  if (vault === undefined) return { kind: "unknown-vault" };
  const { generation, head } = vault;
  if (generation !== snapshot.generation || snapshot.seq > head)
    return { kind: "stale", generation, head };
  const blobs: number[] = [];
  for (const hash of snapshot.blobs) {
    const blob = await blobOf(tx, vault.k, hash);
    if (blob?.committed !== 1) return { kind: "missing-blob" };
    blobs.push(blob.k);
  }
  const row = await tx
    .insertInto("snapshot")
    .values({ vault_k: vault.k, seq: snapshot.seq, manifest: snapshot.manifest })
    .returning("k")
    .executeTakeFirstOrThrow();
  for (const chunk of chunksOf(blobs))
    await tx
      .insertInto("snapshot_blob")
      .values(chunk.map((blob_k) => ({ snapshot_k: row.k, blob_k })))
      .execute();
  const older = await tx
    .selectFrom("snapshot")
    .select("k")
    .where("vault_k", "=", vault.k)
    .orderBy("k", "desc")
    .offset(snapshot.keep)
    .limit(CHUNK)
    .execute();
  for (const { k } of older) await dropSnapshot(tx, k);
  return { kind: "published" };
}

async function dropSnapshot(tx: Tx, snapshotK: number): Promise<void> {
  const named = await tx
    .deleteFrom("snapshot_blob")
    .where("snapshot_k", "=", snapshotK)
    .returning("blob_k")
    .execute();
  await tx.deleteFrom("snapshot").where("k", "=", snapshotK).execute();
  for (const { blob_k } of named) {
    const blob = await tx
      .selectFrom("blob")
      .selectAll()
      .where("k", "=", blob_k)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom("snapshot_blob").select("k").where("blob_k", "=", blob_k))),
      )
      .executeTakeFirst();
    if (blob !== undefined) await removeBlob(tx, blob);
  }
}

/** Removes blobs that no snapshot names and that nobody sent a part of since `day`. */
export async function dropStaleBlobs(context: SqlContext, day: number): Promise<void> {
  const stale = await context.db
    .selectFrom("blob")
    .innerJoin("vault", "vault.k", "blob.vault_k")
    .select(["vault.id as vaultId", "blob.k as blobK"])
    .where("blob.day", "<", day)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("snapshot_blob").select("k").whereRef("snapshot_blob.blob_k", "=", "blob.k"),
        ),
      ),
    )
    .execute();
  for (const { vaultId, blobK } of stale)
    await write(context, async (tx) => {
      await lockVault(context, tx, vaultId);
      const blob = await tx
        .selectFrom("blob")
        .selectAll()
        .where("k", "=", blobK)
        .where("day", "<", day)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom("snapshot_blob").select("k").where("blob_k", "=", blobK))),
        )
        .executeTakeFirst();
      if (blob !== undefined) await removeBlob(tx, blob);
    });
}

export async function dropAllBlobs(tx: Tx, vaultK: number): Promise<void> {
  await tx
    .deleteFrom("snapshot_blob")
    .where("snapshot_k", "in", (eb) =>
      eb.selectFrom("snapshot").select("k").where("vault_k", "=", vaultK),
    )
    .execute();
  await tx.deleteFrom("snapshot").where("vault_k", "=", vaultK).execute();
  await tx
    .deleteFrom("blob_part")
    .where("blob_k", "in", (eb) => eb.selectFrom("blob").select("k").where("vault_k", "=", vaultK))
    .execute();
  await tx.deleteFrom("blob").where("vault_k", "=", vaultK).execute();
}

async function removeBlob(tx: Tx, blob: BlobRow): Promise<void> {
  await tx.deleteFrom("blob_part").where("blob_k", "=", blob.k).execute();
  await tx.deleteFrom("blob").where("k", "=", blob.k).execute();
  await tx
    .updateTable("vault")
    .set((eb) => ({ blob_bytes: eb("blob_bytes", "-", blob.size) }))
    .where("k", "=", blob.vault_k)
    .execute();
}

function blobOf(tx: Tx, vaultK: number, hash: Uint8Array): Promise<BlobRow | undefined> {
  return tx
    .selectFrom("blob")
    .selectAll()
    .where("vault_k", "=", vaultK)
    .where("hash", "=", hash)
    .executeTakeFirst();
}

function progress({ received, committed }: BlobRow): BlobOutcome {
  return { kind: "ok", received, committed: committed === 1 };
}

function toState({ size, received, committed }: BlobRow): BlobState {
  return { size, received, committed: committed === 1 };
}
