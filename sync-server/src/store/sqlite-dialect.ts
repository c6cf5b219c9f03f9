import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";

export interface SqliteDialectDeps {
  readonly database: DatabaseSync;
  /** Called before each statement, `begin` and `commit` too, and once more after a commit: the crash tests end the process there. */
  readonly onStatement?: (sql: string) => void;
}

/** Statements by text; push and pull use a few dozen. */
const MAX_PREPARED = 200;

/** kysely on the SQLite that is built into Node. One connection: a transaction has it alone, everything else waits its turn. */
export function createSqliteDialect({ database, onStatement }: SqliteDialectDeps): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(database, onStatement ?? (() => undefined)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function createDriver(database: DatabaseSync, onStatement: (sql: string) => void): Driver {
  const connection = createConnection(database, onStatement);
  const run = (sql: string) => connection.executeQuery(CompiledQuery.raw(sql));
  let tail: Promise<void> = Promise.resolve();
  let release: () => void = () => undefined;

  return {
    init: async () => undefined,
    async acquireConnection() {
      const before = tail;
      const mine = Promise.withResolvers<void>();
      tail = mine.promise;
      await before;
      release = mine.resolve;
      return connection;
    },
    async releaseConnection() {
      release();
    },
    // A writer takes the lock at once: one that read first could not be let through any more when another process wrote meanwhile.
    beginTransaction: async (_, { accessMode }) =>
      void (await run(accessMode === "read only" ? "begin" : "begin immediate")),
    async commitTransaction() {
      await run("commit");
      onStatement("-- after commit");
    },
    rollbackTransaction: async () => void (await run("rollback")),
    async destroy() {
      database.close();
    },
  };
}

function createConnection(
  database: DatabaseSync,
  onStatement: (sql: string) => void,
): DatabaseConnection {
  const prepared = new Map<string, StatementSync>();

  function statementFor(sql: string): StatementSync {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    if (prepared.size >= MAX_PREPARED) prepared.delete(prepared.keys().next().value ?? "");
    prepared.set(sql, statement);
    return statement;
  }

  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      onStatement(sql);
      // `all` also runs what gives no rows. Node 22.13 cannot tell which statements do; nobody here asks how many rows changed.
      const values = parameters as readonly SQLInputValue[];
      return { rows: statementFor(sql).all(...values) as R[] };
    },
    // oxlint-disable-next-line require-yield -- no query here is streamed
    async *streamQuery() {
      throw new Error("The store reads in pages, not in streams.");
    },
  };
}
