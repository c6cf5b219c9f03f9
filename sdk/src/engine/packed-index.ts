import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { IndexEntry, Vault } from "../vault/vault.ts";
import type { Stems } from "../text/stems.ts";
import { createColumnStore, type ColumnStore } from "./columns.ts";
import { STATE } from "../domain/document-flags.ts";
import { createDocumentCutter } from "./document-cutter.ts";
import { decodeEntry, encodeEntry, stateOf, type DocumentEntry } from "./document-entry.ts";
import type { DocumentIndex } from "./document-index.ts";
import type { IndexView } from "./index-view.ts";
import type { Maintenance } from "./maintenance.ts";
import { joinSegments, packEntries } from "./segment-build.ts";
import {
  mergeable,
  MOST_TOUCHED,
  readIndex,
  readSegment,
  SEAL_AT,
  type LoadedIndex,
  type LoadedSegment,
  type Mark,
} from "./stored-index.ts";
import { findSimilarTerms, type SimilarTerm } from "./similar-terms.ts";
import type { TermEntry } from "./term-dictionary.ts";
import { createTailPostings, type TailPostings } from "./tail-postings.ts";

export interface DocumentIndexDeps {
  readonly vault: Vault;
  /** Runs `work` while no other holder of the vault's maintenance lock runs, in any tab. */
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>;
  /** A new unique id for a segment. */
  readonly newId: () => string;
  /** Absent: no language but English is stemmed. */
  readonly loadStems?: () => Promise<Stems>;
}

/** Entries that a failed commit leaves behind are few; more than this (two pages of a sync) were never meant. */
const MOST_FRESH = 8_000;
const MOST_GONE = 10_000;
const DEAD: Mark = { bits: STATE.dead, expiresAt: 0 };

const MOST_PLACES = 4_000;

interface Meanwhile {
  readonly added: Map<number, DocumentEntry>;
  readonly taken: LoadedSegment[];
  readonly dropped: Set<number>;
}

interface Sealed extends LoadedSegment {
  readonly base: number;
}

/** A term in one of the segments. */
interface Found extends Pick<Sealed, "segment" | "base"> {
  readonly entry: TermEntry;
}

