import { isReadable, type Scope } from "../domain/scope.ts";
import { FLAG, STATE } from "../domain/document-flags.ts";
import type { DocumentEntry } from "./document-entry.ts";
import type { IndexColumns } from "./index-view.ts";
import { scopeOf, type IsolationFields } from "./scope-fields.ts";
import type { Segment } from "./segment.ts";
import type { SegmentState } from "./segment-state.ts";

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
  readable(scope: Scope, now: number): Uint8Array;
  neighbours(): { readonly previous: Int32Array; readonly next: Int32Array };
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
  let links: { previous: Int32Array; next: Int32Array } | null = null;
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
      count += 1;
      links = null;
    },
    setState(document, bits, expiresAt) {
      if (((columns.state[document] ?? 0) ^ bits) & (STATE.live | STATE.dead)) links = null;
      columns.state[document] = bits;
      if (expiresAt === 0) expiries.delete(document);
      else expiries.set(document, expiresAt);
    },
    expiryOf: (document) => expiries.get(document) ?? 0,
    threadNumber: (threadId) => threads.find(threadId),
    days: (document) => days.get(document) ?? NO_DAYS,
    readable(scope, now) {
      const open = scopeFields.map((fields) => isReadable(scopeOf(fields), scope));
      const mask = new Uint8Array(count);
      for (let document = 0; document < count; document += 1) {
        const state = columns.state[document] ?? 0;
        if (
          (state & STATE.live) !== 0 &&
          (state & STATE.dead) === 0 &&
          open[columns.scope[document] ?? 0] === true
        )
          mask[document] = 1;
      }
      for (const [document, at] of expiries) if (at <= now) mask[document] = 0;
      return mask;
    },
    neighbours() {
      links ??= linkThreads(columns, count, threads.names.length);
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

/** Documents mostly come in the order of their thread; where they do not, the threads are sorted. */
function linkThreads(
  columns: IndexColumns,
  count: number,
  threads: number,
): { previous: Int32Array; next: Int32Array } {
  const previous = new Int32Array(count).fill(-1);
  const next = new Int32Array(count).fill(-1);
  const last = new Int32Array(threads).fill(-1);
  const live: number[] = [];
  let ordered = true;
  for (let document = 0; document < count; document += 1) {
    const state = columns.state[document] ?? 0;
    if (
      (state & STATE.live) === 0 ||
      (state & STATE.dead) !== 0 ||
      ((columns.flags[document] ?? 0) & FLAG.turn) === 0
    )
      continue;
    const thread = columns.thread[document] ?? 0;
    if (thread === 0) continue;
    const before = last[thread] ?? -1;
    if (before >= 0 && (columns.position[before] ?? 0) >= (columns.position[document] ?? 0))
      ordered = false;
    previous[document] = before;
    if (before >= 0) next[before] = document;
    last[thread] = document;
    live.push(document);
  }
  if (ordered) return { previous, next };
  previous.fill(-1);
  next.fill(-1);
  const { thread, position } = columns;
  live.sort(
    (a, b) =>
      (thread[a] ?? 0) - (thread[b] ?? 0) || (position[a] ?? 0) - (position[b] ?? 0) || a - b,
  );
  for (let at = 1; at < live.length; at += 1) {
    const [a = 0, b = 0] = [live[at - 1], live[at]];
    if (thread[a] !== thread[b]) continue;
    previous[b] = a;
    next[a] = b;
  }
  return { previous, next };
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
