import { expect, test } from "vitest";
import { MemoryError } from "../domain/errors.ts";
import type { Embedder } from "../engine/embedder.ts";
import {
  DIMENSIONS,
  forget,
  openIn,
  range,
  rowsFor,
  SPACE,
  store,
  vectorFor,
} from "../engine/vectors/vector-space-fixtures.ts";
import { createVectorDisk } from "../engine/vectors/vector-fixtures.ts";
import { UNCALIBRATED } from "../recall/calibrate.ts";
import { createMeaning, type MeaningDeps } from "./meaning.ts";

const hangs = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );

/** Meaning over a vault of 40 records that have their vectors. */
async function meaningOf(
  embed: Embedder["embed"] = async (texts) => texts.map((_, at) => vectorFor(at)),
  rest: Partial<MeaningDeps> = {},
) {
  const disk = createVectorDisk();
  const opened = await openIn(disk);
  store(opened, range(1, 41));
  const codes: string[] = [];
  const given = { back: 0 };
  const meaning = createMeaning({
    name: "own",
    loadEmbedder: async () => ({
      embedder: { space: SPACE, dimensions: DIMENSIONS, embed },
      local: false,
      dispose: async () => {
        given.back += 1;
      },
    }),
    openSpace: async () => opened.space,
    openEarlier: async () => null,
    settle: async () => undefined,
    isStored: async () => true,
    calibrate: async () => UNCALIBRATED,
    missing: (space) => {
      const all = [...disk.records].toSorted((a, b) => a - b);
      return { seqs: space.missing(all).toReversed(), total: all.length };
    },
    textsOf: async (seqs) => seqs.map(String),
    filter: () => ({ passes: () => true, fill: (_, bits) => void bits.fill(~0) }),
    exclusive: (work) => work(),
    pause: async () => undefined,
    clock: () => 0,
    onProgress: () => undefined,
    report: (error) => codes.push((error as MemoryError).code),
    ...rest,
  });
  meaning.start();
  return { disk, opened, meaning, codes, given };
}

const ask = (text: string, withinMs = 20) => ({
  texts: [{ text, weight: 1 }],
  scope: {},
  now: 0,
  most: 3,
  withinMs,
});

const calibrated: MeaningDeps["calibrate"] = async (_space, _rows, embed) => {
  await embed(["one", "two"]);
  return UNCALIBRATED;
};

test("answers from the space before for what the new one does not hold yet, on the new one's scale, and lets it go then", async () => {
  const disk = createVectorDisk();
  const { spaces, space, tab } = await openIn(disk);
  const seqs = range(1, 41);
  tab.commit(seqs);
  const old = await spaces.open("model@0", DIMENSIONS);
  await old.put(seqs, rowsFor(seqs));
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  let givenBack = 0;
  const settled: string[] = [];
  const { meaning } = await meaningOf(
    async (texts, purpose) => {
      if (purpose === "document") await gate;
      return texts.map((text) => vectorFor(Number(text)));
    },
    {
      openSpace: async () => space,
      missing: (one) => ({ seqs: one.missing(seqs).toReversed(), total: seqs.length }),
      settle: async (current) => void settled.push(current),
      calibrate: async (id) => ({
        ...UNCALIBRATED,
        calibration: id === SPACE ? { low: 0.2, high: 0.4 } : { low: 0, high: 1 },
      }),
      openEarlier: async () => ({
        space: old,
        embedder: {
          embedder: {
            space: "model@0",
            dimensions: DIMENSIONS,
            embed: async (texts) => texts.map((text) => vectorFor(Number(text))),
          },
          local: true,
          dispose: async () => {
            givenBack += 1;
          },
        },
      }),
    },
  );
  await expect.poll(() => meaning.stats().earlier?.embedded).toBe(40);
  const before = await meaning.find(ask("7", 1_000));
  expect(before?.seqs[0]).toBe(7);
  // Full likeness stands at the upper end of either scale.
  expect(before?.cosines[0]).toBeCloseTo(0.4, 2);
  expect(settled).toEqual([]);

  release();
  await expect.poll(() => meaning.stats().state).toBe("ready");
  const after = await meaning.find(ask("7", 1_000));
  expect(after?.seqs[0]).toBe(7);
  expect(after?.cosines[0]).toBeCloseTo(1, 2);
  expect(new Set(Array.from(after?.seqs ?? [])).size).toBe(3);
  await expect.poll(() => settled).toEqual([SPACE]);
  expect(givenBack).toBe(1);
  expect(meaning.stats().earlier).toBeUndefined();
});

