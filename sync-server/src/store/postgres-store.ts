import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Tables } from "./schema.ts";
import { createSqlStore } from "./sql-store.ts";
import type { Store } from "./store.ts";

export interface PostgresStoreDeps {
  /** A `postgres://` URL. */
  readonly url: string;
  /** Connections of this instance. Default 10. */
  readonly connections?: number;
  /** Epoch ms. Default the clock. */
  readonly now?: () => number;
  /** Told of a connection that broke while nothing was asked of it; the pool makes another. */
  readonly onError?: (error: Error) => void;
}

/** Numbers of types in PostgreSQL's own catalogue. */
const INT8 = 20;
const BYTEA = 17;

/** A store that several instances of the server may share. Commits wait for the disk (`synchronous_commit=on`). */
export async function createPostgresStore(deps: PostgresStoreDeps): Promise<Store> {
  const { url, connections = 10, now = Date.now, onError = () => undefined } = deps;
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    types,
    options: "-c synchronous_commit=on",
  });
  // Both: the pool listens to a connection only while nobody uses it, and an error that nobody hears ends the process.
  pool.on("error", onError);
  pool.on("connect", (client) => client.on("error", onError));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await createSqlStore({ db, dialect: "postgres", now });
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** As SQLite answers: whole numbers as numbers (all of ours are far below 2^53), bytes as plain `Uint8Array`. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (format !== "binary" && oid === INT8) return Number;
    if (format !== "binary" && oid === BYTEA)
      return (text: string) => new Uint8Array(Buffer.from(text.slice(2), "hex"));
    return builtIn(oid);
  }) as typeof pg.types.getTypeParser,
};

/** The library's own types know its parsers by an enum of names; what comes from a database is a number. */
const builtIn = pg.types.getTypeParser as (oid: number) => (text: string) => unknown;
