import { sql, type ColumnDefinitionBuilder, type Kysely } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Tables } from "./schema.ts";

export type Dialect = "sqlite" | "postgres";

/** The database was written by a newer version of this program: it is left alone. */
export class NewerDatabaseError extends Error {
  constructor(cause: unknown) {
    super(
      "The database was written by a newer version of the sync server: update this program, or give it another database.",
      { cause },
    );
    this.name = "NewerDatabaseError";
  }
}

/**
 * Brings the database to this version's schema. Two instances that start at once wait for each other (PostgreSQL: advisory lock).
 *
 * @throws {NewerDatabaseError}
 */
export async function migrate(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const migrations = migrationsFor(dialect);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw asNewer(error);
}

function asNewer(error: unknown): unknown {
  return error instanceof Error && error.message.includes("corrupted migrations")
    ? new NewerDatabaseError(error)
    : error;
}

function migrationsFor(dialect: Dialect): Record<string, Migration> {
  return { "0001-start": { up: (db) => start(db, dialect) } };
}

async function start(db: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const bytes = dialect === "sqlite" ? sql`blob` : sql`bytea`;
  const big = dialect === "sqlite" ? sql`integer` : sql`bigint`;
  const table = (name: keyof Tables) =>
    db.schema
      .createTable(name)
      .addColumn(
        "k",
        dialect === "sqlite" ? sql`integer` : sql`bigint generated always as identity`,
        (column) => column.primaryKey(),
      );
  const unique = (name: keyof Tables, ...columns: string[]) =>
    db.schema
      .createIndex(`${name}_${columns.join("_")}`)
      .on(name)
      .columns(columns)
      .unique()
      .execute();

  const notNull = (column: ColumnDefinitionBuilder) => column.notNull();

  await db.schema
    .createTable("store")
    .addColumn("id", "integer", (column) => column.primaryKey())
    .addColumn("store_id", bytes, notNull)
    .addColumn("secret", bytes, notNull)
    .execute();

  await table("vault")
    .addColumn("id", bytes, notNull)
    .addColumn("head", big, notNull)
    .addColumn("bytes", big, notNull)
    .addColumn("entries", big, notNull)
    .addColumn("blob_bytes", big, notNull)
    .addColumn("epoch", big, notNull)
    .addColumn("generation", big, notNull)
    .addColumn("min_epoch", big, notNull)
    .addColumn("min_suite", "integer", notNull)
    .addColumn("recovery_pk", bytes, notNull)
    .addColumn("next_recovery_pk", bytes)
    .addColumn("next_recovery_day", "integer")
    .addColumn("log_len", "integer", notNull)
    .addColumn("log_hash", bytes, notNull)
    .addColumn("created_day", "integer", notNull)
    .execute();
  await unique("vault", "id");
  for (const column of ["recovery_pk", "next_recovery_pk"] as const)
    await db.schema.createIndex(`vault_${column}`).on("vault").column(column).execute();

  await table("device")
    .addColumn("vault_k", big, notNull)
    .addColumn("id", bytes, notNull)
    .addColumn("sign_pk", bytes, notNull)
    .addColumn("seal_pk", bytes, notNull)
    .addColumn("added_at", "integer", notNull)
    .addColumn("revoked", "integer", notNull)
    .addColumn("last_batch_no", big, notNull)
    .addColumn("last_batch_hash", bytes, notNull)
    .addColumn("last_dev_seq", big, notNull)
    .addColumn("last_log_len", "integer", notNull)
    .addColumn("ack_seq", big, notNull)
    .addColumn("seen_day", "integer", notNull)
    .execute();
  await unique("device", "vault_k", "id");

  await table("member_log")
    .addColumn("vault_k", big, notNull)
    .addColumn("idx", "integer", notNull)
    .addColumn("body", bytes, notNull)
    .addColumn("hash", bytes, notNull)
    .addColumn("epoch", big, notNull)
    .addColumn("generation", big, notNull)
    .addColumn("seen_day", "integer")
    .execute();
  await unique("member_log", "vault_k", "idx");

  await table("epoch_box")
    .addColumn("vault_k", big, notNull)
    .addColumn("epoch", big, notNull)
    .addColumn("recipient", bytes, notNull)
    .addColumn("box", bytes, notNull)
    .execute();
  await unique("epoch_box", "vault_k", "epoch", "recipient");

  await table("entry")
    .addColumn("vault_k", big, notNull)
    .addColumn("seq", big, notNull)
    .addColumn("device_k", big, notNull)
    .addColumn("dev_seq", big, notNull)
    .addColumn("record", bytes, notNull)
    .addColumn("epoch", big, notNull)
    .addColumn("size", "integer", notNull)
    .addColumn("env", bytes, notNull)
    .execute();
  await unique("entry", "vault_k", "seq");
  await unique("entry", "device_k", "dev_seq");

  await table("manifest")
    .addColumn("vault_k", big, notNull)
    .addColumn("seq", big, notNull)
    .addColumn("device_k", big, notNull)
    .addColumn("batch_no", big, notNull)
    .addColumn("hash", bytes, notNull)
    .addColumn("size", "integer", notNull)
    .addColumn("body", bytes, notNull)
    .addColumn("head", big, notNull)
    .addColumn("accepted", "integer", notNull)
    .execute();
  await unique("manifest", "vault_k", "seq");
  await unique("manifest", "device_k", "batch_no");

  await table("blob")
    .addColumn("vault_k", big, notNull)
    .addColumn("hash", bytes, notNull)
    .addColumn("size", big, notNull)
    .addColumn("received", big, notNull)
    .addColumn("committed", "integer", notNull)
    .addColumn("day", "integer", notNull)
    .execute();
  await unique("blob", "vault_k", "hash");

  await table("blob_part")
    .addColumn("blob_k", big, notNull)
    .addColumn("start", big, notNull)
    .addColumn("size", "integer", notNull)
    .addColumn("bytes", bytes, notNull)
    .execute();
  await unique("blob_part", "blob_k", "start");

  await table("snapshot")
    .addColumn("vault_k", big, notNull)
    .addColumn("seq", big, notNull)
    .addColumn("manifest", bytes, notNull)
    .execute();
  await db.schema.createIndex("snapshot_vault_k").on("snapshot").column("vault_k").execute();

  await table("snapshot_blob")
    .addColumn("snapshot_k", big, notNull)
    .addColumn("blob_k", big, notNull)
    .execute();
  await unique("snapshot_blob", "snapshot_k", "blob_k");
  await db.schema
    .createIndex("snapshot_blob_blob_k")
    .on("snapshot_blob")
    .column("blob_k")
    .execute();

  await table("mailbox")
    .addColumn("id", bytes, notNull)
    .addColumn("code_hash", bytes)
    .addColumn("check_hash", bytes)
    .addColumn("tries", "integer", notNull)
    .addColumn("claimed", "integer", notNull)
    .addColumn("ends_minute", "integer", notNull)
    .execute();
  await unique("mailbox", "id");
  await unique("mailbox", "code_hash");

  await table("mail")
    .addColumn("mailbox_k", big, notNull)
    .addColumn("slot", "integer", notNull)
    .addColumn("body", bytes, notNull)
    .execute();
  await unique("mail", "mailbox_k", "slot");

  await table("access")
    .addColumn("hash", bytes, notNull)
    .addColumn("ticket", "integer", notNull)
    .addColumn("vault_k", big, notNull)
    .addColumn("device_k", big)
    .addColumn("day", "integer", notNull)
    .execute();
  await unique("access", "hash");

  await table("spent")
    .addColumn("hash", bytes, notNull)
    .addColumn("day", "integer", notNull)
    .execute();
  await unique("spent", "hash");

  if (dialect === "postgres") {
    // Ciphertext does not compress: store it as it is, outside of the row.
    await sql`alter table entry alter column env set storage external`.execute(db);
    await sql`alter table blob_part alter column bytes set storage external`.execute(db);
  }
}
