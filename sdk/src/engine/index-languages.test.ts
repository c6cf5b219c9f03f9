import { describe, expect, test } from "vitest";
import { snowballStems } from "../text/snowball-stems.ts";
import { createStems, type Stems } from "../text/stems.ts";
import { ANALYZER, UNSTEMMED_ANALYZER } from "../text/index-terms.ts";
import { decodeEntry } from "./document-entry.ts";
import type { DocumentIndex } from "./document-index.ts";
import { createIndexStore, draftOf, type IndexStore } from "./index-fixtures.ts";
import { createDocumentIndex } from "./packed-index.ts";
import { openSegment } from "./segment.ts";

const GERMAN = "Ich habe gestern zwei Häuser und drei Wohnungen gesehen.";
const ENGLISH = "Yesterday I saw two houses and three flats.";

/** A tab of a vault, with the stemmers that it can get. */
async function openTab(
  store: IndexStore,
  loadStems: (() => Promise<Stems>) | undefined,
): Promise<DocumentIndex> {
  const index = createDocumentIndex({
    vault: store as never,
    lock: (work) => work(),
    newId: () => `segment-${store.segments.length}-${Math.random()}`,
    ...(loadStems ? { loadStems } : {}),
  });
  await index.open();
  return index;
}

async function say(store: IndexStore, index: DocumentIndex, ...texts: string[]): Promise<number[]> {
  await index.ready(texts);
  return texts.map((text, at) => {
    const draft = draftOf(`${store.rows.size}-${at}`, text);
    const row = store.put(draft, index.entryOf(draft));
    index.add([row]);
    return row.seq;
  });
}

function find(index: DocumentIndex, term: string): number[] {
  const view = index.view();
  const mask = view.readable({}, 0);
  const found = { documents: new Uint32Array(view.count), counts: new Uint32Array(view.count) };
  const size = view.postings(term, mask, found);
  return [...found.documents.subarray(0, size)]
    .map((document) => view.columns.seq[document] ?? 0)
    .toSorted((a, b) => a - b);
}

const snowball = (): (() => Promise<Stems>) => {
  const stems = snowballStems();
  return () => Promise.resolve(stems);
};

/** Stems whose stemmers come when they are let. */
function gated(): { loadStems: () => Promise<Stems>; asked: string[]; let(): void } {
  const real = snowballStems();
  const asked: string[] = [];
  let open = false;
  let now = 0;
  const stems = createStems({
    clock: () => (now += 100_000),
    async fetchStemmer(language) {
      asked.push(language);
      if (!open) throw new TypeError("Failed to fetch");
      await real.load([language], 10_000);
      return (word) => (real.formsOf(word, [language])[0] ?? `??:${word}`).slice(3);
    },
  });
  return { loadStems: () => Promise.resolve(stems), asked, let: () => (open = true) };
}

/** What analyzers cut what is stored, segments first. */
const analyzersOf = (store: IndexStore): number[] => [
  ...store.segments.map(({ bytes }) => openSegment(bytes).analyzer),
  ...store.tail.map(({ entry }) => decodeEntry(entry).analyzer),
];

describe("the index in several languages", { timeout: 60_000 }, () => {
  test("holds stems beside the plain words, and English as it was", async () => {
    const store = createIndexStore();
    const index = await openTab(store, snowball());
    const [german, english] = await say(store, index, GERMAN, ENGLISH);
    expect(find(index, "de:haus")).toEqual([german]);
    expect(find(index, "de:wohnung")).toEqual([german]);
    expect(find(index, "hous")).toEqual([english]);
    expect([...index.languages]).toEqual(["de"]);
    const plain = await openTab(createIndexStore(), undefined);
    const entry = decodeEntry(plain.entryOf(draftOf("e", ENGLISH)));
    expect(decodeEntry(index.entryOf(draftOf("e", ENGLISH)))).toEqual({
      ...entry,
      analyzer: ANALYZER,
    });
    // A text is no longer for its stems: they say its words again.
    expect(decodeEntry(index.entryOf(draftOf("g", GERMAN))).length).toBe(
      decodeEntry(plain.entryOf(draftOf("g", GERMAN))).length,
    );
  });

  test("stays the same through sealing, merging and opening, and knows its languages without looking", async () => {
    const store = createIndexStore();
    const index = await openTab(store, snowball());
    for (let at = 0; at < 5; at += 1)
      await say(
        store,
        index,
        ...Array.from({ length: 1_100 }, (_, n) =>
          n % 2 === 0 ? `${GERMAN} ${at} ${n}` : `${ENGLISH} ${at} ${n}`,
        ),
      ).then(() => index.maintain());
    expect(find(index, "de:haus")).toHaveLength(2_750);
    const other = await openTab(store, snowball());
    expect(other.stats().tail).toBe(0);
    expect([...other.languages]).toEqual(["de"]);
    expect(find(other, "de:haus")).toEqual(find(index, "de:haus"));
  });

  test("stems are no words: likeness of letters never finds them", async () => {
    const store = createIndexStore();
    const index = await openTab(store, snowball());
    await say(store, index, GERMAN);
    const similar = (): string[] =>
      index
        .view()
        .similarTerms("wohnung", 0.2, 50)
        .map(({ term }) => term);
    expect(similar()).toEqual(["wohnungen"]);
    await say(store, index, ...Array.from({ length: 1_100 }, (_, n) => `${ENGLISH} ${n}`));
    await index.maintain();
    expect(index.stats().tail).toBe(0);
    expect(similar()).toEqual(["wohnungen"]);
  });

  test("an English vault asks for no stemmer", async () => {
    const store = createIndexStore();
    const { loadStems, asked } = gated();
    const index = await openTab(store, loadStems);
    await say(store, index, ...Array.from({ length: 1_100 }, (_, n) => `${ENGLISH} ${n}`));
    await index.maintain();
    await openTab(store, loadStems);
    expect(asked).toEqual([]);
    expect(analyzersOf(store)).toEqual([ANALYZER]);
  });
});

