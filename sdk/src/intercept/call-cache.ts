import type { MemoryError } from "../domain/errors.ts";
import type { CallPlan } from "./call-host.ts";
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
  readonly skipped?: SkipReason;
  readonly error?: MemoryError;
}

export interface CallCache {
  /** The decision for this turn; `decide` is asked where there is none. `fresh` is told to the one who asked first. */
  recall(
    key: string,
    decide: () => Promise<TurnMemory>,
  ): { readonly memory: Promise<TurnMemory>; readonly fresh: boolean };
  /** From now on the turn goes without memory (its augmented request could not be delivered). */
  silence(key: string, memory: TurnMemory): void;
  /** The turn has its final answer: the same messages again are a new question. */
  drop(key: string): void;
  /** Something was forgotten: no remembered block may be sent again. */
  clear(): void;
}

const MAX_ENTRIES = 64;
const MAX_KEY_LENGTH = 16 * 1024 * 1024;
const MAX_AGE_MS = 60 * 60 * 1000;

interface Entry {
  memory: Promise<TurnMemory>;
  usedAt: number;
}

/**
 * Keys are the whole text that they stand for, not a hash: a collision would put one person's memory into another's prompt.
 * `Map` keeps the order of insertion, so the first entry is the one unused for longest.
 */
export function createCallCache(deps: { readonly now: () => number }): CallCache {
  const entries = new Map<string, Entry>();
  let keyLength = 0;

  const remove = (key: string): void => {
    if (entries.delete(key)) keyLength -= key.length;
  };
  const put = (key: string, memory: Promise<TurnMemory>): void => {
    remove(key);
    entries.set(key, { memory, usedAt: deps.now() });
    keyLength += key.length;
    for (const oldest of entries.keys()) {
      if (entries.size <= MAX_ENTRIES && keyLength <= MAX_KEY_LENGTH) break;
      remove(oldest);
    }
  };

  return {
    recall(key, decide) {
      const known = entries.get(key);
      if (known !== undefined && deps.now() - known.usedAt <= MAX_AGE_MS) {
        put(key, known.memory);
        return { memory: known.memory, fresh: false };
      }
      const memory = decide();
      put(key, memory);
      return { memory, fresh: true };
    },
    silence: (key, memory) => put(key, Promise.resolve(memory)),
    drop: remove,
    clear() {
      entries.clear();
      keyLength = 0;
    },
  };
}
