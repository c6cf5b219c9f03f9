import { afterAll, beforeAll } from "vitest";
import { createPostgresStore } from "./store/postgres-store.ts";
import { describeStore } from "./store/store.contract.ts";
import { startPostgres, type PostgresServer } from "./testing/postgres-server.ts";

/** Everything that needs a real PostgreSQL stands in this file: it is started once. */
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

describeStore("PostgreSQL", async () => {
  const clock = { now: Date.now() };
  const store = await createPostgresStore({
    url: await postgres.database(),
    now: () => clock.now,
  });
  return { store, clock };
});
