import { describe, expect, test } from "vitest";
import { STATE } from "../domain/document-flags.ts";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { VaultChange } from "../vault/vault.ts";
import { encodeEntry, entryFrom } from "./document-entry.ts";
import type { DocumentIndex } from "./document-index.ts";
import { createIndexStore, draftOf, type IndexStore } from "./index-fixtures.ts";
import { createDocumentIndex } from "./packed-index.ts";
import { packEntries } from "./segment-build.ts";

const NOW = 1_700_000_100_000;

interface Tab {
  readonly index: DocumentIndex;
  add(draft: RecordDraft): StoredRecord;
}

/** One lock for all tabs of a store, as Web Locks give it. */
function createTabs(store: IndexStore = createIndexStore()): {
  store: IndexStore;
  open(): Promise<Tab>;
} {
  let held: Promise<unknown> = Promise.resolve();
  let ids = 0;
  return {
    store,
    async open() {
      const index = createDocumentIndex({
        vault: store as never,
        lock: (work) => {
          const turn = held.then(work, work);
          held = turn.catch(() => undefined);
          return turn;
        },
        newId: () => `segment-${(ids += 1)}`,
      });
      await index.open();
      return {
        index,
        add(draft) {
          const row = store.put(draft, index.entryOf(draft));
          index.add([row]);
          return row;
        },
      };
    },
  };
}

/** `seq`s of the readable documents that hold a stem. */
function find(index: DocumentIndex, term: string, scope = {}): number[] {
  const view = index.view();
  const mask = view.readable(scope, NOW);
  const found = { documents: new Uint32Array(view.count), counts: new Uint32Array(view.count) };
  const size = view.postings(term, mask, found);
  return [...found.documents.subarray(0, size)]
    .map((document) => view.columns.seq[document] ?? 0)
    .toSorted((a, b) => a - b);
}

/** Every stem of a readable document, every column and neighbour, by `seq`: equal for indexes that hold the same. */
function contents(index: DocumentIndex, words: readonly string[]): unknown {
  const view = index.view();
  const mask = view.readable({}, NOW);
  const seqAt = (document: number): number =>
    document < 0 ? -1 : (view.columns.seq[document] ?? 0);
  const documents = Array.from({ length: view.count }, (_, document) => document).filter(
    (document) => mask[document] === 1,
  );
  return {
    documents: documents
      .map((document) => ({
        seq: seqAt(document),
        createdAt: view.columns.createdAt[document],
        length: view.columns.length[document],
        tokens: view.columns.tokens[document],
        flags: view.columns.flags[document],
        state: view.columns.state[document],
        speaker: view.speakers[view.columns.speaker[document] ?? 0],
        days: view.days(document),
        previous: seqAt(view.previous[document] ?? -1),
        next: seqAt(view.next[document] ?? -1),
      }))
      .toSorted((a, b) => a.seq - b.seq),
    words: words.map((word) => [word, find(index, word)]),
  };
}

function fill(tab: Tab, count: number, from = 0): void {
  for (let at = from; at < from + count; at += 1)
    tab.add(
      draftOf(`r${at}`, `message ${at} about topic${at % 37} zebra`, {
        threadId: `t${at % 11}`,
        position: Math.floor(at / 11),
        name: at % 2 === 0 ? "Ann" : "Bob",
        dates: at % 5 === 0 ? ["2023-05-08"] : [],
      }),
    );
}

const WORDS = ["topic1", "topic36", "zebra", "messag", "nobody"];

