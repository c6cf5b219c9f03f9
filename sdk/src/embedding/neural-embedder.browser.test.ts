import * as Comlink from "comlink";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  makeTinyLargeModel,
  makeTinyModel,
  makeTinyQuantizedModel,
  makeTinyStaticModel,
} from "../../test/tiny-model/make-tiny-model.ts";
import type { ModelProgress } from "../domain/embedder.ts";
import { embedderContract } from "../engine/embedder.contract.ts";
import type { CanaryStore } from "./canary.ts";
import type { EmbeddingWorkerApi } from "./embedding-worker.fixture.ts";
import { createEmbeddingQueue } from "./embedding-queue.ts";
import { loadModelFiles, MODEL_CACHE, type FetchFile } from "./model-files.ts";
import { createNeuralEmbedder, type NeuralEmbedderDeps } from "./neural-embedder.ts";
import type { EmbeddingPreset } from "./presets.ts";
import { importRuntime } from "./runtimes.ts";
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

const tiny = makeTinyModel().preset;
const quantized = makeTinyQuantizedModel().preset;
const table = makeTinyStaticModel().preset;

/** The same in the test's own thread, where a fault can be put in. */
function depsOf(
  preset: EmbeddingPreset,
  rest: Partial<NeuralEmbedderDeps> = {},
): NeuralEmbedderDeps {
  return {
    preset,
    source: { assets: ASSETS, hub: null },
    importRuntime,
    fetch: (url, init) => fetch(url, init),
    caches: null,
    canary: noFingerprints,
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    ...rest,
  };
}

const noFingerprints: CanaryStore = { get: async () => null, put: async () => undefined };

describe("a model in a real worker, through transformers and ONNX Runtime", () => {
  let worker: Worker;
  let remote: Comlink.Remote<EmbeddingWorkerApi>;

  beforeAll(() => {
    worker = new Worker(new URL("./embedding-worker.fixture.ts", import.meta.url), {
      type: "module",
    });
    remote = Comlink.wrap<EmbeddingWorkerApi>(worker);
  });

  afterAll(async () => {
    worker.terminate();
    await caches.delete(MODEL_CACHE);
  });

  test("loads from the app's own origin, proves itself and tells how far it is", async () => {
    const told: ModelProgress[] = [];
    const onProgress = (progress: ModelProgress): void => void told.push(progress);
    const loaded = await remote.load(tiny, ASSETS, Comlink.proxy(onProgress));
    expect(loaded).toMatchObject({ dimensions: 64, revision: tiny.revision });
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
    expect(best(asked!, vectors)).toBe(0);

    const origins = new Set((await remote.resources()).map((url) => new URL(url).origin));
    expect([...origins]).toEqual([location.origin]);
  });

  test("holds two models of two spaces at once, and gives one back without harm to the other", async () => {
    const old = await remote.load(tiny, ASSETS);
    const other = await remote.load(quantized, ASSETS);
    expect(other.space).not.toBe(old.space);
    expect((await remote.embed(other.id, ["tea"], "query"))[0]).toHaveLength(32);
    await remote.dispose(old.id);
    await expect(remote.embed(old.id, ["tea"], "query")).rejects.toThrow("given back");
    const vectors = await remote.embed(other.id, TEXTS, "document");
    const [asked] = await remote.embed(other.id, ["out of paper"], "query");
    expect(best(asked!, vectors)).toBe(1);
  });

  test("the memory of a model that was given back is used by the next one", async () => {
    const large = makeTinyLargeModel().preset;
    const bytesAfter = async (): Promise<number> => {
      const { id } = await remote.load(large, ASSETS);
      await remote.embed(id, TEXTS, "document");
      await remote.dispose(id);
      return remote.wasmBytes();
    };
    await bytesAfter();
    const first = await bytesAfter();
    for (let round = 0; round < 5; round += 1) expect(await bytesAfter()).toBe(first);
    expect(first).toBeGreaterThan(0);
  });
});

