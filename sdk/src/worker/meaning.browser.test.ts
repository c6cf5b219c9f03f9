import { afterEach, describe, expect, test } from "vitest";
import type { Embedder } from "../domain/embedder.ts";
import { createMemory, type Memory } from "../memory.ts";
import type { MemoryOptions } from "../options.ts";
import { deleteVault } from "../vault/catalog.ts";

const open: Memory[] = [];
const errors: string[] = [];

const make = (options: MemoryOptions): Memory => {
  const memory = createMemory({ vault: `m-${crypto.randomUUID()}`, ...options });
  memory.on("error", ({ code }) => errors.push(code));
  open.push(memory);
  return memory;
};

afterEach(async () => {
  errors.length = 0;
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
});

/** Words that mean the same stand on one axis, as a model would have them: nothing but this connects a question with its answer. */
const AXES: readonly (readonly string[])[] = [
  ["boat", "yacht", "sail", "vessel"],
  ["dog", "puppy", "hound", "retriever"],
  ["car", "automobile", "vehicle"],
  ["doctor", "physician", "surgeon"],
  ["house", "cottage", "dwelling"],
];

const axesOf = (text: string): number[] =>
  AXES.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length);

function concepts(
  space: string,
  rest: Partial<Embedder> = {},
): Embedder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    space,
    dimensions: AXES.length + 1,
    asked,
    async embed(texts, { purpose }) {
      asked.push(...texts.map((text) => `${purpose}: ${text}`));
      return texts.map((text) => [...axesOf(text), 0.05]);
    },
    ...rest,
  };
}

const until = (memory: Memory, state: string): Promise<void> =>
  expect.poll(async () => (await memory.stats()).embedding?.state, { timeout: 8_000 }).toBe(state);

const FACTS = [
  "We keep the yacht at the northern pier.",
  "Our retriever is afraid of thunder.",
  "The cottage has a leaking roof.",
  "Grandfather was a surgeon in Bergen.",
];

describe("an embedder of the app's own", () => {
  test("finds what was said in other words, and says why", async () => {
    const memory = make({ embedder: concepts("concepts-1") });
    await memory.ingest(FACTS.map((content) => ({ role: "user", content })));
    await until(memory, "ready");
    const [first] = await memory.search("vessel");
    expect(first?.text).toBe(FACTS[0]);
    expect(first?.signals.meaning).toBeGreaterThan(0.5);
    const recall = await memory.prepare("Did the puppy sleep?");
    expect(recall.text).toContain("afraid of thunder");
    expect(errors).toEqual([]);
    expect((await memory.stats()).embedding).toMatchObject({
      embedder: "own",
      space: `own:concepts-1/${AXES.length + 1}`,
      embedded: 4,
      total: 4,
      index: { kind: "flat" },
    });
  });

  test("embeds what was there before it, and goes on where it was stopped", async () => {
    const vault = `m-${crypto.randomUUID()}`;
    const before = createMemory({ vault });
    await before.ingest(FACTS.map((content) => ({ role: "user", content })));
    await before.close();

    const embedder = concepts("concepts-1");
    const memory = createMemory({ vault, embedder });
    await until(memory, "ready");
    expect(new Set(embedder.asked)).toEqual(new Set(FACTS.map((text) => `document: ${text}`)));
    await memory.close();

    const again = concepts("concepts-1");
    const reopened = make({ vault, embedder: again });
    await until(reopened, "ready");
    expect((await reopened.search("automobile or vessel"))[0]?.text).toBe(FACTS[0]);
    expect(again.asked).toEqual(["query: automobile or vessel"]);
  });

  test("is not needed: one that fails, hangs or answers nonsense leaves recall to words", async () => {
    for (const [embed, code] of [
      [() => Promise.reject(new Error("no network")), "embedder/failed"],
      [
        async (texts: readonly string[]) => texts.map(() => [Number.NaN]),
        "embedder/invalid-output",
      ],
      [() => new Promise<never>(() => undefined), null],
    ] as const) {
      const memory = make({ embedder: concepts("broken", { embed }) });
      await memory.ingest(FACTS.map((content) => ({ role: "user", content })));
      if (code !== null) await expect.poll(() => errors, { timeout: 5_000 }).toContain(code);
      const started = performance.now();
      const recall = await memory.prepare("Where do we keep our yacht?");
      expect(recall.text).toContain("northern pier");
      expect(performance.now() - started).toBeLessThan(2_000);
      expect((await memory.stats()).embedding?.problem).toBe(code ?? undefined);
    }
  });

  test("forgets vectors with the memories", async () => {
    const memory = make({ embedder: concepts("concepts-1") });
    await memory.ingest(FACTS.map((content) => ({ role: "user", content })));
    await until(memory, "ready");
    const [hit] = await memory.search("vessel");
    await memory.forget({ ids: [hit!.id] });
    expect((await memory.stats()).embedding).toMatchObject({ embedded: 3 });
    expect((await memory.search("vessel")).map(({ text }) => text)).not.toContain(FACTS[0]);
  });

  test("changes hands: the new space is filled while the vault is used, then the old one goes", async () => {
    const vault = `m-${crypto.randomUUID()}`;
    const first = createMemory({ vault, embedder: concepts("concepts-1") });
    await first.ingest(FACTS.map((content) => ({ role: "user", content })));
    await until(first, "ready");
    await first.close();
    const memory = make({ vault, embedder: concepts("concepts-2") });
    await until(memory, "ready");
    expect((await memory.search("hound"))[0]?.text).toBe(FACTS[1]);
    expect((await memory.stats()).embedding).toMatchObject({
      space: expect.stringContaining("concepts-2"),
    });
  });

  test("is let go when its vault is deleted elsewhere", async () => {
    const vault = `m-${crypto.randomUUID()}`;
    let asked = 0;
    let given = 0;
    const memory = make({
      vault,
      embedder: concepts("slow", {
        embed: (_texts, { signal }) =>
          new Promise((_, reject) => {
            asked += 1;
            signal.addEventListener("abort", () => {
              given += 1;
              reject(signal.reason as Error);
            });
          }),
      }),
    });
    await memory.ingest(FACTS.map((content) => ({ role: "user", content })));
    await expect.poll(() => asked).toBeGreaterThan(0);
    await deleteVault(vault);
    await expect.poll(() => given).toBe(asked);
    const root = await navigator.storage.getDirectory();
    const folder = root.getDirectoryHandle("alcove").then((all) => all.getDirectoryHandle(vault));
    await expect(folder).rejects.toThrow("not be found");
  });

  test("goes by voy-search where the app wants that", async () => {
    const memory = make({ embedder: concepts("concepts-1"), index: "voy" });
    await memory.ingest(FACTS.map((content) => ({ role: "user", content })));
    await until(memory, "ready");
    expect((await memory.stats()).embedding?.index.kind).toBe("voy");
    expect((await memory.search("physician"))[0]?.text).toBe(FACTS[3]);
  });
});
