import { describe, expect, it } from "vitest";
import { createCallCache, type CallCache } from "./call-cache.ts";
import { noMemory } from "./recall-turn.ts";

/** Whether the cache had to decide. */
function decides(cache: CallCache, key: string): boolean {
  let decided = false;
  cache.recall(key, () => {
    decided = true;
    return Promise.resolve(noMemory("nothing-relevant"));
  });
  return decided;
}

describe("createCallCache", () => {
  it("decides once a key, and anew after drop, clear and an hour unused", () => {
    let now = 0;
    const cache = createCallCache({ now: () => now });
    expect(decides(cache, "k")).toBe(true);
    expect(decides(cache, "k")).toBe(false);
    cache.drop("k");
    expect(decides(cache, "k")).toBe(true);
    cache.clear();
    expect(decides(cache, "k")).toBe(true);
    now += 59 * 60_000;
    expect(decides(cache, "k")).toBe(false);
    now += 59 * 60_000;
    expect(decides(cache, "k")).toBe(false);
    now += 61 * 60_000;
    expect(decides(cache, "k")).toBe(true);
  });

  it("holds 64 turns, the least used goes first", () => {
    const cache = createCallCache({ now: () => 0 });
    for (let at = 0; at < 64; at++) decides(cache, `k${at}`);
    decides(cache, "k0");
    decides(cache, "new");
    expect(decides(cache, "k0")).toBe(false);
    expect(decides(cache, "k1")).toBe(true);
  });

  it("is bounded by the length of its keys too", () => {
    const cache = createCallCache({ now: () => 0 });
    const long = (name: string): string => name.repeat(6 * 1024 * 1024);
    for (const name of ["a", "b", "c"]) decides(cache, long(name));
    expect(decides(cache, long("c"))).toBe(false);
    expect(decides(cache, long("a"))).toBe(true);
  });

  it("silences a turn for good, and tells nobody again", async () => {
    const cache = createCallCache({ now: () => 0 });
    decides(cache, "k");
    cache.silence("k", noMemory("error"));
    const turn = cache.recall("k", () => Promise.reject(new Error("not asked")));
    expect((await turn.memory).skipped).toBe("error");
    expect(turn.takeFirst()).toBe(false);
  });

  it("lets one call of a turn be the first", () => {
    const cache = createCallCache({ now: () => 0 });
    const decide = () => Promise.resolve(noMemory("nothing-relevant"));
    const turns = [cache.recall("k", decide), cache.recall("k", decide)];
    expect(turns.toReversed().map((turn) => turn.takeFirst())).toEqual([true, false]);
  });
});