describe("an embedder of a preset", () => {
  const load = (preset: EmbeddingPreset, rest?: Partial<NeuralEmbedderDeps>) =>
    createNeuralEmbedder(depsOf(preset, rest));

  test("computes the same alone, in a batch and in any order", async () => {
    const embedder = await load(tiny);
    const together = await embedder.embed(TEXTS, "document");
    for (const [at, text] of TEXTS.entries()) {
      const [alone] = await embedder.embed([text], "document");
      expect(cosine(alone!, together[at]!)).toBeGreaterThan(0.99999);
    }
    await embedder.dispose();
  });

  test("an 8-bit network would not, so its texts are computed one by one", async () => {
    const gap = async (preset: EmbeddingPreset): Promise<number> => {
      const embedder = await load(preset, {
        canary: { get: async () => null, put: async () => undefined },
      });
      const others = [
        "boat book bread cheese city",
        "garden house piano river sea",
        "ship snow tree",
      ];
      const [among] = await embedder.embed([TEXTS[0]!, ...others], "document");
      const [alone] = await embedder.embed([TEXTS[0]!], "document");
      await embedder.dispose();
      return Math.max(...among!.map((value, at) => Math.abs(value - alone![at]!)));
    };
    expect(await gap(quantized)).toBe(0);
    expect(await gap({ ...quantized, batches: true })).toBeGreaterThan(1e-5);
  });

  test("cuts a vector only where the model allows it, to unit length in a space of its own", async () => {
    const whole = await load(tiny);
    const half = await load(tiny, { dimensions: 32 });
    expect(half.space).toBe(whole.space.replace(/64$/, "32"));
    const [long] = await whole.embed([TEXTS[0]!], "document");
    const [short] = await half.embed([TEXTS[0]!], "document");
    expect(short).toHaveLength(32);
    expect(Math.hypot(...short!)).toBeCloseTo(1, 5);
    const scale = Math.hypot(...long!.subarray(0, 32));
    expect(short![5]).toBeCloseTo(long![5]! / scale, 5);
    await expect(load(quantized, { dimensions: 16 })).rejects.toMatchObject({
      code: "usage/invalid-option",
    });
  });

  test("takes the first token where the model was trained so, and puts prefixes before each text", async () => {
    const first = await load({ ...tiny, pooling: "cls" });
    const mean = await load(tiny);
    const [a] = await first.embed(["tea"], "document");
    const [b] = await mean.embed(["tea"], "document");
    expect(cosine(a!, b!)).toBeLessThan(0.999);
    const prefixed = await load({ ...tiny, queryPrefix: "question ", documentPrefix: "story " });
    const [query] = await prefixed.embed(["tea"], "query");
    const [document] = await prefixed.embed(["tea"], "document");
    expect(cosine(query!, (await mean.embed(["question tea"], "query"))[0]!)).toBeCloseTo(1, 5);
    expect(cosine(document!, (await mean.embed(["story tea"], "query"))[0]!)).toBeCloseTo(1, 5);
    expect(new Set([first.space, mean.space, prefixed.space]).size).toBe(3);
  });

  test("stops between two batches when it is aborted, and lets the thread run there", async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    let pauses = 0;
    const embedder = await load(quantized, {
      pause: async () => {
        pauses += 1;
        if (pauses === 5) controller.abort(reason);
      },
    });
    const texts = Array.from({ length: 200 }, (_, at) => `text ${at}`);
    pauses = 0;
    const call = embedder.embed(texts, "document", controller.signal);
    await expect(call).rejects.toBe(reason);
    expect(pauses).toBe(5);
    await embedder.dispose();
  });

  test("answers a query while it embeds a backlog", async () => {
    const embedder = await load(tiny);
    const queue = createEmbeddingQueue({
      embedder,
      pause: () => new Promise((resolve) => setTimeout(resolve)),
      clock: () => performance.now(),
    });
    const order: string[] = [];
    const backlog = Array.from(
      { length: 300 },
      (_, at) => `Story ${at} of the long winter by the river`,
    );
    const all = queue.backfill(backlog).then((vectors) => (order.push("backfill"), vectors));
    await queue.query(["river"]).then(() => order.push("query"));
    expect(await all).toHaveLength(300);
    expect(order).toEqual(["query", "backfill"]);
    await queue.close();
    await embedder.dispose();
  });

  test("runs a static model without ONNX Runtime", async () => {
    const asked: string[] = [];
    const embedder = await load(table, {
      fetch: (url, init) => {
        asked.push(url);
        return fetch(url, init);
      },
    });
    expect(embedder.dimensions).toBe(48);
    const vectors = await embedder.embed(TEXTS, "document");
    const [query] = await embedder.embed(["brother cooks dinner"], "query");
    expect(best(query!, vectors)).toBe(2);
    expect(asked.filter((url) => url.endsWith(".wasm"))).toEqual([]);
  });
});