test("closes while an embedder does not answer, and gives it back", async () => {
  const { meaning, given } = await meaningOf((_texts, _purpose, signal) => hangs(signal), {
    calibrate: calibrated,
  });
  await expect.poll(() => meaning.stats().state).toBe("loading");
  await meaning.close();
  expect(given.back).toBe(1);
});

test("gives back an embedder whose space cannot be opened, and says why", async () => {
  const { meaning, given, codes } = await meaningOf(undefined, {
    openSpace: () => Promise.reject(new MemoryError("vault/failed", "No room.")),
  });
  await expect.poll(() => meaning.stats()).toMatchObject({ state: "failed" });
  expect(meaning.stats().problem).toBe("vault/failed");
  expect(codes).toEqual(["vault/failed"]);
  expect(given.back).toBe(1);
});

test("is ready though a sample of the vault cannot be embedded", async () => {
  const { meaning, codes } = await meaningOf(
    async (texts, purpose) => {
      if (purpose === "document") throw new MemoryError("embedder/failed", "It failed on a text.");
      return texts.map((_, at) => vectorFor(at));
    },
    { calibrate: calibrated },
  );
  await expect.poll(() => meaning.stats().state).toBe("ready");
  expect(codes).toContain("embedder/failed");
  expect((await meaning.find(ask("anything")))?.seqs).toHaveLength(3);
});

test("keeps no call waiting for an embedder that is always late, and asks it again later", async () => {
  let now = 0;
  let asked = 0;
  const { meaning } = await meaningOf(
    async (texts, purpose, signal) => {
      if (purpose === "document") return texts.map((_, at) => vectorFor(at));
      asked += 1;
      return hangs(signal);
    },
    { clock: () => now },
  );
  await expect.poll(() => meaning.stats().state).toBe("ready");
  for (let call = 0; call < 6; call += 1) expect(await meaning.find(ask(`${call}`))).toBeNull();
  const before = asked;
  const started = performance.now();
  expect(await meaning.find(ask("once more", 10_000))).toBeNull();
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(asked).toBe(before);
  now = 60_000;
  expect(await meaning.find(ask("later"))).toBeNull();
  expect(asked).toBeGreaterThanOrEqual(before);
  await meaning.close();
});

test("forgets a fault that has passed", async () => {
  let working = false;
  const { disk, meaning } = await meaningOf(async (texts) => {
    if (!working) throw new MemoryError("embedder/failed", "Not today.");
    return texts.map((_, at) => vectorFor(at));
  });
  await expect.poll(() => meaning.stats().state).toBe("ready");
  disk.records.add(99);
  meaning.notice([{ seq: 99 } as Parameters<typeof meaning.notice>[0][number]]);
  await expect.poll(() => meaning.stats().problem).toBe("embedder/failed");
  working = true;
  meaning.catchUp();
  await expect.poll(() => meaning.stats().embedded, { timeout: 8_000 }).toBe(41);
  await expect.poll(() => meaning.stats().problem).toBeUndefined();
}, 12_000);

test("counts what is to have a vector without what was forgotten since", async () => {
  const { disk, opened, meaning } = await meaningOf();
  disk.records.add(99);
  await expect.poll(() => meaning.stats()).toMatchObject({ embedded: 41, total: 41 });
  await forget(opened, [1, 2, 99]);
  expect(meaning.stats()).toMatchObject({ embedded: 38, total: 38, state: "ready" });
});

test("does not gather questions for an embedder that does not answer", async () => {
  const open = new Set<string>();
  let now = 0;
  const { meaning } = await meaningOf(
    async ([text = ""], _purpose, signal) => {
      open.add(text);
      return hangs(signal).finally(() => open.delete(text));
    },
    { clock: () => now },
  );
  await expect.poll(() => meaning.stats().state).toBe("ready");
  for (let at = 0; at < 60; at += 1) {
    // Far enough apart that each is asked, though the embedder was late before.
    now += 3_600_000;
    const started = performance.now();
    expect(await meaning.find(ask(`question ${at}`, 1))).toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
  }
  // The first ones are given up, so that what is asked now comes to its turn.
  await expect.poll(() => [...open]).not.toContain("question 0");
  await meaning.close();
  expect(open.size).toBe(0);
});
