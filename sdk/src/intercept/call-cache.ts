import type { MemoryError } from "../domain/errors.ts";
import type { CallPlan } from "./call-host.ts";
import type { Turn } from "../domain/chat.ts";
import type { SkipReason } from "../domain/recall.ts";

/** What memory has to say to one user turn: decided once, then the same bytes for every retry and every step of a tool loop. */
export interface TurnMemory {
  readonly threadId: string | null;
  readonly profile: string;
  readonly recall: string;
  readonly tokens: number;
  readonly memories: CallPlan["memories"];
  readonly left: CallPlan["left"];
  readonly steps: CallPlan["steps"];
  /** Turns that go in front of the call's own. */
  readonly history: readonly Turn[];
  /** What stands in front of those, for turns before them. */
  readonly observations: string;
  readonly skipped?: SkipReason;
  readonly error?: MemoryError;
}

export interface CallCache {
  /** The decision for this turn; `decide` is asked where there is none. */
  recall(key: string, decide: () => Promise<TurnMemory>): RememberedTurn;
  /** From now on the turn goes without memory (its augmented request could not be delivered). */
  silence(key: string, memory: TurnMemory): void;
  /** The turn has its final answer: the same messages again are a new question. */
  drop(key: string): void;
  /** The answer of this id calls tools: a call that follows it by the id goes on with the turn of `key`. */
  link(answerId: string, key: string): void;
  /** The turn that a call goes on with, if the answer that it follows was linked. */
  keyAfter(answerId: string): string | null;
  /** Something was forgotten: no remembered block may be sent again. */
  clear(): void;
}

export interface RememberedTurn {
  readonly memory: Promise<TurnMemory>;
  /** True once a turn: for the first of its calls that really leaves, which is the one that tells the app. */
  takeFirst(): boolean;
}

const MAX_ENTRIES = 64;
const MAX_KEY_LENGTH = 16 * 1024 * 1024;
const MAX_AGE_MS = 60 * 60 * 1000;

interface Entry {
  readonly turn: RememberedTurn;
  readonly usedAt: number;
}

/**
 * Keys are the whole text that they stand for, not a hash: a collision would put one person's memory into another's prompt.
 * `Map` keeps the order of insertion, so the first entry is the one unused for longest.
 */
export function createCallCache(deps: { readonly now: () => number }): CallCache {
  const entries = new Map<string, Entry>();
  const links = new Map<string, string>();
  let keyLength = 0;

  const remove = (key: string): void => {
    if (entries.delete(key)) keyLength -= key.length;
  };
  const put = (key: string, turn: RememberedTurn): RememberedTurn => {
    remove(key);
    entries.set(key, { turn, usedAt: deps.now() });
    keyLength += key.length;
    for (const oldest of entries.keys()) {
      if (entries.size <= MAX_ENTRIES && keyLength <= MAX_KEY_LENGTH) break;
      remove(oldest);
    }
    return turn;
  };

  return {
    recall(key, decide) {
      const known = entries.get(key);
      const isKnown = known !== undefined && deps.now() - known.usedAt <= MAX_AGE_MS;
      return put(key, isKnown ? known.turn : rememberedTurn(decide(), false));
    },
    silence: (key, memory) => void put(key, rememberedTurn(Promise.resolve(memory), true)),
    drop: remove,
    link(answerId, key) {
      if (links.size >= MAX_ENTRIES) links.delete(links.keys().next().value!);
      links.set(answerId, key);
    },
    keyAfter: (answerId) => links.get(answerId) ?? null,
    clear() {
      entries.clear();
      links.clear();
      keyLength = 0;
    },
  };
}

function rememberedTurn(memory: Promise<TurnMemory>, taken: boolean): RememberedTurn {
  let left = !taken;
  return {
    memory,
    takeFirst() {
      const first = left;
      left = false;
      return first;
    },
  };
}
