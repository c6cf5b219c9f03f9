import { expect, it } from "vitest";
import { loadKernels } from "../kernels/load-kernels.ts";
import { createExactVectorIndex } from "./exact-vector-index.ts";
import { createVectorDisk } from "./vector-fixtures.ts";
import { rowOf, unitVectors } from "./vector-samples.ts";
import type { VectorSpace } from "./vector-space.ts";
import { createVectorSpaces, type VectorSpaces } from "./vector-spaces.ts";

const DIMENSIONS = 16;
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

it("an engine that knows nothing of segments is kept like the flat one", async () => {
  const disk = createVectorDisk();
  let ids = 0;
  const open = async (): Promise<{ spaces: VectorSpaces; space: VectorSpace }> => {
    const tab = disk.openTab();
    const spaces = createVectorSpaces({
      store: tab.store,
      loadKernels,
      lock: (work) => work(),
      newId: () => `segment-${(ids += 1)}`,
      pause: () => Promise.resolve(),
      onProblem: (error) => expect.fail(error.message),
      createIndex: createExactVectorIndex,
      memoryBudget: 1,
    });
    return { spaces, space: await spaces.open("space", DIMENSIONS) };
  };
  const one = await open();
  for (const seq of range(1, 1_201)) disk.records.add(seq);
  const vectors = unitVectors(1_200, DIMENSIONS, 3);
  await one.space.put(range(1, 601), vectors.subarray(0, 600 * DIMENSIONS));
  await one.spaces.maintain(true);
  await one.space.put(range(601, 1_201), vectors.subarray(600 * DIMENSIONS));
  await one.spaces.maintain(true);
  expect(one.space.stats()).toMatchObject({ kind: "exact", rows: 1_200, segments: 1, tail: 0 });
  const tab = disk.openTab();
  tab.remove([7], await one.spaces.without([7]));
  await one.spaces.forgotten([7]);
  for (const { space } of [one, await open()]) {
    expect(space.missing(range(1, 1_201))).toEqual([7]);
    expect((await space.search(rowOf(vectors, 899, DIMENSIONS), 1)).keys).toEqual([900]);
    expect((await space.search(rowOf(vectors, 6, DIMENSIONS), 1_200)).keys).not.toContain(7);
  }
});
