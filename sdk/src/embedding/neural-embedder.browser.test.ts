import * as Comlink from "comlink";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  makeTinyModel,
  makeTinyQuantizedModel,
  makeTinyStaticModel,
} from "../../test/tiny-model/make-tiny-model.ts";
import type { ModelProgress } from "../domain/embedder.ts";
import type { EmbeddingWorkerApi } from "./embedding-worker.fixture.ts";
import { MODEL_CACHE } from "./model-files.ts";
import { cosine } from "./vectors.ts";

const ASSETS = new URL("/tiny-assets/", location.href).href;
const TEXTS = [
  "We went hiking in the mountains all summer.",
  "The printer is out of paper again.",
  "My brother likes to cook fish for dinner",
  "",
  "山に登るのが好きです 😀",
  "long ".repeat(2_000),
  "tea",
];

let worker: Worker;
let remote: Comlink.Remote<EmbeddingWorkerApi>;

beforeAll(() => {
  worker = new Worker(new URL("./embedding-worker.fixture.ts", import.meta.url), { type: "module" });
  remote = Comlink.wrap<EmbeddingWorkerApi>(worker);
});

afterAll(async () => {
  worker.terminate();
  await caches.delete(MODEL_CACHE);
});

describe("a model in a real worker, through transformers and ONNX Runtime", () => {
  const { preset } = makeTinyModel();

  test("loads from the app's own origin, proves itself and tells how far it is", async () => {
    const told: ModelProgress[] = [];
    const loaded = await remote.load(preset, ASSETS, Comlink.proxy((progress) => void told.push(progress)));
    expect(loaded).toMatchObject({ dimensions: 64, revision: preset.revision });
    expect(loaded.space).toBe("alcove-tests/tiny@0123456789ab/fp32/mean/128t/64");
    await expect.poll(() => told.at(-1)?.percent).toBe(100);
    expect(told.map(({ file }) => file)).toContain("onnx/model.onnx");
    expect(told.every(({ percent }, at) => percent >= (told[at - 1]?.percent ?? 0))).toBe(true);

    const vectors = await remote.embed(loaded.id, TEXTS, "document");
    expect(vectors).toHaveLength(TEXTS.length);
    for (const vector of vectors) {
      expect(vector).toHaveLength(64);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    }
    const [asked] = await remote.embed(loaded.id, ["hiking in mountains"], "query");
    const scores = vectors.map((vector) => cosine(asked!, vector));
    expect(scores.indexOf(Math.max(...scores))).toBe(0);

    const origins = new Set((await remote.resources()).map((url) => new URL(url).origin));
    expect([...origins]).toEqual([location.origin]);
  });
});
