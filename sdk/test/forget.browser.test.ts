import OpenAI from "openai";
import { afterEach, expect, inject, test } from "vitest";
import { createMemory, type Memory } from "../src/memory.ts";
import type { MemoryOptions } from "../src/options.ts";
import { openSession, type ScriptedSession } from "../src/testing/scripted-session.ts";
import { findInOrigin } from "./byte-scan.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const open: Memory[] = [];

const make = (options: MemoryOptions = {}): Memory => {
  const memory = createMemory({ vault: `t-${crypto.randomUUID()}`, ...options });
  open.push(memory);
  return memory;
};

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
});

/**
 * A word that nothing else holds. No stemmer touches its end, and the part after its head is as unique as the whole, because a
 * packed dictionary may share the head with a neighbour.
 */
const canary = (): { readonly word: string; readonly tail: string } => {
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte, i) =>
    (i % 2 ? "aou" : "bdfgklmprtvz").charAt(byte % (i % 2 ? 3 : 12)),
  );
  const tail = `${letters.join("")}x`;
  return { word: `zq${tail}`, tail };
};

const fillers = (count: number, from = 0): { role: "user" | "assistant"; content: string }[] =>
  Array.from({ length: count }, (_, i) => ({
    role: i % 2 ? ("assistant" as const) : ("user" as const),
    content: `Line ${from + i} of a long talk about granite, rain and trains.`,
  }));

