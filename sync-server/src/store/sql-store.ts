import { randomBytes } from "node:crypto";
import { sql, type Kysely } from "kysely";
import { migrate, type Dialect } from "./migrations.ts";
import type { Tables } from "./schema.ts";
import { createBlobStore, dropStaleBlobs } from "./sql-blobs.ts";
import { today, write, type SqlContext } from "./sql-context.ts";
import { createEntryStore } from "./sql-entries.ts";
import { createMailboxStore, dropEndedMailboxes } from "./sql-mailboxes.ts";
import { createSessionStore } from "./sql-sessions.ts";
import { createVaultStore } from "./sql-vaults.ts";
import type { Store, StoreIdentity } from "./store.ts";

/** A session lives for minutes; two days are past its end in every time zone of every clock. */
const KEEP_DAYS = 2;

export interface SqlStoreDeps {
  readonly db: Kysely<Tables>;
  readonly dialect: Dialect;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The one query layer behind both databases. Brings the schema up to date first. */
export async function createSqlStore(context: SqlStoreDeps): Promise<Store> {
  const { db } = context;
  await migrate(db, context.dialect);
  const identity = await readIdentity(context);
  return {
    identity,
    ...createVaultStore(context),
    ...createEntryStore(context),
    ...createBlobStore(context),
    ...createMailboxStore(context),
    ...createSessionStore(context),
    ping: async () => void (await sql`select 1`.execute(db)),
    async sweep() {
      const day = today(context);
      await write(context, async (tx) => {
        await dropEndedMailboxes(tx, Math.floor(context.now() / 60_000));
        await tx
          .deleteFrom("access")
          .where("day", "<=", day - KEEP_DAYS)
          .execute();
        await tx
          .deleteFrom("spent")
          .where("day", "<=", day - KEEP_DAYS)
          .execute();
      });
      await dropStaleBlobs(context, day - 1);
    },
    close: () => db.destroy(),
  };
}

async function readIdentity(context: SqlContext): Promise<StoreIdentity> {
  await context.db
    .insertInto("store")
    .values({ id: 1, store_id: randomBytes(16), secret: randomBytes(32) })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
  const row = await context.db
    .selectFrom("store")
    .select(["store_id as storeId", "secret"])
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
  return row;
}
