import { describe, expect, it } from "vitest";
import { createCallCache } from "./call-cache.ts";
import { noMemory } from "./recall-turn.ts";

const decided = () => Promise.resolve(noMemory("nothing-relevant"));

describe("createCallCache", () => {
  it("decides once a key, and anew after drop, clear and an hour unused", () => {
    let now = 0;
    const cache = createCallCache({ now: () => now });
    expect(cache.recall("k", decided).fresh).toBe(true);
    expect(cache.recall("k", decided).fresh).toBe(false);
    cache.drop("k");
    expect(cache.recall("k", decided).fresh).toBe(true);
    cache.clear();
    expect(cache.recall("k", decided).fresh).toBe(true);
    now += 59 * 60_000;
    expect(cache.recall("k", decided).fresh).toBe(false);
    now += 59 * 60_000;
    expect(cache.recall("k", decided).fresh).toBe(false);
    now += 61 * 60_000;
    expect(cache.recall("k", decided).fresh).toBe(true);
  });

  it("holds 64 turns, the least used goes first", () => {
    const cache = createCallCache({ now: () => 0 });
    for (let at = 0; at < 64; at++) cache.recall(`k${at}`, decided);
    cache.recall("k0", decided);
    cache.recall("new", decided);
    expect(cache.recall("k0", decided).fresh).toBe(false);
    expect(cache.recall("k1", decided).fresh).toBe(true);
  });

  it("is bounded by the length of its keys too", () => {
    const cache = createCallCache({ now: () => 0 });
    const long = (name: string): string => name.repeat(6 * 1024 * 1024);
    for (const name of ["a", "b", "c"]) cache.recall(long(name), decided);
    expect(cache.recall(long("c"), decided).fresh).toBe(false);
    expect(cache.recall(long("a"), decided).fresh).toBe(true);
  });

  it("silences a turn for good", async () => {
    const cache = createCallCache({ now: () => 0 });
    cache.recall("k", decided);
    cache.silence("k", noMemory("error"));
    const { memory, fresh } = cache.recall("k", decided);
    expect(fresh).toBe(false);
    expect((await memory).skipped).toBe("error");
  });
});
