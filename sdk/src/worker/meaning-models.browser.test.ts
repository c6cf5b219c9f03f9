import { afterEach, describe, expect, test } from "vitest";
import { MODEL_CACHE } from "../embedding/model-files.ts";
import { createMemory, type Memory } from "../memory.ts";
import type { MemoryOptions } from "../options.ts";

const ASSETS = "/tiny-assets/";
const open: Memory[] = [];

const make = (options: MemoryOptions): Memory => {
  const memory = createMemory({ vault: `mm-${crypto.randomUUID()}`, assets: ASSETS, ...options });
  open.push(memory);
  return memory;
};

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
  await caches.delete(MODEL_CACHE);
});

const until = (memory: Memory, state: string): Promise<void> =>
  expect.poll(async () => (await memory.stats()).embedding?.state, { timeout: 15_000 }).toBe(state);

const said = (texts: readonly string[]): { role: "user"; content: string }[] =>
  texts.map((content) => ({ role: "user", content }));

const FACTS = [
  "We went hiking in the mountains all summer.",
  "The printer is out of paper again.",
  "My brother likes to cook fish for dinner.",
  "Our garden is full of music in spring.",
];

describe("a model that runs on the device", () => {
  test("is loaded in the background, tells how far it is, and is used", async () => {
    const memory = make({ embedder: "minilm" });
    const told: string[] = [];
    memory.on("progress", ({ task, done, total }) => {
      if (task === "model" || task === "embed") told.push(`${task} ${done}/${total}`);
    });
    await memory.ingest(said(FACTS));
    // Long before the model is there, recall answers by words.
    expect((await memory.search("hiking in the mountains"))[0]?.text).toBe(FACTS[0]);
    await until(memory, "ready");
    expect(told.at(0)).toMatch(/^model \d+\/100$/);
    expect(told).toContain("model 100/100");
    const { embedding } = await memory.stats();
    expect(embedding).toMatchObject({
      embedder: "minilm",
      space: expect.stringMatching(/^Xenova\/all-MiniLM-L6-v2@.+\/384$/) as unknown,
      embedded: 4,
      total: 4,
      index: { kind: "flat", tier: "full" },
    });
    const [hit] = await memory.search("fish for dinner");
    expect(hit?.text).toBe(FACTS[2]);
    expect(hit?.signals.meaning).toBeGreaterThan(0);
  });

  test("changes while a chat goes on: both spaces are searched until the new one is complete", async () => {
    const vault = `mm-${crypto.randomUUID()}`;
    const first = createMemory({ vault, assets: ASSETS, embedder: "potion" });
    await first.ingest(said(FACTS));
    await until(first, "ready");
    const before = (await first.stats()).embedding?.space;
    await first.close();

    const memory = make({ vault, embedder: "minilm" });
    const seen = new Set<string | undefined>();
    for (let turn = 0; (await memory.stats()).embedding?.state !== "ready"; turn += 1) {
      seen.add((await memory.stats()).embedding?.earlier?.space);
      await memory.ingest(said([`Today is day ${turn} of our holiday by the sea.`]));
      expect((await memory.prepare("What does my brother like to cook?")).text).toContain("fish");
      if (turn > 200) throw new Error("the model never came");
    }
    const { embedding } = await memory.stats();
    expect(embedding?.space).not.toBe(before);
    expect(embedding?.earlier).toBeUndefined();
    expect([...seen].every((space) => space === undefined || space === before)).toBe(true);
  });

  test("that is not there leaves recall to words, and says what to do", async () => {
    const memory = make({ embedder: "granite-multilingual" });
    const errors: string[] = [];
    memory.on("error", ({ code, message }) => errors.push(`${code}: ${message}`));
    await memory.ingest(said(FACTS));
    await until(memory, "failed");
    expect((await memory.stats()).embedding?.problem).toBe("embedder/not-found");
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /^embedder\/not-found: .*alcove assets DIR --model granite-multilingual/,
    );
    expect((await memory.search("printer"))[0]?.text).toBe(FACTS[1]);
  });
});
