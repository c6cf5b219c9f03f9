import { FLAG } from "../domain/document-flags.ts";
import { isolationKey, type Scope } from "../domain/scope.ts";
import type { IndexView } from "../engine/index-view.ts";
import { createKnownFacts, type KnownFacts } from "./known-facts.ts";

/**
 * What recall needs of the documents that may be read in a scope, whatever is asked. Worked out once and added to as documents come,
 * so that a request costs by what it touches, not by what is stored.
 */
export interface Readable {
  /** One byte a document: 1 where it may be read. */
  readonly mask: Uint8Array;
  /** How many those are, and how many stems they hold. */
  readonly count: number;
  readonly stems: number;
  /** By number of the conversation: how many readable documents it has, the last of them, and 1 where an assistant speaks in it. */
  readonly threadSizes: ArrayLike<number>;
  readonly lastOfThread: ArrayLike<number>;
  readonly assistantThreads: ArrayLike<number>;
  /** The readable document before this one in its conversation, turn or not, in the order of the index; -1 before the first. */
  readonly before: Int32Array;
  /** Numbers of the names that speak. */
  readonly speakers: ReadonlySet<number>;
  /** Where several named people speak as the user, no fact is plainly the user's. */
  readonly severalUsers: boolean;
  readonly facts: KnownFacts;
}

export interface ReadableCache {
  /** Good until the next change of the index, as the view itself. */
  of(view: IndexView, scope: Scope, now: number): Readable;
}

/** Scopes whose documents are known at a time: most pages have one or two. */
const MOST_SCOPES = 4;

interface Known extends Readable {
  readonly epoch: object;
  readonly since: number;
  readonly until: number;
  extend(view: IndexView, scope: Scope, now: number): void;
}

export function createReadableCache(): ReadableCache {
  const known = new Map<string, Known>();
  return {
    of(view, scope, now) {
      const key = isolationKey(scope);
      let readable = known.get(key);
      if (
        readable === undefined ||
        readable.epoch !== view.epoch ||
        now < readable.since ||
        now >= readable.until
      )
        readable = createKnown(view.epoch);
      readable.extend(view, scope, now);
      // The one used last stands last, so the first one is the one to let go.
      known.delete(key);
      known.set(key, readable);
      if (known.size > MOST_SCOPES) known.delete(known.keys().next().value ?? "");
      return readable;
    },
  };
}

function createKnown(epoch: object): Known {
  let mask = new Uint8Array(0);
  let before = new Int32Array(0);
  let done = 0;
  let count = 0;
  let stems = 0;
  let span = { since: -Infinity, until: Infinity };
  const sizes: number[] = [];
  const last: number[] = [];
  const assistants: number[] = [];
  const speakers = new Set<number>();
  const users = new Set<number>();
  const facts = createKnownFacts();

  return {
    epoch,
    get since() {
      return span.since;
    },
    get until() {
      return span.until;
    },
    get mask() {
      return mask;
    },
    get count() {
      return count;
    },
    get stems() {
      return stems;
    },
    threadSizes: sizes,
    lastOfThread: last,
    assistantThreads: assistants,
    get before() {
      return before;
    },
    speakers,
    get severalUsers() {
      return users.size > 1;
    },
    facts,
    extend(view, scope, now) {
      if (done > 0 && done === view.count) return;
      span = view.expirySpan(now);
      if (view.count > mask.length) {
        const room = Math.max(view.count, Math.ceil(mask.length * 1.25), 256);
        mask = grown(mask, new Uint8Array(room));
        before = grown(before, new Int32Array(room));
      }
      mask.set(view.readable(scope, now, done), done);
      const { thread, speaker, flags, length } = view.columns;
      for (let document = done; document < view.count; document += 1) {
        if (mask[document] !== 1) continue;
        count += 1;
        stems += length[document] ?? 0;
        const number = thread[document] ?? 0;
        sizes[number] = (sizes[number] ?? 0) + 1;
        before[document] = last[number] ?? -1;
        last[number] = document;
        const bits = flags[document] ?? 0;
        if ((bits & FLAG.assistant) !== 0) assistants[number] = 1;
        const name = speaker[document] ?? 0;
        if (name !== 0) speakers.add(name);
        if (name !== 0 && (bits & FLAG.user) !== 0) users.add(name);
        facts.add(document, view);
      }
      facts.settle(view);
      done = view.count;
    },
  };
}

function grown<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
