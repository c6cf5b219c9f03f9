import { expect, test } from "vitest";
import type { Embedder } from "../engine/embedder.ts";
import { createHashedEmbedder } from "../engine/hashed-embedder.ts";
import { passCanary, type CanaryStore } from "./canary.ts";

function memoryStore(): CanaryStore & { readonly kept: Map<string, Float32Array> } {
  const kept = new Map<string, Float32Array>();
  return {
    kept,
    get: async (space) => kept.get(space) ?? null,
    put: async (space, fingerprint) => void kept.set(space, fingerprint),
  };
}

/** The good embedder with its answers altered. */
function altered(change: (vector: Float32Array, call: number) => Float32Array): Embedder {
  const good = createHashedEmbedder(256);
  let calls = 0;
  return {
    ...good,
    async embed(texts, purpose, signal) {
      calls += 1;
      return (await good.embed(texts, purpose, signal)).map((vector) => change(vector, calls));
    },
  };
}

test("a good model passes, and every later load is compared with the first", async () => {
  const store = memoryStore();
  await passCanary(createHashedEmbedder(256), store);
  expect(store.kept.get("hashed-1/256")).toHaveLength(3 * 256);
  const first = store.kept.get("hashed-1/256");
  await passCanary(createHashedEmbedder(256), store);
  expect(store.kept.get("hashed-1/256")).toBe(first);
});

test("small differences of another device pass, another model under the same name does not", async () => {
  const store = memoryStore();
  await passCanary(createHashedEmbedder(256), store);
  const noisy = altered((vector) => unit(vector.map((x, at) => x + (at % 2 ? 0.004 : -0.004))));
  await passCanary(noisy, store);
  const other = altered((vector) => vector.toReversed());
  await expect(passCanary(other, store)).rejects.toMatchObject({
    code: "embedder/canary",
    details: { check: "fingerprint", space: "hashed-1/256" },
  });
});

const faults: readonly (readonly [string, Embedder])[] = [
  ["count", { ...createHashedEmbedder(), embed: async () => [] }],
  ["dimensions", altered((vector) => vector.slice(1))],
  ["norm", altered((vector) => vector.map((x) => 1.01 * x))],
  ["norm", altered((vector) => vector.fill(Number.NaN))],
  [
    "same-text",
    altered((vector, call) => (call === 2 ? unit(vector.map((x) => x + 0.01)) : vector)),
  ],
  ["related-text", altered((vector) => unit(new Float32Array(vector.length).fill(1)))],
];

test.each(faults)("fails at %s", async (check, embedder) => {
  const store = memoryStore();
  await expect(passCanary(embedder, store)).rejects.toMatchObject({
    code: "embedder/canary",
    details: { check },
  });
  expect(store.kept.size).toBe(0);
});

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}