/** Waits until so little is left outside of the packed segments that nothing more is due. */
const sealed = async (memory: Memory): Promise<void> => {
  await expect
    .poll(
      async () => {
        const { segments, tail } = (await memory.stats()).index;
        return segments > 0 && tail < 1_024;
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(true);
};

/** A client on a scripted provider, whose calls resolve when they are captured. */
const chatWith = (
  memory: Memory,
): { readonly session: ScriptedSession; say(messages: readonly Message[]): Promise<string> } => {
  const session = openSession(inject("scriptedProvider"));
  const openai = new OpenAI({
    apiKey: "sk-test",
    baseURL: session.baseURL,
    dangerouslyAllowBrowser: true,
    fetch: memory.fetch,
  });
  return {
    session,
    async say(messages) {
      const captured = new Promise<void>((resolve) => {
        const stop = memory.on("captured", () => resolve(stop()));
      });
      const answer = await openai.chat.completions.create({
        model: "test",
        messages: [...messages],
      });
      await captured;
      return answer.choices[0]?.message.content ?? "";
    },
  };
};

test("the scan sees what is stored: records, versions, tags, metadata, names, and packed segments", async () => {
  const memory = make();
  const [text, edited, tag, key, value, name] = Array.from({ length: 6 }, canary);
  await memory.ready();
  const [note] = await memory.add({
    text: `The ${text!.word} hangs there.`,
    tags: [tag!.word],
    metadata: { [key!.word]: [{ deep: value!.word }] },
    name: name!.word,
  });
  await memory.update(note!.id, { text: `The ${edited!.word} hangs there.` });
  expect(
    (await findInOrigin([text, edited, tag, key, value, name].map((one) => one!.tail))).length,
  ).toBeGreaterThanOrEqual(6);
  await memory.ingest(fillers(1_100));
  await sealed(memory);
  expect((await findInOrigin([edited!.tail])).some((place) => place.includes("/chunks"))).toBe(
    true,
  );
  await memory.forget({ ids: [note!.id] });
  expect(await findInOrigin([text, edited, tag, key, value, name].map((one) => one!.tail))).toEqual(
    [],
  );
});

test("forgetting takes versions, exact duplicates, derived records and what was drawn from those, and says so", async () => {
  const memory = make();
  const [first, second, third] = [canary(), canary(), canary()];
  const [note] = await memory.add({ text: `Ask ${first.word} about the boat.` });
  await memory.update(note!.id, { text: `Ask ${second.word} about the boat.` });
  await memory.update(note!.id, { text: `Ask ${third.word} about the boat.` });
  const [twin] = await memory.add({ text: `ask  ${third.word.toUpperCase()} about the boat.` });
  const [derived] = await memory.add({
    text: `${third.word} knows boats.`,
    kind: "derived",
    sources: [note!.id],
  });
  const [again] = await memory.add({
    text: `Somebody called ${third.word} sails.`,
    kind: "derived",
    sources: [derived!.id],
  });
  const [other] = await memory.add({ text: "A cupboard needs new hinges." });
  const others = memory.with({ user: "ann" });
  const [anns] = await others.add({ text: "Ann keeps her own boat." });

  const would = await memory.forget({ ids: [note!.id] }, { dryRun: true });
  expect(would).toMatchObject({
    dryRun: true,
    removed: { versions: 2, derived: 2, duplicates: 1, rewrittenChunks: 0 },
  });
  expect(would.forgotten.toSorted()).toEqual(
    [note!.id, twin!.id, derived!.id, again!.id].toSorted(),
  );
  expect((await memory.stats()).records).toBe(6);
  expect(await memory.history(note!.id)).toHaveLength(3);
  expect((await findInOrigin([first.tail, second.tail, third.tail])).length).toBeGreaterThan(0);

  const heard: string[] = [];
  memory.on("forgotten", ({ ids, elsewhere }) => heard.push(...ids, String(elsewhere)));
  const done = await memory.forget({ ids: [note!.id] });
  expect(done).toMatchObject({
    dryRun: false,
    removed: { versions: 2, derived: 2, duplicates: 1 },
  });
  expect(done.forgotten.toSorted()).toEqual(would.forgotten.toSorted());
  expect(heard.toSorted()).toEqual([...done.forgotten, "false"].toSorted());
  expect(await findInOrigin([first.tail, second.tail, third.tail])).toEqual([]);
  expect((await memory.list()).records.map(({ id }) => id)).toEqual([other!.id]);
  expect((await others.list()).records.map(({ id }) => id)).toEqual([anns!.id]);
  expect(await memory.forget({ ids: [note!.id] })).toMatchObject({
    forgotten: [],
    related: [],
    removed: { versions: 0, derived: 0, duplicates: 0, rewrittenChunks: 0 },
  });
});

test("a text that lives on as another record's earlier state is forgotten there too, and that record stays", async () => {
  const memory = make();
  const word = canary();
  const text = `The password of the shed is written on ${word.word}.`;
  const [note] = await memory.add({ text });
  const [twin] = await memory.add({ text });
  await memory.update(twin!.id, { text: "The shed has a new lock." });
  await memory.ingest(fillers(1_100));
  await sealed(memory);
  const report = await memory.forget({ ids: [note!.id] });
  expect(report.forgotten).toEqual([note!.id]);
  expect(report.removed.versions).toBe(1);
  expect(await findInOrigin([word.tail])).toEqual([]);
  expect((await memory.history(twin!.id)).map((version) => version.text)).toEqual([
    "The shed has a new lock.",
  ]);
  expect((await memory.search("new lock of the shed"))[0]).toMatchObject({ id: twin!.id });
});

test("sealed segments are rewritten, also those that hold words of an edited text; everything else is still found", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  const memory = make({ vault });
  const [kept, gone, old, fresh] = [canary(), canary(), canary(), canary()];
  await memory.ingest([
    ...fillers(600),
    { role: "user", content: `The ${gone.word} stands in the attic.`, id: "gone" },
    ...fillers(800, 600),
  ]);
  const [edited] = await memory.add({ text: `The ${old.word} lies in the cellar.` });
  await memory.ingest([
    ...fillers(1_200, 2_000),
    { role: "user", content: `The ${kept.word} leans on the wall.` },
    ...fillers(600, 4_000),
  ]);
  await sealed(memory);
  await memory.update(edited!.id, { text: `The ${fresh.word} lies in the cellar.` });
  const inChunks = async (): Promise<number> =>
    (await findInOrigin([gone.tail, old.tail, fresh.tail])).filter((place) =>
      place.includes("/chunks"),
    ).length;
  // On a busy machine a part is sealed while the rest still comes, and the edited text is left in a tail that is too short to be.
  for (let round = 0; round < 4 && (await inChunks()) < 3; round += 1) {
    await memory.ingest(fillers(1_100, 6_000 + 1_100 * round));
    await sealed(memory);
  }
  expect(await inChunks()).toBe(3);
  const report = await memory.forget({ filter: { text: gone.word } });
  expect(report.forgotten).toHaveLength(1);
  expect(report.removed.rewrittenChunks).toBeGreaterThanOrEqual(1);
  const second = await memory.forget({ query: `${fresh.word} cellar` });
  expect(second.forgotten).toEqual([edited!.id]);
  expect(second.removed).toMatchObject({ versions: 1 });
  expect(await findInOrigin([gone.tail, old.tail, fresh.tail])).toEqual([]);
  expect((await memory.prepare(`Where is the ${kept.word}?`)).text).toContain("leans on the wall");
  expect((await memory.stats()).records).toBe(4_301);

  // What the worker holds in memory follows: a new start finds the same.
  await memory.close();
  const again = make({ vault });
  expect(
    (await again.search(`${gone.word} attic`)).some((hit) => hit.text.includes(gone.word)),
  ).toBe(false);
  expect((await again.prepare(`Where is the ${kept.word}?`)).text).toContain("leans on the wall");
  expect(await findInOrigin([gone.tail, old.tail, fresh.tail])).toEqual([]);
}, 60_000);

test("near-duplicates and restatements are listed as related, and go along when asked for", async () => {
  const memory = make();
  const [word, place] = [canary(), canary()];
  const [target, near, restated, other] = await memory.add([
    { text: `The spare key of ${word.word} lies under the ${place.word} stone.` },
    { text: `Under the ${place.word} stone lies the spare key of ${word.word}.` },
    {
      text: `By the way: the spare key of ${word.word} lies under the ${place.word} stone, as ever.`,
    },
    { text: "The garden gate squeaks." },
  ]);
  const would = await memory.forget({ ids: [target!.id] }, { dryRun: true });
  expect(would.forgotten).toEqual([target!.id]);
  expect(would.related.map(({ id }) => id).toSorted()).toEqual([near!.id, restated!.id].toSorted());
  const all = await memory.forget({ ids: [target!.id] }, { dryRun: true, related: true });
  expect(all.forgotten.toSorted()).toEqual([target!.id, near!.id, restated!.id].toSorted());
  expect(all.related).toEqual([]);
  expect((await memory.stats()).records).toBe(4);

  const [note] = await memory.add({ text: "A lone note about turpentine." });
  expect(await memory.forget({ ids: [note!.id] })).toMatchObject({
    forgotten: [note!.id],
    related: [],
  });
  expect(await memory.forget({ ids: [target!.id] }, { related: true })).toMatchObject({
    related: [],
  });
  expect(await findInOrigin([word.tail, place.tail])).toEqual([]);
  expect((await memory.list()).records.map(({ id }) => id)).toEqual([other!.id]);
});

test("what has expired is no longer shown, and is still there to be forgotten", async () => {
  const memory = make();
  const word = canary();
  const [note] = await memory.add({
    text: `A code for today: ${word.word}.`,
    expiresAt: Date.now() - 1_000,
  });
  expect(await memory.get(note!.id)).toBeNull();
  expect(
    (await memory.forget({ filter: { text: word.word } }, { dryRun: true })).forgotten,
  ).toEqual([note!.id]);
  expect((await memory.forget({ filter: { text: word.word } })).forgotten).toEqual([note!.id]);
  expect(await findInOrigin([word.tail])).toEqual([]);
});

test("a frozen profile thaws at once: later calls of its thread, traces and retries carry nothing of it, in every tab", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  const memory = make({ vault });
  const other = make({ vault });
  await other.ready();
  const word = canary();
  const { session, say } = chatWith(memory);
  await memory.ingest([
    { role: "user", content: `I am allergic to ${word.word}.` },
    { role: "assistant", content: "I will remember." },
  ]);
  await session.script({ text: "Soup." }, { text: "Bread." }, { text: "Cake." });
  const traces: string[] = [];
  for (const one of [memory, other]) one.on("recalled", ({ traceId }) => traces.push(traceId));
  const history: Message[] = [{ role: "user", content: "What shall I cook tonight?" }];
  history.push({ role: "assistant", content: await say(history) });
  history.push({ role: "user", content: "And what shall I cook tomorrow?" });
  history.push({ role: "assistant", content: await say(history) });
  const elsewhere = chatWith(other);
  await elsewhere.session.script({ text: "Stew." });
  await elsewhere.say([{ role: "user", content: "Name a dinner for me, please." }]);
  const carrying = async (): Promise<number> =>
    [...(await session.requests()), ...(await elsewhere.session.requests())].filter(({ body }) =>
      body.includes(word.word),
    ).length;
  expect(await carrying()).toBe(3);
  const shown = (): string =>
    traces.map((id) => JSON.stringify([memory.trace(id), other.trace(id)])).join();
  expect(traces).toHaveLength(3);
  expect(shown()).toContain(word.word);

  const heard = new Promise<readonly string[]>((resolve) =>
    other.on("forgotten", ({ ids, elsewhere: far }) => resolve(far ? ids : [])),
  );
  const [fact] = (await memory.list({ text: word.word })).records;
  await memory.forget({ ids: [fact!.id] });
  expect(await heard).toEqual([fact!.id]);
  expect(shown()).not.toContain(word.word);
  expect(await findInOrigin([word.tail])).toEqual([]);

  history.push({ role: "user", content: "And on Sunday?" });
  await say(history);
  await elsewhere.say([{ role: "user", content: "Name a dinner for me, please." }]);
  expect(await carrying()).toBe(3);
  expect(await findInOrigin([word.tail])).toEqual([]);
});

