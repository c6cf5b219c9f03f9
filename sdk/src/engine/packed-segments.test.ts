import { describe, expect, test } from "vitest";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { DocumentIndex } from "./document-index.ts";
import { createIndexStore, draftOf, type IndexStore } from "./index-fixtures.ts";
import { createDocumentIndex } from "./packed-index.ts";

const NOW = 1_700_000_100_000;

async function open(store: IndexStore): Promise<DocumentIndex> {
  const index = createDocumentIndex({
    vault: store as never,
    lock: (work) => work(),
    newId: () => crypto.randomUUID(),
  });
  await index.open();
  return index;
}

const drafts = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    draftOf(
      `r${from + i}`,
      `${from + i === 17 ? "quokka" : "gnu"} zebra number${from + i} of topic${(from + i) % 7}`,
      {
        threadId: `t${(from + i) % 3}`,
        position: from + i,
      },
    ),
  );

/** What the vault does with very many new records: rows and a segment in one transaction, no tail entries. */
function storeMany(store: IndexStore, index: DocumentIndex, from: number, count: number) {
  const tail = store.tail.length;
  const given = drafts(from, count).map((draft) => {
    const entry = index.cut(draft);
    return { row: store.put(draft, new Uint8Array()), entry };
  });
  store.tail.length = tail;
  const segment = index.pack(given.map(({ row, entry }) => ({ seq: row.seq, entry })));
  if (segment === null) throw new Error("There is no segment.");
  store.segments.push(segment);
  return { segment, rows: given.map(({ row }) => row) };
}

function addOne(store: IndexStore, index: DocumentIndex, at: number): StoredRecord {
  const [draft] = drafts(at, 1);
  const row = store.put(draft!, index.entryOf(draft!));
  index.add([row]);
  return row;
}

function find(index: DocumentIndex, term: string): number[] {
  const view = index.view();
  const found = { documents: new Uint32Array(view.count), counts: new Uint32Array(view.count) };
  const size = view.postings(term, view.readable({}, NOW), found);
  return [...found.documents.subarray(0, size)].map((at) => view.columns.seq[at] ?? 0);
}

const seqs = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("records that come as a segment", () => {
  test("are found beside those before and after them, here and after opening anew", async () => {
    const store = createIndexStore();
    const index = await open(store);
    const many = storeMany(store, index, 0, 300);
    index.takeIn(many.segment);
    index.add(many.rows);
    addOne(store, index, 300);
    addOne(store, index, 301);
    const more = storeMany(store, index, 302, 200);
    index.takeIn(more.segment);
    index.add(more.rows);
    expect(store.tail).toHaveLength(2);
    expect(find(index, "zebra").toSorted((a, b) => a - b)).toEqual(seqs(502));
    expect(find(index, "topic3")).toHaveLength(72);
    expect(index.stats()).toMatchObject({ documents: 502, segments: 2, tail: 2 });
    const again = await open(store);
    expect(find(again, "zebra").toSorted((a, b) => a - b)).toEqual(seqs(502));
  });

  test("are joined where they are many, and taken in once whoever tells of them first", async () => {
    const store = createIndexStore();
    const index = await open(store);
    for (let at = 0; at < 6; at += 1) {
      const { segment, rows } = storeMany(store, index, 1_000 * at, 1_000);
      index.takeIn(segment);
      index.takeIn(segment);
      index.add(rows);
    }
    expect(index.size).toBe(6_000);
    await index.maintain();
    expect(store.segments.length).toBeLessThan(4);
    expect(find(index, "zebra").toSorted((a, b) => a - b)).toEqual(seqs(6_000));
    expect(find(await open(store), "number4567")).toEqual([4_568]);
  });

  test("leave no word behind when one of them is forgotten", async () => {
    const store = createIndexStore();
    const index = await open(store);
    const { segment, rows } = storeMany(store, index, 0, 50);
    index.takeIn(segment);
    index.add(rows);
    expect(store.bytes()).toContain("quokka");
    const changes = await index.without([18]);
    store.segments = changes.flatMap(({ id, bytes, state }) =>
      bytes && state ? [{ id, bytes, state }] : [],
    );
    store.rows.delete(18);
    index.drop([18]);
    expect(store.bytes()).not.toContain("quokka");
    expect(find(index, "quokka")).toEqual([]);
    expect(find(index, "zebra")).toHaveLength(49);
  });
});

describe("what comes while the stored layout is being read", () => {
  /** Stands between what was read and what is made of it. */
  function hold(store: IndexStore): { readonly reached: Promise<void>; go(): void } {
    const { loadIndex } = store;
    let reach = (): void => undefined;
    let go = (): void => undefined;
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const gone = new Promise<void>((resolve) => (go = resolve));
    store.loadIndex = async () => {
      store.loadIndex = loadIndex;
      const read = await loadIndex();
      reach();
      await gone;
      return read;
    };
    return { reached, go };
  }

  const readings: readonly [string, (index: DocumentIndex) => Promise<unknown>][] = [
    ["a forget", (index) => index.without([1])],
    ["maintenance", (index) => index.maintain()],
    [
      "a tab that slept",
      (index) =>
        index.follow({
          own: false,
          added: [],
          removed: [],
          marked: [],
          segments: true,
          ids: [],
          missed: true,
        }),
    ],
  ];

  test.each(readings)("is kept: %s", async (_, read) => {
    const store = createIndexStore();
    const index = await open(store);
    for (let at = 0; at < 1_100; at += 1) addOne(store, index, at);
    const held = hold(store);
    const reading = read(index);
    await held.reached;
    const one = addOne(store, index, 5_000);
    const { segment, rows } = storeMany(store, index, 6_000, 40);
    index.takeIn(segment);
    index.add(rows);
    index.drop([one.seq - 1]);
    held.go();
    await reading;
    expect(find(index, "number5000")).toEqual([one.seq]);
    expect(find(index, "number6039")).toEqual([rows.at(-1)?.seq]);
    expect(find(index, `number${one.seq - 2}`)).toEqual([]);
    expect(new Set(find(index, "zebra")).size).toBe(find(index, "zebra").length);
    expect(find(index, "zebra")).toHaveLength(1_100 + 1 + 40 - 1);
  });
});