describe("the document index", () => {
  test("opens from what is stored and holds the same as before, sealed or not", async () => {
    const tabs = createTabs();
    const first = await tabs.open();
    fill(first, 700);
    const before = contents(first.index, WORDS);
    expect(contents((await tabs.open()).index, WORDS)).toEqual(before);
    fill(first, 500, 700);
    const unsealed = contents(first.index, WORDS);
    await first.index.maintain();
    expect(tabs.store.segments).toHaveLength(1);
    expect(tabs.store.tail).toHaveLength(0);
    expect(contents(first.index, WORDS)).toEqual(unsealed);
    expect(contents((await tabs.open()).index, WORDS)).toEqual(unsealed);
  });

  test("merges small segments, and stays the same", async () => {
    const tabs = createTabs();
    const tab = await tabs.open();
    for (let round = 0; round < 5; round += 1) {
      fill(tab, 1024, round * 1024);
      await tab.index.maintain();
    }
    expect(tabs.store.segments.length).toBeLessThanOrEqual(2);
    expect(find(tab.index, "zebra")).toHaveLength(5 * 1024);
    const reopened = await tabs.open();
    expect(contents(reopened.index, WORDS)).toEqual(contents(tab.index, WORDS));
    expect(reopened.index.stats()).toMatchObject({ documents: 5 * 1024, tail: 0 });
  });

  test("reads no record at opening", async () => {
    const tabs = createTabs();
    const tab = await tabs.open();
    fill(tab, 1100);
    await tab.index.maintain();
    fill(tab, 10, 1100);
    tabs.store.bySeq = () => Promise.reject(new Error("a record was read"));
    tabs.store.scan = () => Promise.reject(new Error("records were scanned"));
    expect((await tabs.open()).index.size).toBe(1110);
  });

  test("two tabs that seal at once lose and double nothing", async () => {
    const tabs = createTabs();
    const [one, two] = [await tabs.open(), await tabs.open()];
    for (let at = 0; at < 1200; at += 1) {
      const tab = at % 2 === 0 ? one : two;
      const other = at % 2 === 0 ? two : one;
      const row = tab.add(draftOf(`r${at}`, `shared wombat${at}`));
      await other.index.follow(change({ added: [row.seq] }));
    }
    await Promise.all([one.index.maintain(), two.index.maintain()]);
    for (const tab of [one, two, await tabs.open()])
      expect(find(tab.index, "share")).toHaveLength(1200);
    expect(
      new Set(tabs.store.tail.map(({ seq }) => seq)).size + 1200 - tabs.store.tail.length,
    ).toBe(1200);
  });

  test("a tab that dies in the middle of sealing leaves a whole index", async () => {
    for (const failAt of [1, 2]) {
      const tabs = createTabs();
      const tab = await tabs.open();
      fill(tab, 1100);
      const replace = tabs.store.replaceSegments;
      let calls = 0;
      tabs.store.replaceSegments = (replacement) =>
        (calls += 1) === failAt ? Promise.reject(new Error("killed")) : replace(replacement);
      await tab.index.maintain().catch(() => undefined);
      tabs.store.replaceSegments = replace;
      expect(find((await tabs.open()).index, "zebra")).toHaveLength(1100);
    }
  });

  test("a damaged segment, state or entry is built anew from the records", async () => {
    for (const damage of [
      (store: IndexStore) => store.segments[0]?.bytes.fill(7, 0, 64),
      (store: IndexStore) => store.segments[0]?.state.fill(255),
      (store: IndexStore) => store.tail[0]?.entry.fill(255),
      (store: IndexStore) => {
        store.damaged = store.segments.map(({ id }) => id);
        store.segments = [];
      },
    ]) {
      const tabs = createTabs();
      const tab = await tabs.open();
      fill(tab, 1100);
      await tab.index.maintain();
      fill(tab, 20, 1100);
      const before = contents(tab.index, WORDS);
      damage(tabs.store);
      expect(contents((await tabs.open()).index, WORDS)).toEqual(before);
      expect(contents((await tabs.open()).index, WORDS)).toEqual(before);
    }
  });

  test("what the first analyzer cut opens as it is, and is cut anew when there is time", async () => {
    const tabs = createTabs();
    const { store } = tabs;
    const drafts = Array.from({ length: 30 }, (_, at) =>
      draftOf(`r${at}`, at % 3 === 0 ? `우산은 현관에 ${at} zebra` : `the 🐈 sleeps ${at} zebra`),
    );
    const firstCut = drafts.map((draft) => ({
      ...entryFrom(draft, null),
      analyzer: 1,
      length: 2,
      terms: new Map([["zebra", 1]]),
    }));
    for (const [at, draft] of drafts.entries())
      // The first version of an entry had no analyzer in its second byte.
      store.put(
        draft,
        Uint8Array.of(1, ...encodeEntry(firstCut[at] ?? entryFrom(draft, null)).subarray(2)),
      );
    const sealed = packEntries(
      store.tail
        .slice(0, 20)
        .map(({ seq }, at) => [seq, firstCut[at] ?? entryFrom(draftOf("", ""), null)]),
    );
    const bytes = sealed?.bytes ?? new Uint8Array(0);
    // And a segment had no section that names it.
    new DataView(bytes.buffer).setUint32(16 + 7 * 12, 99, true);
    store.segments = [{ id: "old", bytes, state: sealed?.state ?? new Uint8Array(0) }];
    store.tail = store.tail.slice(20);
    store.touch(3, null);

    const tab = await tabs.open();
    expect(find(tab.index, "zebra")).toHaveLength(29);
    expect(find(tab.index, "🐈")).toEqual([]);
    await tab.index.maintain();
    for (const { index } of [tab, await tabs.open()]) {
      expect(find(index, "zebra")).toHaveLength(29);
      expect(find(index, "🐈")).toHaveLength(19);
      expect(find(index, "우산")).toHaveLength(10);
    }
    expect(store.tail).toEqual([]);
    const before = store.segments;
    await tab.index.maintain();
    expect(store.segments).toEqual(before);
  });

  test("marks hold at once, after opening, and after they are settled", async () => {
    const tabs = createTabs();
    const tab = await tabs.open();
    fill(tab, 1100);
    await tab.index.maintain();
    fill(tab, 10, 1100);
    const mark = (seq: number, parts: Partial<StoredRecord>): void => {
      const row = tabs.store.touch(seq, parts);
      if (row !== null) tab.index.mark([row]);
    };
    mark(5, { live: false });
    mark(6, { pinned: true });
    mark(1105, { live: false });
    mark(1106, { expiresAt: NOW - 1 });
    const check = (index: DocumentIndex): void => {
      const seqs = new Set(find(index, "zebra"));
      expect([5, 1105, 1106].filter((seq) => seqs.has(seq))).toEqual([]);
      const view = index.view();
      expect((view.columns.state[view.documentOf(6)] ?? 0) & STATE.pinned).toBe(STATE.pinned);
      // The live neighbours of what was left are each other's neighbours: 5 stood between 5 - 11 and 5 + 11 in its thread.
      expect(view.columns.seq[view.previous[view.documentOf(27)] ?? -1]).toBe(16);
      expect(view.columns.seq[view.previous[view.documentOf(16)] ?? -1]).toBeUndefined();
    };
    check(tab.index);
    check((await tabs.open()).index);
    for (let seq = 100; seq < 400; seq += 1) mark(seq, { pinned: true });
    await tab.index.maintain();
    expect(tabs.store.touched.length).toBeLessThan(10);
    check(tab.index);
    check((await tabs.open()).index);
  });

  test("what is forgotten leaves no byte of its own words", async () => {
    const tabs = createTabs();
    const tab = await tabs.open();
    fill(tab, 600);
    const sealed = tab.add(draftOf("secret", "the xylophonist hid a kumquat near zebra"));
    fill(tab, 600, 600);
    await tab.index.maintain();
    const inTail = tab.add(draftOf("secret2", "another quixotic zebra"));
    expect(tabs.store.bytes()).toContain("xylophonist");
    const gone = [sealed.seq, inTail.seq];
    const changes = await tab.index.without(gone);
    expect(changes).toHaveLength(1);
    expect(find(tab.index, "xylophonist"), "nothing has changed yet").toEqual([sealed.seq]);
    // As `vault.remove` does it.
    for (const { id, bytes, state } of changes)
      tabs.store.segments = tabs.store.segments.map((segment) =>
        segment.id === id && bytes !== null && state !== null ? { id, bytes, state } : segment,
      );
    tabs.store.tail = tabs.store.tail.filter(({ seq }) => !gone.includes(seq));
    for (const seq of gone) tabs.store.rows.delete(seq);
    tab.index.drop(gone);
    for (const word of ["xylophonist", "kumquat", "quixot"])
      expect(tabs.store.bytes()).not.toContain(word);
    for (const index of [tab.index, (await tabs.open()).index]) {
      expect(find(index, "kumquat")).toEqual([]);
      expect(find(index, "zebra")).toHaveLength(1200);
      expect(index.view().similarTerms("xylophonists", 0.4, 5)).toEqual([]);
    }
  });

  test("a segment of which nothing is left goes", async () => {
    const tabs = createTabs();
    const tab = await tabs.open();
    fill(tab, 1024);
    await tab.index.maintain();
    const changes = await tab.index.without([...tabs.store.rows.keys()]);
    expect(changes).toEqual([{ id: tabs.store.segments[0]?.id, bytes: null, state: null }]);
  });

  test("an edited record is found by its new words only", async () => {
    const tabs = createTabs();
    const tab = await tabs.open();
    fill(tab, 1100);
    await tab.index.maintain();
    const old = tabs.store.touch(9, null);
    expect(old).toBeNull();
    tab.index.drop([9]);
    const renewed = tab.add(draftOf("r8", "now about marmots"));
    for (const index of [tab.index, (await tabs.open()).index]) {
      expect(find(index, "marmot")).toEqual([renewed.seq]);
      expect(find(index, "zebra")).not.toContain(9);
    }
  });

  test("follows another tab, also one that has sealed what it added", async () => {
    const tabs = createTabs();
    const [one, two] = [await tabs.open(), await tabs.open()];
    fill(one, 1100);
    await one.index.maintain();
    await two.index.follow(change({ added: [...tabs.store.rows.keys()], segments: true }));
    expect(contents(two.index, WORDS)).toEqual(contents(one.index, WORDS));
    const row = tabs.store.touch(3, { live: false });
    expect(row).not.toBeNull();
    await two.index.follow(change({ marked: [3] }));
    expect(find(two.index, "zebra")).not.toContain(3);
    await two.index.follow(change({ removed: [4] }));
    expect(find(two.index, "zebra")).not.toContain(4);
  });

  test("keeps scopes apart", async () => {
    const tab = await createTabs().open();
    const seqs = [
      {},
      { user: "a" },
      { user: "a", agent: "x" },
      { user: "a", agent: "y" },
      { user: "b" },
    ].map((scope, at) => tab.add(draftOf(`s${at}`, "walrus", { scope })).seq);
    expect(find(tab.index, "walru")).toEqual([seqs[0]]);
    expect(find(tab.index, "walru", { user: "a" })).toEqual([seqs[1], seqs[2], seqs[3]]);
    expect(find(tab.index, "walru", { user: "a", agent: "x" })).toEqual([seqs[1], seqs[2]]);
    expect(find(tab.index, "walru", { user: "c" })).toEqual([]);
  });

  test("finds stems of like letters in segments and tail", async () => {
    const tab = await createTabs().open();
    tab.add(draftOf("p", "lighthouse"));
    fill(tab, 1100);
    await tab.index.maintain();
    tab.add(draftOf("q", "greenhouse"));
    const similar = tab.index.view().similarTerms("warehous", 0.2, 5);
    expect(similar.map(({ term }) => term).toSorted()).toEqual(["greenhous", "lighthous"]);
    for (const { share } of similar) expect(share).toBeGreaterThanOrEqual(0.2);
    expect(tab.index.view().similarTerms("warehous", 0.2, 1)).toHaveLength(1);
  });
});

function change(parts: Partial<VaultChange>): VaultChange {
  return { own: false, added: [], removed: [], marked: [], segments: false, ids: [], ...parts };
}
