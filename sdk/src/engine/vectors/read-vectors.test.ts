import { expect, test } from "vitest";
import { readVectors } from "./read-vectors.ts";
import { createVectorDisk } from "./vector-fixtures.ts";
import {
  DIMENSIONS,
  forget,
  openIn,
  range,
  SPACE,
  store,
  vectorFor,
} from "./vector-space-fixtures.ts";
import { dot } from "./vector-samples.ts";
import { unpackVector } from "./vector-segment.ts";

test("vectors are read from the tail as they are, and from segments as near as they were sealed", async () => {
  const disk = createVectorDisk();
  const one = await openIn(disk);
  store(one, range(1, 1_200));
  await one.spaces.maintain(true);
  store(one, range(2_000, 2_010));
  const { store: kept } = one.tab;
  const segments = (await kept.load(SPACE)).segments.length;
  expect(segments).toBeGreaterThan(0);
  const found = await readVectors(kept, [1, 600, 2_005, 5_000]);
  expect([...found.keys()].toSorted((a, b) => a - b)).toEqual([1, 600, 2_005]);
  for (const [seq, { space, vector }] of found) {
    expect(space).toBe(SPACE);
    expect(dot(unpackVector(vector, DIMENSIONS), vectorFor(seq))).toBeGreaterThan(0.999);
  }
  expect(await readVectors(kept, [])).toEqual(new Map());
});

test("a vector of a record that is gone is not read from a segment that still holds it", async () => {
  const disk = createVectorDisk();
  const one = await openIn(disk);
  store(one, range(1, 1_200));
  await one.spaces.maintain(true);
  await forget(one, [600]);
  const found = await readVectors(one.tab.store, [599, 600]);
  expect([...found.keys()]).toEqual([599]);
});
