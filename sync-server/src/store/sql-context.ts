import type { Kysely, Selectable, Transaction } from "kysely";
import type { Dialect } from "./migrations.ts";
import type { Tables } from "./schema.ts";

/** What the parts of the store share. */
export interface SqlContext {
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
  /** Epoch ms. */
  readonly now: () => number;
}

export type Tx = Transaction<Tables>;
export type VaultRow = Selectable<Tables["vault"]>;
export type DeviceRow = Selectable<Tables["device"]>;

/** Rows per statement: the databases allow more, but equal statements are prepared once. */
export const CHUNK = 100;

const DAY_MS = 86_400_000;

export function today(context: SqlContext): number {
  return Math.floor(context.now() / DAY_MS);
}

/** A transaction that changes something. On SQLite it has the whole database, on PostgreSQL it locks the vault it is about. */
export function write<T>({ db }: SqlContext, act: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(act);
}

/** Several reads as of one moment. */
export function snapshot<T>({ db }: SqlContext, act: (tx: Tx) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setAccessMode("read only")
    .setIsolationLevel("repeatable read")
    .execute(act);
}

/** The vault's row, held against every other writer until the transaction ends. */
export function lockVault(
  { dialect }: SqlContext,
  tx: Tx,
  vaultId: Uint8Array,
): Promise<VaultRow | undefined> {
  return tx
    .selectFrom("vault")
    .selectAll()
    .where("id", "=", vaultId)
    .$if(dialect === "postgres", (query) => query.forUpdate())
    .executeTakeFirst();
}

export function* chunksOf<T>(items: readonly T[], size = CHUNK): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