export function createDocumentIndex(deps: DocumentIndexDeps): DocumentIndex {
  const { vault } = deps;
  const cutter = createDocumentCutter(deps.loadStems ?? (() => Promise.resolve(null)));
  const maintenance = async (): Promise<Maintenance> =>
    (await import("./maintenance.ts")).createMaintenance({ ...deps, cutter });
  let sealed: Sealed[] = [];
  let languages: ReadonlySet<string> = new Set();
  let tail = new Map<number, { readonly entry: DocumentEntry; readonly document: number }>();
  let columns: ColumnStore = createColumnStore();
  let postings: TailPostings = createTailPostings();
  /** Marks that the segments and entries do not hold yet; the vault keeps them as touched documents. */
  let marks = new Map<number, Mark>();
  /** Where the sealed segments hold terms that were looked up before: requests of one kind look up the same hundreds of words. */
  const places = new Map<string, readonly Found[]>();
  /** Similar terms found in the sealed segments before, until these change. */
  const similar = new Map<string, readonly SimilarTerm[]>();
  /** Entries of records that are being stored, by id, so that they are not made twice. */
  const fresh = new Map<string, DocumentEntry>();
  let rewritten: ReadonlyMap<string, LoadedSegment | null> = new Map();
  /** Another tab has sealed or merged: our layout is not the stored one, though its documents are the same. */
  let outdated = false;
  /** Entries by what was handed out for them. */
  const handedOut = new WeakMap<IndexEntry, DocumentEntry>();
  /** For each reading of what is stored that is under way: what came and went since it began. */
  const readings = new Set<Meanwhile>();
  /** Documents that were dropped of late: numbers are never given again. */
  const gone = new Set<number>();
  let loading: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;
  /** Numbers of readings: of the last one that began, and of the one that is in memory. */
  let turns = 0;
  let arranged = 0;

  /** Puts everything into memory anew, from segments and entries. Marks win over what both hold. */
  const arrange = (
    segments: readonly LoadedSegment[],
    entries: Iterable<readonly [number, DocumentEntry]>,
  ): void => {
    columns = createColumnStore();
    postings = createTailPostings();
    similar.clear();
    places.clear();
    tail = new Map();
    sealed = [];
    for (const loaded of segments.toSorted(
      (a, b) => (a.segment.double("seq")[0] ?? 0) - (b.segment.double("seq")[0] ?? 0),
    )) {
      sealed.push({ ...loaded, base: columns.count });
      columns.appendSegment(loaded.segment, loaded.state);
    }
    languages = new Set(sealed.flatMap(({ segment }) => segment.languages));
    cutter.expect(languages);
    for (const [seq, entry] of entries) if (documentOf(seq) < 0) appendToTail(seq, entry);
    for (const [seq, mark] of marks) {
      const document = documentOf(seq);
      if (document >= 0) columns.setState(document, mark.bits, mark.expiresAt);
    }
  };

  const appendToTail = (seq: number, entry: DocumentEntry): void => {
    const document = columns.count;
    columns.appendEntry(seq, entry);
    postings.add(document, entry.terms);
    for (const language of postings.languages)
      if (!languages.has(language)) {
        languages = new Set([...languages, language]);
        cutter.expect(languages);
      }
    tail.set(seq, { entry, document });
  };

  const documentOf = (seq: number): number => {
    const inTail = tail.get(seq);
    if (inTail !== undefined) return inTail.document;
    // What is asked for first is mostly what came last.
    for (let at = sealed.length - 1; at >= 0; at -= 1) {
      const { segment, base } = sealed[at] as Sealed;
      const seqs = segment.double("seq");
      if (seq < (seqs[0] ?? 0) || seq > (seqs.at(-1) ?? 0)) continue;
      const place = placeOf(seqs, seq);
      if (place >= 0) return base + place;
    }
    return -1;
  };

  const sealedEnd = (): number => {
    const last = sealed.at(-1);
    return last === undefined ? 0 : last.base + last.segment.count;
  };

  /** What was met in texts that go is not kept either. */
  const forgetWords = (): void => {
    cutter.forget();
    fresh.clear();
  };

  const cutFresh = (draft: RecordDraft): DocumentEntry => {
    const entry = cutter.entryOf(draft);
    if (fresh.size >= MOST_FRESH) fresh.clear();
    fresh.set(draft.id, entry);
    return entry;
  };

  const whereIs = (term: string): readonly Found[] => {
    let found = places.get(term);
    if (found === undefined) {
      found = sealed.flatMap(({ segment, base }): Found[] => {
        const entry = segment.dictionary.find(term);
        return entry === null ? [] : [{ segment, base, entry }];
      });
      if (places.size >= MOST_PLACES) places.clear();
      places.set(term, found);
    }
    return found;
  };

  const readWhole = async (): Promise<LoadedIndex> => {
    const first = await readIndex(vault);
    if (first.damaged.length === 0 && first.damagedEntries.length === 0) return first;
    const repair = await maintenance().catch(() => null);
    // Its chunk is not to be had: what is whole is searched, and the rest when it is.
    if (repair === null) return first;
    await repair.rebuild();
    return readIndex(vault);
  };

  const load = async (read: () => Promise<LoadedIndex> = readWhole): Promise<void> => {
    const turn = (turns += 1);
    const before = new Map(marks);
    const { stored, since } = await reading(read);
    // One that began later has ended already, with a newer state. A forget goes by what it has read itself.
    if (turn < arranged && read === readWhole) return;
    arranged = turn;
    marks = new Map([
      ...stored.marks,
      ...[...marks].filter(([seq, mark]) => before.get(seq) !== mark),
    ]);
    outdated = false;
    arrange(
      stored.segments,
      [...stored.entries].filter(([seq]) => !since.dropped.has(seq)),
    );
    for (const [seq, entry] of since.added) if (documentOf(seq) < 0) appendToTail(seq, entry);
    since.taken.forEach(append);
    for (const seq of since.dropped) setMark(seq, DEAD);
  };

  /** For changes of other tabs: what comes while one reading is under way is in the next one, for all of them. */
  const reload = (): Promise<void> => {
    if (loading !== null) return (waiting ??= loading.catch(() => undefined).then(reloadNext));
    loading = load().finally(() => {
      loading = null;
    });
    return loading;
  };

  const reloadNext = (): Promise<void> => {
    waiting = null;
    return reload();
  };

  /** What is stored, and what happens while it is read. */
  const reading = async <T>(
    read: () => Promise<T>,
  ): Promise<{ readonly stored: T; readonly since: Meanwhile }> => {
    const since: Meanwhile = { added: new Map(), taken: [], dropped: new Set() };
    readings.add(since);
    try {
      return { stored: await read(), since };
    } finally {
      readings.delete(since);
    }
  };

  /** Documents of segments come before those of the tail. */
  const append = (loaded: LoadedSegment): void => {
    const seqs = loaded.segment.double("seq");
    if (documentOf(seqs[0] ?? 0) >= 0 || documentOf(seqs.at(-1) ?? 0) >= 0) return;
    if (tail.size > 0) {
      const rest = [...tail].map(([seq, { entry }]): [number, DocumentEntry] => [seq, entry]);
      arrange([...sealed, loaded], rest);
      return;
    }
    similar.clear();
    places.clear();
    sealed.push({ ...loaded, base: columns.count });
    columns.appendSegment(loaded.segment, loaded.state);
    languages = new Set([...languages, ...loaded.segment.languages]);
    cutter.expect(languages);
  };

  /** Some terms could be cut better now. */
  const isOutOfDate = (): boolean =>
    sealed.some(({ segment }) => segment.analyzer < cutter.analyzer) ||
    [...tail.values()].some(({ entry }) => entry.analyzer < cutter.analyzer);

  const setMark = (seq: number, mark: Mark): void => {
    const document = documentOf(seq);
    if (document < 0) return;
    if (
      columns.columns.state[document] === mark.bits &&
      columns.expiryOf(document) === mark.expiresAt
    )
      return;
    columns.setState(document, mark.bits, mark.expiresAt);
    marks.set(seq, mark);
  };

  const markRows = (rows: readonly (StoredRecord | null)[]): void => {
    for (const row of rows)
      if (row !== null) setMark(row.seq, { bits: stateOf(row), expiresAt: row.expiresAt ?? 0 });
  };

  const dropInMemory = (seqs: readonly number[]): void => {
    if (seqs.length > 0) forgetWords();
    if (gone.size > MOST_GONE) gone.clear();
    const left = new Set(seqs);
    for (const seq of seqs) gone.add(seq);
    const rest = [...tail]
      .filter(([seq]) => !left.has(seq))
      .map(([seq, { entry }]): [number, DocumentEntry] => [seq, entry]);
    if (rewritten.size > 0 || rest.length !== tail.size) {
      const segments = sealed.flatMap((loaded): LoadedSegment[] => {
        const next = rewritten.get(loaded.id);
        return next === undefined ? [loaded] : next === null ? [] : [next];
      });
      rewritten = new Map();
      arrange(segments, rest);
    }
    for (const seq of seqs) {
      for (const { added, dropped } of readings) {
        added.delete(seq);
        dropped.add(seq);
      }
      setMark(seq, DEAD);
    }
  };

  const view = (): IndexView => {
    const { previous, next } = columns.neighbours();
    return {
      count: columns.count,
      columns: columns.columns,
      speakers: columns.speakers,
      previous,
      next,
      epoch: columns.epoch,
      readable: columns.readable,
      expirySpan: columns.expirySpan,
      postings(term, mask, found, from = 0) {
        let size = 0;
        if (from < sealedEnd())
          for (const { segment, base, entry } of whereIs(term))
            if (base + segment.count > from)
              size = segment.postings(entry, found, size, base, mask, from);
        return postings.collect(term, mask, found, size, from);
      },
      similarTerms: (term, atLeast, most) =>
        findSimilarTerms(
          term,
          atLeast,
          most,
          sealed.map(({ segment }) => segment),
          postings,
          similar,
        ),
      threadNumber: columns.threadNumber,
      days: columns.days,
      documentOf,
    };
  };

  return {
    open: () => load(),
    entryOf(draft) {
      return encodeEntry(cutFresh(draft));
    },
    cut(draft) {
      const entry = cutFresh(draft);
      const handed: IndexEntry = () => encodeEntry(entry);
      handedOut.set(handed, entry);
      return handed;
    },
    pack(given) {
      const packed = packEntries(
        given.map(({ seq, entry }) => [seq, handedOut.get(entry) ?? decodeEntry(entry())] as const),
      );
      return packed && { id: deps.newId(), ...packed };
    },
    takeIn(segment) {
      let loaded: LoadedSegment | null = readSegment(segment);
      // Forgotten between its being stored and now.
      if (loaded.segment.double("seq").some((seq) => gone.has(seq))) {
        const joined = joinSegments([loaded], gone);
        loaded = joined && readSegment({ id: segment.id, ...joined });
      }
      if (loaded === null) return;
      for (const { taken } of readings) taken.push(loaded);
      append(loaded);
    },
    ready: (texts) => cutter.ready(texts),
    add(rows) {
      for (const row of rows) {
        if (documentOf(row.seq) < 0 && !gone.has(row.seq)) {
          const entry = fresh.get(row.id) ?? cutter.entryOf(row);
          for (const { added } of readings) added.set(row.seq, entry);
          appendToTail(row.seq, entry);
        }
        fresh.delete(row.id);
      }
    },
    mark: markRows,
    async follow(change) {
      if (change.removed.length > 0 || change.missed === true) forgetWords();
      if (change.missed === true) return reload();
      if (change.segments) outdated = true;
      // Forgotten elsewhere: our copy of the segments still holds the words, so it is read anew.
      if (change.segments && change.removed.length > 0) await reload();
      else if (change.removed.length > 0) dropInMemory(change.removed);
      const unknown = new Set(change.added.filter((seq) => documentOf(seq) < 0));
      if (unknown.size > 0) {
        for (const { seq, entry } of await vault.tailAfter(Math.min(...unknown) - 1)) {
          if (!unknown.delete(seq) || documentOf(seq) >= 0) continue;
          const cut = decodeEntry(entry);
          for (const { added } of readings) added.set(seq, cut);
          appendToTail(seq, cut);
        }
        // Sealed by the other tab before we looked: the stored layout has it.
        if (unknown.size > 0 || (outdated && tail.size > 2 * SEAL_AT)) await reload();
      }
      if (change.marked.length > 0) markRows(await vault.bySeq(change.marked));
    },
    async without(seqs) {
      // Always from what is stored: another tab may have sealed or rewritten a segment that we have not heard of yet, and a forget
      // that goes by an old layout would leave words behind. The lock keeps the layout as it is until they are removed.
      await load(() => readIndex(vault));
      const leaving = new Set(seqs);
      const changes = new Map<string, LoadedSegment | null>();
      const answer = sealed
        .filter(({ segment }) => seqs.some((seq) => placeOf(segment.double("seq"), seq) >= 0))
        .map((loaded) => {
          const joined = joinSegments([loaded], leaving);
          changes.set(
            loaded.id,
            joined === null ? null : readSegment({ id: loaded.id, ...joined }),
          );
          return { id: loaded.id, bytes: joined?.bytes ?? null, state: joined?.state ?? null };
        });
      rewritten = changes;
      return answer;
    },
    drop: dropInMemory,
    async maintain() {
      await cutter.ready([]);
      const isDue =
        tail.size >= SEAL_AT || marks.size >= MOST_TOUCHED || mergeable(sealed) !== null;
      if (!isDue && !isOutOfDate()) return;
      const before = new Map(marks);
      outdated = true;
      const { run } = await maintenance();
      const { stored: done, since } = await reading(run);
      outdated = false;
      // Marks made while it ran are newer than what it read; older ones are settled, or among those read.
      marks = new Map([
        ...done.marks,
        ...[...marks].filter(([seq, mark]) => before.get(seq) !== mark),
      ]);
      const unsealed = new Map([
        ...done.entries,
        ...[...tail].map(([seq, { entry }]) => [seq, entry] as const),
      ]);
      for (const seq of since.dropped) unsealed.delete(seq);
      arrange(done.segments, unsealed);
      since.taken.forEach(append);
      for (const seq of since.dropped) setMark(seq, DEAD);
    },
    view,
    get size() {
      return columns.count;
    },
    get languages() {
      return languages;
    },
    stats: () => ({
      documents: columns.count,
      segments: sealed.length,
      tail: tail.size,
      residentBytes: sealed.reduce(
        (sum, { segment, state }) => sum + segment.byteLength + state.bits.length,
        columns.byteLength + postings.byteLength,
      ),
    }),
  };
}

/** Place of a number in a rising column, -1 where it is not there. */
function placeOf(column: Float64Array, value: number): number {
  let low = 0;
  let high = column.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = column[middle] ?? 0;
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
