import { afterEach, expect, test } from "vitest";
import { createMemory, type Memory } from "./memory.ts";
import type { MemoryOptions } from "./options.ts";
import { listVaults } from "./vault/catalog.ts";

const open: Memory[] = [];

const make = (options: MemoryOptions = {}): Memory => {
  const memory = createMemory({ vault: `t-${crypto.randomUUID()}`, ...options });
  open.push(memory);
  return memory;
};

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
});

test("what was ingested comes back for a question, with its reason, within the budget", async () => {
  const memory = make();
  await memory.ingest([
    {
      role: "user",
      content: "My sister Ingrid restores old church organs in Trondheim.",
      id: "m1",
    },
    { role: "assistant", content: "What a craft." },
  ]);
  const recall = await memory.prepare("Which instruments does Ingrid restore?");
  expect(recall.text).toContain("church organs");
  expect(recall.tokens).toBeLessThanOrEqual(1000);
  const hit = recall.memories.find((found) => found.sources.includes("m1"));
  expect(hit).toBeDefined();
  expect(hit!.score).toBeGreaterThan(0);
  expect(hit!.score).toBeLessThanOrEqual(1);
  expect(hit!.why).not.toBe("");
  expect((await memory.stats()).host).toBe("worker");
});

test("prepare with messages gives them back augmented and leaves the input as it was", async () => {
  const memory = make();
  await memory.ingest([
    { role: "user", content: "I keep a telescope on the roof for watching Saturn." },
  ]);
  const input = [{ role: "user" as const, content: "Where is my telescope?" }];
  const copy = structuredClone(input);
  const { messages } = await memory.prepare(input);
  expect(input).toEqual(copy);
  expect(JSON.stringify(messages)).toContain("Saturn");
  expect(JSON.stringify(messages)).toContain("Where is my telescope?");
});

test("records: add, get, list in pages, update with history, pin, expiry", async () => {
  const memory = make();
  const [note] = await memory.add({ text: "The boat key hangs behind the door.", tags: ["house"] });
  expect(await memory.get(note!.id)).toMatchObject({
    text: "The boat key hangs behind the door.",
    origin: "app",
    kind: "note",
    tags: ["house"],
  });
  const edited = await memory.update(note!.id, {
    text: "The boat key lies in the blue drawer.",
    pinned: true,
  });
  expect(edited).toMatchObject({ id: note!.id, pinned: true });
  expect((await memory.history(note!.id)).map((version) => [version.reason, version.text])).toEqual(
    [
      ["current", "The boat key lies in the blue drawer."],
      ["edit", "The boat key hangs behind the door."],
    ],
  );
  expect((await memory.search("drawer"))[0]).toMatchObject({ id: note!.id });
  expect(await memory.search("hangs behind")).toEqual([]);

  await memory.add(
    Array.from({ length: 25 }, (_, i) => ({ text: `Note number ${i} about granite.` })),
  );
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await memory.list({}, { limit: 10, ...(cursor ? { cursor } : {}) });
    seen.push(...page.records.map((record) => record.id));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(new Set(seen).size).toBe(26);

  const [gone] = await memory.add({
    text: "A password for yesterday only.",
    expiresAt: Date.now() - 1000,
  });
  expect(await memory.get(gone!.id)).toBeNull();
  await expect(memory.update("nothing", { pinned: true })).rejects.toMatchObject({
    code: "usage/not-found",
  });
  await expect(memory.update(note!.id, { text: "" })).rejects.toMatchObject({
    code: "usage/invalid-input",
  });
});

test("scopes: two users never see each other; the owner is not everybody", async () => {
  const memory = make();
  const ann = memory.with({ user: "ann" });
  const bo = memory.with({ user: "bo" });
  await ann.ingest([{ role: "user", content: "My parrot is called Quartz." }]);
  await bo.ingest([{ role: "user", content: "My parrot is called Basalt." }]);
  expect((await ann.prepare("What is my parrot called?")).text).toContain("Quartz");
  expect((await ann.prepare("What is my parrot called?")).text).not.toContain("Basalt");
  expect((await memory.prepare("What is my parrot called?")).text).not.toMatch(/Quartz|Basalt/);
  expect((await memory.list()).records).toEqual([]);
  const [quartz] = (await ann.list()).records;
  expect(await bo.get(quartz!.id)).toBeNull();
  await expect(bo.update(quartz!.id, { pinned: true })).rejects.toMatchObject({
    code: "usage/not-found",
  });
  expect((await bo.forget({ ids: [quartz!.id] })).forgotten).toEqual([]);
  expect(
    (await memory.stats()).scopes
      .map(({ scope }) => scope.user)
      .toSorted((a, b) => (a ?? "").localeCompare(b ?? "")),
  ).toEqual(["ann", "bo"]);
});

