import { isReadable, type Scope } from "../domain/scope.ts";
import { STATE } from "../domain/document-flags.ts";
import type { DocumentEntry } from "./document-entry.ts";
import type { ExpirySpan, IndexColumns } from "./index-view.ts";
import { scopeOf, type IsolationFields } from "./scope-fields.ts";
import type { Segment } from "./segment.ts";
import type { SegmentState } from "./segment-state.ts";
import { linkThreads, type Neighbours, type ThreadLinks } from "./thread-links.ts";

type Growing = { -readonly [K in keyof IndexColumns]: IndexColumns[K] };

/** The columns of all documents side by side, sealed ones first, with the numbers of threads, speakers and scopes made common. */
export interface ColumnStore {
  readonly count: number;
  readonly columns: IndexColumns;
  readonly speakers: readonly string[];
  appendSegment(segment: Segment, state: SegmentState): void;
  appendEntry(seq: number, entry: Omit<DocumentEntry, "terms">): void;
  setState(document: number, bits: number, expiresAt: number): void;
  expiryOf(document: number): number;
  threadNumber(threadId: string): number;
  days(document: number): readonly number[];
  readable(scope: Scope, now: number, from?: number): Uint8Array;
  expirySpan(now: number): ExpirySpan;
  readonly epoch: object;
  neighbours(): Neighbours;
  readonly byteLength: number;
}

const NO_DAYS: readonly number[] = [];

export function createColumnStore(): ColumnStore {
  let count = 0;
  let capacity = 0;
  let columns: Growing = allocate(0);
  const threads = createNumbering();
  const speakers = createNumbering();
  const scopes = createNumbering();
  const scopeFields: IsolationFields[] = [];
  const days = new Map<number, readonly number[]>();
  const expiries = new Map<number, number>();
  let links: ThreadLinks | null = null;
  let epoch = {};
  threads.numberOf("");
  speakers.numberOf("");

  const reserve = (more: number): void => {
    if (count + more <= capacity) return;
    capacity = Math.max(count + more, Math.ceil(capacity * 1.5), 256);
    const grown = allocate(capacity);
    for (const key of Object.keys(columns) as (keyof Growing)[])
      grown[key].set(columns[key].subarray(0, count));
    columns = grown;
  };
  const scopeNumber = (fields: IsolationFields): number => {
    const number = scopes.numberOf(JSON.stringify(fields));
    scopeFields[number] = fields;
    return number;
  };

  return {
    get count() {
      return count;
    },
    get columns() {
      return columns;
    },
    speakers: speakers.names,
    appendSegment(segment, state) {
      reserve(segment.count);
      for (const key of ["seq", "createdAt", "textHash"] as const)
        columns[key].set(segment.double(key), count);
      for (const key of ["flags", "slots", "position", "tokens", "length"] as const)
        columns[key].set(segment.integer(key), count);
      columns.state.set(state.bits, count);
      translate(
        segment.integer("thread"),
        segment.threads.map(threads.numberOf),
        columns.thread,
        count,
      );
      translate(
        segment.integer("speaker"),
        segment.speakers.map(speakers.numberOf),
        columns.speaker,
        count,
      );
      translate(segment.integer("scope"), segment.scopes.map(scopeNumber), columns.scope, count);
      for (const [place, at] of state.expiries) expiries.set(count + place, at);
      let place = count;
      for (const spoken of segment.eachDays()) {
        if (spoken.length > 0) days.set(place, spoken);
        place += 1;
      }
      count += segment.count;
      links = null;
      epoch = {};
    },
    appendEntry(seq, entry) {
      reserve(1);
      columns.seq[count] = seq;
      for (const key of [
        "createdAt",
        "textHash",
        "flags",
        "slots",
        "position",
        "tokens",
        "length",
        "state",
      ] as const)
        columns[key][count] = entry[key];
      columns.thread[count] = threads.numberOf(entry.thread);
      columns.speaker[count] = speakers.numberOf(entry.speaker);
      columns.scope[count] = scopeNumber(entry.scope);
      if (entry.days.length > 0) days.set(count, entry.days);
      if (entry.expiresAt !== 0) expiries.set(count, entry.expiresAt);
      if (links?.extend(columns, count) === false) links = null;
      count += 1;
    },
    setState(document, bits, expiresAt) {
      if (((columns.state[document] ?? 0) ^ bits) & (STATE.live | STATE.dead)) links = null;
      columns.state[document] = bits;
      epoch = {};
      if (expiresAt === 0) expiries.delete(document);
      else expiries.set(document, expiresAt);
    },
    expiryOf: (document) => expiries.get(document) ?? 0,
    threadNumber: (threadId) => threads.find(threadId),
    days: (document) => days.get(document) ?? NO_DAYS,
    readable(scope, now, from = 0) {
      const open = Uint8Array.from(scopeFields, (fields) =>
        isReadable(scopeOf(fields), scope) ? 1 : 0,
      );
      const mask = new Uint8Array(count - from);
      const { state, scope: scopeOfDocument } = columns;
      for (let document = from; document < count; document += 1)
        if (((state[document] ?? 0) & (STATE.live | STATE.dead)) === STATE.live)
          mask[document - from] = open[scopeOfDocument[document] ?? 0] ?? 0;
      for (const [document, at] of expiries)
        if (at <= now && document >= from) mask[document - from] = 0;
      return mask;
    },
    expirySpan(now) {
      let since = -Infinity;
      let until = Infinity;
      for (const at of expiries.values())
        if (at <= now) since = Math.max(since, at);
        else until = Math.min(until, at);
      return { since, until };
    },
    get epoch() {
      return epoch;
    },
    neighbours() {
      links ??= linkThreads(columns, count);
      return links;
    },
    get byteLength() {
      return (
        Object.values(columns).reduce(
          (sum, column: Float64Array | Uint32Array | Uint8Array) => sum + column.byteLength,
          0,
        ) +
        count * 8
      );
    },
  };
}

function allocate(capacity: number): Growing {
  const doubles = (): Float64Array => new Float64Array(capacity);
  const integers = (): Uint32Array => new Uint32Array(capacity);
  return {
    seq: doubles(),
    createdAt: doubles(),
    textHash: doubles(),
    flags: integers(),
    slots: integers(),
    position: integers(),
    tokens: integers(),
    length: integers(),
    thread: integers(),
    speaker: integers(),
    scope: integers(),
    state: new Uint8Array(capacity),
  };
}

function translate(
  from: Uint32Array,
  numbers: readonly number[],
  to: Uint32Array,
  base: number,
): void {
  for (let place = 0; place < from.length; place += 1)
    to[base + place] = numbers[from[place] ?? 0] ?? 0;
}

function createNumbering(): {
  readonly names: string[];
  numberOf(name: string): number;
  find(name: string): number;
} {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  return {
    names,
    numberOf(name) {
      let number = numbers.get(name);
      if (number === undefined) {
        number = names.length;
        numbers.set(name, number);
        names.push(name);
      }
      return number;
    },
    find: (name) => numbers.get(name) ?? -1,
  };
}