test("a turn that is forgotten while its answer streams does not come back with the answer", async () => {
  const memory = make();
  await memory.ready();
  const [asked, answered] = [canary(), canary()];
  const { session, say } = chatWith(memory);
  const traces: string[] = [];
  memory.on("captured", ({ traceId }) => traces.push(traceId));
  await memory.add({ text: "The boat lies in the harbour." });
  await session.script({ text: `Fine, ${answered.word} it is.`, delayMs: 600 });
  const talk = say([{ role: "user", content: `Call the boat ${asked.word}.` }]);
  await expect.poll(async () => (await memory.list({ text: asked.word })).records.length).toBe(1);
  await memory.forget({ filter: { text: asked.word } });
  await talk;
  expect(await findInOrigin([asked.tail])).toEqual([]);
  expect((await memory.list({ kinds: ["turn"] })).records.map(({ text }) => text)).toEqual([
    `Fine, ${answered.word} it is.`,
  ]);
  expect(JSON.stringify(memory.trace(traces[0]!))).not.toContain(asked.word);
  await memory.forget({ filter: {} });
  expect(await findInOrigin([asked.tail, answered.tail])).toEqual([]);
  expect((await memory.stats()).records).toBe(0);
});

test("a tab forgets what the other one has just sealed, and the other one finds it no more", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  const [one, two] = [make({ vault }), make({ vault })];
  const word = canary();
  await Promise.all([one.ready(), two.ready()]);
  await one.ingest([
    ...fillers(1_100),
    { role: "user", content: `The ${word.word} hums at night.` },
  ]);
  await expect
    .poll(async () => (await two.search(`${word.word} hums`))[0]?.text)
    .toContain("hums at night");
  await sealed(one);
  const { forgotten } = await two.forget({ filter: { text: word.word } });
  expect(forgotten).toHaveLength(1);
  expect(await findInOrigin([word.tail])).toEqual([]);
  await expect
    .poll(async () =>
      (await one.search(`${word.word} hums`)).some((hit) => hit.text.includes(word.word)),
    )
    .toBe(false);
  // Whatever the first tab seals afterwards brings nothing back.
  await one.ingest(fillers(1_100, 5_000));
  await sealed(one);
  expect(await findInOrigin([word.tail])).toEqual([]);
});