describe("what can go wrong", () => {
  const failing = (preset: EmbeddingPreset, rest: Partial<NeuralEmbedderDeps>): Promise<unknown> =>
    createNeuralEmbedder(depsOf(preset, rest)).then(
      () => "loaded",
      (error: unknown) => error,
    );

  test("no source, an unknown model, a missing file and a site that answers with its own page are not found", async () => {
    expect(await failing(tiny, { source: { assets: null, hub: null } })).toMatchObject({
      code: "embedder/not-found",
      details: { model: tiny.model },
    });
    for (const answer of [
      (): Response => new Response(null, { status: 404 }),
      (): Response => new Response("<html>", { headers: { "content-type": "text/html" } }),
    ])
      expect(await failing(tiny, { fetch: async () => answer() })).toMatchObject({
        code: "embedder/not-found",
      });
    const without = { ...tiny, files: [...tiny.files, "onnx/other.onnx"] };
    expect(await failing(without, {})).toMatchObject({
      code: "embedder/not-found",
      details: { file: "onnx/other.onnx" },
    });
  });

  test("a file that is not what the manifest lists is refused", async () => {
    const spoil: FetchFile = async (url, init) => {
      const response = await fetch(url, init);
      if (!url.endsWith("tokenizer.json")) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      return new Response(bytes);
    };
    expect(await failing(tiny, { fetch: spoil })).toMatchObject({
      code: "embedder/checksum",
      details: { file: "tokenizer.json" },
    });
    const cut: FetchFile = async (url) =>
      url.endsWith("alcove-model.json") ? new Response("{") : fetch(url);
    expect(await failing(tiny, { fetch: cut })).toMatchObject({ code: "embedder/checksum" });
  });

  test("no network and a server's fault may be tried again", async () => {
    const offline = await failing(tiny, { fetch: () => Promise.reject(new TypeError("offline")) });
    expect(offline).toMatchObject({ code: "embedder/failed", retryable: true });
    const busy = await failing(tiny, { fetch: async () => new Response(null, { status: 503 }) });
    expect(busy).toMatchObject({ code: "embedder/failed", retryable: true });
  });

  test("a broken network fails alone: the next model loads", async () => {
    const noManifest: FetchFile = async (url, init) => {
      if (url.endsWith("alcove-model.json")) return new Response(null, { status: 404 });
      if (url.endsWith("model.onnx")) return new Response(new Uint8Array(5_000).fill(7));
      return fetch(url, init);
    };
    expect(await failing(tiny, { fetch: noManifest })).toMatchObject({ code: "embedder/failed" });
    const good = await createNeuralEmbedder(depsOf(tiny));
    await expect(good.embed(["tea"], "query")).resolves.toHaveLength(1);
    await good.dispose();
  });

  test("a text that the network fails on fails alone: the next one is embedded", async () => {
    // More tokens than this network has positions for.
    const overlong = await createNeuralEmbedder(depsOf({ ...tiny, maxTokens: 4_000 }));
    const long = overlong.embed(["river ".repeat(1_000)], "document");
    await expect(long).rejects.toMatchObject({ code: "embedder/failed" });
    await expect(overlong.embed(["tea"], "query")).resolves.toHaveLength(1);
    await overlong.dispose();
  });

  test("a model that computes something else than at first is refused", async () => {
    const kept = new Map<string, Float32Array>();
    const canary: CanaryStore = {
      get: async (space) => kept.get(space) ?? null,
      put: async (space, fingerprint) => void kept.set(space, fingerprint),
    };
    await (await createNeuralEmbedder(depsOf(tiny, { canary }))).dispose();
    expect(kept.size).toBe(1);
    await (await createNeuralEmbedder(depsOf(tiny, { canary }))).dispose();
    for (const [space, fingerprint] of kept) kept.set(space, fingerprint.toReversed());
    expect(await failing(tiny, { canary })).toMatchObject({ code: "embedder/canary" });
  });

  test("loading stops when it is no longer wanted", async () => {
    const controller = new AbortController();
    const reason = new Error("closed");
    const loading = failing(tiny, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    expect(await loading).toBe(reason);
    expect(await failing(tiny, { signal: AbortSignal.abort(reason) })).toBe(reason);
  });
});

describe("Alcove's own cache", () => {
  const clear = (): Promise<boolean> => caches.delete(MODEL_CACHE);
  beforeAll(clear);
  afterAll(clear);

  test("a model that was loaded once loads without a network, but for its manifest", async () => {
    const asked: string[] = [];
    const deps = depsOf(tiny, {
      caches,
      fetch: (url, init) => {
        asked.push(new URL(url).pathname);
        return fetch(url, init);
      },
    });
    await (await createNeuralEmbedder(deps)).dispose();
    expect(asked.length).toBe(tiny.files.length + 2);
    asked.length = 0;
    await (await createNeuralEmbedder(deps)).dispose();
    expect(asked).toEqual([`/tiny-assets/models/${tiny.model}/alcove-model.json`]);
  });

  test("works with no network at all once it was loaded", async () => {
    const told: ModelProgress[] = [];
    const embedder = await createNeuralEmbedder(
      depsOf(tiny, {
        caches,
        fetch: () => Promise.reject(new TypeError("offline")),
        onProgress: (progress) => told.push(progress),
      }),
    );
    expect(await embedder.embed(["tea"], "query")).toHaveLength(1);
    expect(told.at(-1)?.percent).toBe(100);
    await embedder.dispose();
  });

  test("a damaged copy is thrown away and loaded again", async () => {
    const cache = await caches.open(MODEL_CACHE);
    for (const { url } of await cache.keys())
      if (url.endsWith("model.onnx")) await cache.put(url, new Response("damaged"));
    const embedder = await createNeuralEmbedder(depsOf(tiny, { caches }));
    expect(await embedder.embed(["tea"], "query")).toHaveLength(1);
    await embedder.dispose();
  });

  test("a model that nobody used for two months goes, the others and what runs them stay", async () => {
    const day = 86_400_000;
    const start = 1_800_000_000_000;
    const load = async (preset: EmbeddingPreset, now: number): Promise<void> => {
      await loadModelFiles(preset, { assets: ASSETS, hub: null }, null, {
        caches,
        fetch: (url, init) => fetch(url, init),
        now: () => now,
      });
    };
    const kept = async (model: string): Promise<number> =>
      (await (await caches.open(MODEL_CACHE)).keys()).filter(({ url }) =>
        url.includes(`/${model}/`),
      ).length;
    await load(tiny, start);
    await load(table, start + 50 * day);
    expect(await kept(tiny.model)).toBeGreaterThan(tiny.files.length);
    await load(table, start + 59 * day);
    expect(await kept(tiny.model)).toBeGreaterThan(tiny.files.length);
    await load(table, start + 61 * day);
    expect(await kept(tiny.model)).toBe(0);
    expect(await kept(table.model)).toBeGreaterThan(table.files.length);
  });

  test("a hub is asked for the pinned commit, only where it is named, and never twice", async () => {
    const asked: string[] = [];
    const hub = "https://hub.example/";
    const deps = depsOf(quantized, {
      caches,
      source: { assets: null, hub },
      fetch: (url) => {
        asked.push(url);
        if (!url.startsWith(hub)) return fetch(url);
        return fetch(
          url.replace(
            `${hub}${quantized.model}/resolve/${quantized.revision}/`,
            `${ASSETS}models/${quantized.model}/`,
          ),
        );
      },
    });
    await (await createNeuralEmbedder(deps)).dispose();
    expect(asked.filter((url) => url.startsWith(hub))).toEqual(
      quantized.files.map(
        (path) => `${hub}${quantized.model}/resolve/${quantized.revision}/${path}`,
      ),
    );
    asked.length = 0;
    await (await createNeuralEmbedder(deps)).dispose();
    expect(asked).toEqual([]);
  });
});

for (const preset of [tiny, quantized, table])
  describe("the contract", () => {
    const loaded = createNeuralEmbedder(depsOf(preset));
    embedderContract(preset.name, () => ({
      space: preset.name,
      dimensions: preset.dimensions,
      embed: async (texts, purpose, signal) => (await loaded).embed(texts, purpose, signal),
    }));
    afterAll(async () => (await loaded).dispose());
  });

function best(query: Float32Array, vectors: readonly Float32Array[]): number {
  const scores = vectors.map((vector) => cosine(query, vector));
  return scores.indexOf(Math.max(...scores));
}
