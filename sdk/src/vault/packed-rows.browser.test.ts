import fc from "fast-check";
import { Dexie, type Table } from "dexie";
import { afterAll, expect, test } from "vitest";
import { createPackedTable, type PackedTable, type PageRow } from "./packed-rows.ts";

interface Row {
  readonly group: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly text: string;
}

type Database = Dexie & {
  readonly rows: Table<Row, [string, string]>;
  readonly pages: Table<PageRow<Row>, number>;
};

const opened: Database[] = [];
afterAll(() => Promise.all(opened.map((db) => db.delete())));

function open(packFrom: number): { readonly db: Database; readonly table: PackedTable<Row> } {
  const db = new Dexie(`packed-${crypto.randomUUID()}`, { cache: "disabled" }) as Database;
  db.version(1).stores({ rows: "[group+id], id, *tags", pages: "++n, *keys" });
  opened.push(db);
  const table = createPackedTable({
    table: db.rows,
    pages: db.pages,
    packFrom,
    main: "id",
    idOf: nameOf,
    indexes: { id: ({ id }) => [id], tags: ({ tags }) => tags },
  });
  return { db, table };
}

const IDS = Array.from({ length: 40 }, (_, i) => `id-${i.toString(36)}`);
const id = fc.constantFrom(...IDS);
const tag = fc.constantFrom("red", "green", "blue", "grün", "re", "");
const row = fc.record({
  group: fc.constantFrom("a", "b"),
  id,
  tags: fc.uniqueArray(tag, { maxLength: 3 }),
  text: fc.string({ maxLength: 8 }),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(row, { maxLength: 30 }).map((rows) => ({ put: rows })) },
  { weight: 2, arbitrary: fc.array(row, { maxLength: 30 }).map((rows) => ({ add: rows })) },
  { weight: 2, arbitrary: fc.array(id, { maxLength: 20 }).map((ids) => ({ remove: ids })) },
  { weight: 1, arbitrary: fc.constant({ clear: true }) },
);

const nameOf = ({ group, id: of }: Row): string => `${group}\0${of}`;

/** Each of them once, as far as it is not there. */
const unknown = (rows: readonly Row[], there: ReadonlyMap<string, Row>): Row[] => [
  ...new Map(rows.flatMap((one) => (there.has(nameOf(one)) ? [] : [[nameOf(one), one]]))).values(),
];

const inOrder = (rows: Iterable<Row>): Row[] =>
  [...rows].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

test("rows are found as if each stood alone, whatever was put and removed in which runs", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(step, { minLength: 1, maxLength: 14 }),
      fc.array(id, { maxLength: 25 }),
      tag,
      async (packFrom, steps, asked, named) => {
        const { db, table } = open(packFrom);
        const model = new Map<string, Row>();
        for (const one of steps) {
          const fresh = "add" in one ? unknown(one.add, model) : [];
          await db.transaction("rw", db.tables, async () => {
            if ("put" in one) await table.put(one.put);
            else if ("add" in one) await table.add(fresh);
            else if ("remove" in one) await table.remove(one.remove);
            else await table.clear();
          });
          if ("put" in one) for (const put of one.put) model.set(nameOf(put), put);
          else if ("add" in one) for (const added of fresh) model.set(nameOf(added), added);
          else if ("remove" in one) {
            for (const [key, { id: of }] of model) if (one.remove.includes(of)) model.delete(key);
          } else model.clear();
        }
        const read = await db.transaction("r", db.tables, async () => ({
          all: await table.all(),
          asked: await table.find("id", asked),
          tagged: await table.find("tags", [named]),
          begun: await table.findNamed("tags", named),
        }));
        const rows = [...model.values()];
        expect(inOrder(read.all)).toEqual(inOrder(rows));
        expect(inOrder(read.asked)).toEqual(inOrder(rows.filter((of) => asked.includes(of.id))));
        expect(inOrder(read.tagged)).toEqual(
          inOrder(rows.filter(({ tags }) => tags.includes(named))),
        );
        expect(inOrder(read.begun)).toEqual(
          inOrder(rows.filter(({ tags }) => tags.some((of) => of.startsWith(named)))),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("many rows are few rows of the database, and each stands in one place", async () => {
  const { db, table } = open(64);
  const rows = Array.from({ length: 1_000 }, (_, i) => ({
    group: "a",
    id: `id-${String(i).padStart(4, "0")}`,
    tags: [],
    text: "first",
  }));
  await table.put(rows);
  expect([await db.rows.count(), await db.pages.count()]).toEqual([0, 16]);
  await table.put(rows.slice(10, 20).map((of) => ({ ...of, text: "second" })));
  expect(await db.rows.count()).toBe(10);
  await table.put(rows.map((of) => ({ ...of, text: "third" })));
  expect(await db.rows.count()).toBe(10);
  expect((await table.all()).map(({ text }) => text)).toEqual(rows.map(() => "third"));
  await table.remove(rows.map((of) => of.id));
  expect([await db.rows.count(), await db.pages.count()]).toEqual([0, 0]);
});

test("what is put anew or removed leaves no bytes on its page", async () => {
  const { db, table } = open(2);
  const put = (text: string, ids: readonly string[]) =>
    table.put(ids.map((of) => ({ group: "a", id: of, tags: [text], text })));
  await put("secret", ["x", "y", "z"]);
  await put("plain", ["x"]);
  await table.remove(["y"]);
  const [page] = await db.pages.toArray();
  expect(page?.rows.map((of) => of.id)).toEqual(["z"]);
  expect(page?.keys.toSorted()).toEqual(["id:z", "tags:secret"]);
});