test("a scope forgets within its own bounds", async () => {
  const memory = make();
  const word = canary();
  const text = `The same ${word.word} for everybody.`;
  const [ann, bo] = [memory.with({ user: "ann" }), memory.with({ user: "bo" })];
  const [hers] = await ann.add({ text });
  const [his] = await bo.add({ text });
  expect(await bo.forget({ ids: [hers!.id] })).toMatchObject({ forgotten: [] });
  expect(await memory.forget({ filter: { text: word.word } })).toMatchObject({ forgotten: [] });
  expect(await ann.forget({ query: `${word.word} everybody`, limit: 5 })).toMatchObject({
    forgotten: [hers!.id],
  });
  expect(await bo.get(his!.id)).not.toBeNull();
  expect(await bo.forget({ filter: {} })).toMatchObject({ forgotten: [his!.id] });
  expect(await findInOrigin([word.tail])).toEqual([]);
});

test("a repetition stands for itself once the text that it repeats was edited away", async () => {
  const memory = make();
  await memory.ingest([{ role: "user", content: "I am allergic to walnuts." }]);
  await memory.ingest([
    { role: "user", content: "Hello again." },
    { role: "assistant", content: "Hello." },
    { role: "user", content: "I am allergic to walnuts." },
  ]);
  const [, first] = (await memory.list({ text: "walnuts" })).records;
  await memory.update(first!.id, { text: "I like long walks." });
  expect((await memory.prepare("What is for dinner?")).profile).toContain("walnuts");
});
