import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import type { Tables } from "./schema.ts";
import { createSqlStore } from "./sql-store.ts";
import { createSqliteDialect } from "./sqlite-dialect.ts";
import type { Store } from "./store.ts";

export interface SqliteStoreDeps {
  /** Made when it is not there; its folder must exist. */
  readonly file: string;
  /** Epoch ms. Default the clock. */
  readonly now?: () => number;
  /** See {@link createSqliteDialect}. */
  readonly onStatement?: (sql: string) => void;
}

/** How long one process waits for another that is writing. */
const BUSY_MS = 5_000;

/**
 * A store in one file. Acknowledged means on the disk: write-ahead log with `synchronous=FULL`, both asserted here, because a
 * weaker setting loses acknowledged pushes at a power cut without any error.
 *
 * @throws where the file cannot be opened or the settings do not take
 */
export async function createSqliteStore(deps: SqliteStoreDeps): Promise<Store> {
  const { file, now = Date.now, onStatement } = deps;
  const database = new DatabaseSync(file);
  try {
    settle(database);
    const db = new Kysely<Tables>({
      dialect: createSqliteDialect({ database, ...(onStatement && { onStatement }) }),
    });
    return await createSqlStore({ db, dialect: "sqlite", now });
  } catch (error) {
    try {
      database.close();
    } catch {
      // It is closed already where the query layer had been given it.
    }
    throw error;
  }
}

function settle(database: DatabaseSync): void {
  database.exec(`pragma busy_timeout=${BUSY_MS}`);
  database.exec("pragma journal_mode=wal");
  database.exec("pragma synchronous=full");
  // What was deleted is overwritten, not only unlinked.
  database.exec("pragma secure_delete=on");
  const found = [
    database.prepare("pragma journal_mode").get()?.["journal_mode"],
    database.prepare("pragma synchronous").get()?.["synchronous"],
    database.prepare("pragma secure_delete").get()?.["secure_delete"],
  ].join(" ");
  if (found !== "wal 2 1")
    throw new Error(
      `SQLite runs with journal_mode, synchronous, secure_delete = ${found}, not with "wal 2 1": acknowledged writes would not be safe in this place. Use a file on a local disk.`,
    );
}