test("contradictions are versions: the newest fact stands first, the older one stays visible", async () => {
  const memory = make();
  await memory.ingest([{ role: "user", content: "I live in Bergen.", createdAt: "2024-01-10" }]);
  await memory.ingest([{ role: "user", content: "I live in Tromsø.", createdAt: "2025-06-10" }]);
  const { records } = await memory.list();
  const now = records.find((record) => record.text.includes("Tromsø"))!;
  const before = records.find((record) => record.text.includes("Bergen"))!;
  expect(now.supersedes).toBe(before.id);
  expect((await memory.history(now.id)).map((version) => version.recordId)).toEqual([
    now.id,
    before.id,
  ]);
});

test("export and import: a whole vault moves, a hostile file gives no facts and no pins", async () => {
  const memory = make();
  await memory.ingest(
    [
      { role: "user", content: "I am allergic to walnuts." },
      { role: "assistant", content: "Noted." },
    ],
    { scope: { thread: "kitchen" } },
  );
  await memory.with({ user: "ann" }).add({ text: "Ann likes tall ships.", pinned: true });
  const file = await memory.export();

  const copy = make();
  const progress: number[] = [];
  expect(await copy.import(file, { dryRun: true })).toMatchObject({
    imported: 3,
    dryRun: true,
    format: "alcove",
  });
  expect((await copy.stats()).records).toBe(0);
  expect(
    await copy.import(file, { trusted: true, onProgress: ({ bytes }) => progress.push(bytes) }),
  ).toMatchObject({ imported: 3, known: 0, invalid: 0 });
  expect(progress.at(-1)).toBe(file.size);
  expect(await copy.import(file, { trusted: true })).toMatchObject({ imported: 0, known: 3 });
  expect((await copy.prepare("What should I cook tonight?")).profile).toContain("walnuts");
  expect((await copy.with({ user: "ann" }).list()).records[0]).toMatchObject({
    pinned: true,
    text: "Ann likes tall ships.",
  });

  const wary = make();
  await wary.import(file);
  const { records } = await wary.list();
  expect(
    records.every(
      (record) =>
        record.origin === "import" &&
        !record.pinned &&
        !record.tags.some((tag) => tag.startsWith("slot:")),
    ),
  ).toBe(true);
  expect((await wary.prepare("What should I cook tonight?")).profile).toBe("");
});

test("import says what is wrong with each line and can be stopped", async () => {
  const memory = make();
  const report = await memory.import(
    '{"content":"My kayak is orange.","role":"user","timestamp":1700000000000}\nnot json\n{"content":""}\n',
  );
  expect(report).toMatchObject({ format: "memoryrouter", lines: 3, imported: 1, invalid: 2 });
  expect(report.problems.map(({ line }) => line)).toEqual([2, 3]);

  const many = Array.from({ length: 20_000 }, (_, i) =>
    JSON.stringify({ content: `Line ${i} about a different thing entirely.` }),
  ).join("\n");
  const stop = new AbortController();
  const reason = new Error("enough");
  const running = memory.import(many, {
    signal: stop.signal,
    onProgress: () => stop.abort(reason),
  });
  await expect(running).rejects.toBe(reason);
  const after = (await memory.stats()).records;
  expect(after).toBeLessThan(20_000);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect((await memory.stats()).records - after).toBeLessThanOrEqual(500);
});

test("two memories on one vault behave like two tabs", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  const one = make({ vault });
  const two = make({ vault });
  await two.ready();
  const heard = new Promise<boolean>((resolve) =>
    two.on("changed", (event) => resolve(event.elsewhere)),
  );
  await one.ingest([{ role: "user", content: "My bicycle has a wicker basket." }]);
  expect(await heard).toBe(true);
  expect((await two.prepare("What does my bicycle have?")).text).toContain("wicker");
  const [record] = (await two.list()).records;
  const gone = new Promise<readonly string[]>((resolve) =>
    one.on("forgotten", (event) => resolve(event.ids)),
  );
  await two.forget({ ids: [record!.id] });
  expect(await gone).toEqual([record!.id]);
  expect((await one.prepare("What does my bicycle have?")).text).not.toContain("wicker");
});

test("closing stores what is under way; a closed memory says so; destroy removes the vault", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  const memory = make({ vault });
  await memory.add({ text: "Kept." });
  await memory.close();
  await memory.close();
  await expect(memory.list()).rejects.toMatchObject({ code: "usage/closed" });
  const again = make({ vault });
  expect((await again.list()).records).toHaveLength(1);
  await again.destroy();
  expect((await listVaults()).map(({ name }) => name)).not.toContain(vault);
});

test("every refusal names the field and keeps its code across the worker", async () => {
  const memory = make();
  await expect(memory.ingest("hello" as never)).rejects.toMatchObject({
    code: "usage/invalid-input",
  });
  await expect(memory.ingest([{ role: "bot" as never, content: "x" }])).rejects.toThrow(
    /messages\[0\]\.role/,
  );
  await expect(memory.forget({} as never)).rejects.toThrow(/exactly one of/);
  await expect(memory.history("nothing")).rejects.toMatchObject({
    name: "MemoryError",
    code: "usage/not-found",
  });
  await expect(memory.sync.now()).rejects.toMatchObject({ code: "sync/off" });
});