describe("a stemmer that is not there yet", { timeout: 60_000 }, () => {
  test("what is stored meanwhile has its plain words and says what it lacks; later it is cut anew", async () => {
    const store = createIndexStore();
    const gate = gated();
    const index = await openTab(store, gate.loadStems);
    const [german, english] = await say(store, index, GERMAN, ENGLISH);
    expect(find(index, "hauser")).toEqual([german]);
    expect(find(index, "de:haus")).toEqual([]);
    expect(analyzersOf(store)).toEqual([UNSTEMMED_ANALYZER, ANALYZER]);
    expect(store.bytes()).not.toContain("de:");

    gate.let();
    await index.ready([GERMAN]);
    await index.maintain();
    expect(find(index, "de:haus")).toEqual([german]);
    expect(find(index, "hous")).toEqual([english]);
    expect(analyzersOf(store).every((analyzer) => analyzer === ANALYZER)).toBe(true);
  });

  test("that never comes keeps maintenance neither busy nor from sealing", async () => {
    const store = createIndexStore();
    const gate = gated();
    const index = await openTab(store, gate.loadStems);
    for (let at = 0; at < 5; at += 1) {
      await say(store, index, ...Array.from({ length: 1_100 }, (_, n) => `${GERMAN} ${at} ${n}`));
      await index.maintain();
    }
    expect(store.tail).toEqual([]);
    const before = store.segments;
    await index.maintain();
    expect(store.segments).toEqual(before);
    expect(find(index, "hauser")).toHaveLength(5_500);
    expect(new Set(analyzersOf(store))).toEqual(new Set([UNSTEMMED_ANALYZER]));

    // The next page can have it, and stores nothing new.
    const other = await openTab(store, snowball());
    expect(find(other, "hauser")).toHaveLength(5_500);
    await other.maintain();
    expect(find(other, "de:haus")).toHaveLength(5_500);
    expect(new Set(analyzersOf(store))).toEqual(new Set([ANALYZER]));
  });

  test("the code for all of them missing is no fault either", async () => {
    const store = createIndexStore();
    const index = await openTab(store, () => Promise.reject(new TypeError("Failed to fetch")));
    const [german] = await say(store, index, GERMAN);
    await index.maintain();
    expect(find(index, "hauser")).toEqual([german]);
    expect(analyzersOf(store)).toEqual([UNSTEMMED_ANALYZER]);
  });

  test("two tabs, one without it: each reads what the other stored, and the stored index becomes whole", async () => {
    const store = createIndexStore();
    const gate = gated();
    const [has, lacks] = [await openTab(store, snowball()), await openTab(store, gate.loadStems)];
    const [first = 0] = await say(store, has, GERMAN);
    const [second = 0] = await say(store, lacks, `${GERMAN} Und einen Garten.`);
    const change = { own: false, removed: [], marked: [], segments: false, ids: [] } as const;
    await has.follow({ ...change, added: [second] });
    await lacks.follow({ ...change, added: [first] });
    expect(find(lacks, "de:haus")).toEqual([first]);
    expect([...lacks.languages]).toEqual(["de"]);
    expect(find(has, "hauser")).toEqual([first, second]);

    await lacks.maintain();
    expect(store.bytes()).toContain("de:");
    await has.maintain();
    expect(find(has, "de:haus")).toEqual([first, second]);
    await lacks.follow({ ...change, added: [], missed: true });
    expect(find(lacks, "de:haus")).toEqual([first, second]);
    expect(analyzersOf(store).every((analyzer) => analyzer === ANALYZER)).toBe(true);
  });
});

describe("what is forgotten leaves no stem", () => {
  test.each(["sealed", "in the tail"])("%s", async (where) => {
    const store = createIndexStore();
    const index = await openTab(store, snowball());
    const [secret = 0] = await say(store, index, "Ich habe die Geheimnisse meiner Großmutter.");
    const [kept] = await say(store, index, GERMAN);
    if (where === "sealed") {
      await say(store, index, ...Array.from({ length: 1_100 }, (_, n) => `${ENGLISH} ${n}`));
      await index.maintain();
      expect(store.tail).toEqual([]);
    }
    expect(find(index, "de:geheimnis")).toEqual([secret]);
    const changes = await index.without([secret]);
    for (const { id, bytes, state } of changes)
      store.segments = store.segments.flatMap((segment) =>
        segment.id !== id ? [segment] : bytes && state ? [{ id, bytes, state }] : [],
      );
    store.tail = store.tail.filter(({ seq }) => seq !== secret);
    store.touch(secret, null);
    index.drop([secret]);
    for (const tab of [index, await openTab(store, snowball())]) {
      expect(find(tab, "de:geheimnis")).toEqual([]);
      expect(find(tab, "de:haus")).toEqual([kept]);
    }
    expect(store.bytes()).not.toMatch(/geheimnis|grossmutt/i);
  });
});
