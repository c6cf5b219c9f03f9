import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bytes } from "../wire/bytes.ts";
import type { Dot } from "../wire/dots.ts";
import type { Manifest, ManifestItem } from "../wire/manifest.ts";
import { createLiveSet, dotKey } from "./live-set.ts";

const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
const dot = (device: number, devSeq: number): Dot => ({ deviceId: fill(16, device), devSeq });
const item = (hash: number, ...supersedes: readonly Dot[]): ManifestItem => ({
  hash: fill(32, hash),
  supersedes,
});

function manifest(
  device: number,
  firstSeq: number,
  items: readonly ManifestItem[],
  purged: readonly Dot[] = [],
): Manifest {
  return {
    type: purged.length > 0 ? "purge" : "batch",
    vaultId: fill(32, 1),
    deviceId: fill(16, device),
    generation: 0,
    epoch: 1,
    batchNo: 1,
    prevHash: fill(32, 0),
    logLen: 1,
    logHash: fill(32, 2),
    firstSeq,
    items,
    purged,
    seen: [],
    signature: fill(64, 0),
    body: fill(1, 0),
  };
}

test("what was put in and not taken out is live", () => {
  const live = createLiveSet();
  live.apply(manifest(1, 1, [item(1), item(2)]));
  live.apply(manifest(2, 1, [item(3, dot(1, 1))]));
  expect([live.has(dot(1, 1)), live.has(dot(1, 2)), live.has(dot(2, 1))]).toEqual([
    false,
    true,
    true,
  ]);
  expect(live.fits(dot(1, 2), fill(32, 2))).toBe(true);
  expect(live.fits(dot(1, 2), fill(32, 3))).toBe(false);
  expect(live.fits(dot(1, 1), fill(32, 1))).toBe(false);
  live.apply(manifest(1, 3, [], [dot(2, 1)]));
  expect(live.missing(() => false).map(dotKey)).toEqual([dotKey(dot(1, 2))]);
  expect(live.missing((key) => key === dotKey(dot(1, 2)))).toEqual([]);
});

test("an entry in place of another of the same manifest takes that one out", () => {
  const live = createLiveSet();
  const added = live.apply(manifest(1, 1, [item(1), item(2, dot(1, 1))]));
  expect(live.missing(() => false)).toEqual([dot(1, 2)]);
  expect(added.map(({ orphaned }) => orphaned)).toEqual([false, false]);
});

describe("an edit of something that is gone", () => {
  test("is told, also where the tombstone itself has left", () => {
    const live = createLiveSet();
    live.apply(manifest(1, 1, [item(1)]));
    live.apply(manifest(1, 2, [item(2, dot(1, 1))]));
    live.apply(manifest(1, 3, [], [dot(1, 2)]));
    const [late] = live.apply(manifest(2, 1, [item(3, dot(1, 1))]));
    expect(late?.orphaned).toBe(true);
  });

  test("is none while anything that it replaces is there, or not known yet, or if it replaces nothing", () => {
    const live = createLiveSet();
    live.apply(manifest(1, 1, [item(1), item(2)]));
    live.apply(manifest(1, 3, [item(3, dot(1, 1))]));
    const added = live.apply(
      manifest(2, 1, [item(4, dot(1, 1), dot(1, 2)), item(5, dot(3, 1)), item(6)]),
    );
    expect(added.map(({ orphaned }) => orphaned)).toEqual([false, false, false]);
  });
});

/** Manifests of three devices that replace and purge each other's rows, each device's in its own order. */
const histories = fc
  .array(
    fc.record({
      device: fc.integer({ min: 1, max: 3 }),
      picks: fc.array(fc.nat(), { maxLength: 3 }),
      purge: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map((steps) => {
    const known: Dot[] = [];
    const next = new Map<number, number>();
    return steps.flatMap(({ device, picks, purge }): Manifest[] => {
      const chosen = [...new Set(picks.map((pick) => pick % Math.max(1, known.length)))].flatMap(
        (i) => known[i] ?? [],
      );
      const seq = next.get(device) ?? 1;
      if (purge) return chosen.length > 0 ? [manifest(device, seq, [], chosen)] : [];
      next.set(device, seq + 2);
      known.push(dot(device, seq), dot(device, seq + 1));
      return [manifest(device, seq, [item(seq, ...chosen), item(seq + 1)])];
    });
  });

test("is the same in whatever order the devices' manifests arrive, kept and taken up again or not", () => {
  fc.assert(
    fc.property(
      histories,
      fc.array(fc.nat(2), { minLength: 30, maxLength: 60 }),
      (manifests, turns) => {
        const straight = createLiveSet();
        for (const each of manifests) straight.apply(each);

        const queues = [1, 2, 3].map((device) =>
          manifests.filter(({ deviceId }) => deviceId[0] === device),
        );
        let mixed = createLiveSet();
        for (const turn of turns) {
          const each = queues[turn]?.shift();
          if (each) mixed.apply(each);
          mixed = createLiveSet(structuredClone(mixed.state()));
        }
        for (const each of queues.flat()) mixed.apply(each);
        const keys = (set: typeof mixed) =>
          set
            .missing(() => false)
            .map(dotKey)
            .toSorted();
        expect(keys(mixed)).toEqual(keys(straight));
        expect(mixed.size).toBe(straight.size);
      },
    ),
    { numRuns: 300 },
  );
});
