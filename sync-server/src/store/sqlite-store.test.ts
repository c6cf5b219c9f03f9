import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { createSqliteStore } from "./sqlite-store.ts";
import { describeStore } from "./store.contract.ts";

const folder = mkdtempSync(join(tmpdir(), "alcove-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

describeStore("SQLite", async () => {
  const clock = { now: Date.now() };
  const store = await createSqliteStore({
    file: join(folder, "contract.db"),
    now: () => clock.now,
  });
  return { store, clock };
});

test("a store is found again as it was, and two processes may open it at once", async () => {
  const file = join(folder, "again.db");
  const first = await createSqliteStore({ file });
  const second = await createSqliteStore({ file });
  expect(second.identity).toEqual(first.identity);
  await first.close();
  await second.close();
  const third = await createSqliteStore({ file });
  expect(third.identity).toEqual(first.identity);
  await third.close();
});

test("a place where SQLite cannot keep its promise is refused at the start", async () => {
  await expect(createSqliteStore({ file: ":memory:" })).rejects.toThrow("local disk");
});

test("a database of a newer version is left alone", async () => {
  const file = join(folder, "newer.db");
  await (await createSqliteStore({ file })).close();
  const raw = new DatabaseSync(file);
  raw.exec(
    "insert into kysely_migration (name, timestamp) values ('9999-later', '2099-01-01T00:00:00.000Z')",
  );
  raw.close();
  await expect(createSqliteStore({ file })).rejects.toThrow("newer version");
});

test("no table holds a time finer than a day, but for the minute at which a mailbox ends", async () => {
  const file = join(folder, "times.db");
  await (await createSqliteStore({ file })).close();
  const raw = new DatabaseSync(file);
  const tables = raw.prepare("select name, sql from sqlite_master where type = 'table'").all();
  raw.close();
  const columns = tables
    .filter(({ name }) => !String(name).startsWith("kysely"))
    .flatMap(
      ({ sql }) => String(sql).match(/"(\w*(?:time|_at|_ms|minute|date|second)\w*)"/g) ?? [],
    );
  expect(columns.toSorted()).toEqual(['"added_at"', '"ends_minute"']);
});
