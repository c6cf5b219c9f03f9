import OpenAI from "openai";
import { afterEach, expect, inject, test } from "vitest";
import { createMemory, type Memory } from "../src/memory.ts";
import {
  openSession,
  type ScriptedSession,
  type SeenRequest,
} from "../src/testing/scripted-session.ts";
import type { MemoryOptions } from "../src/options.ts";

type Message = OpenAI.ChatCompletionMessageParam;

const open: Memory[] = [];

interface Chat {
  readonly memory: Memory;
  readonly session: ScriptedSession;
  readonly openai: OpenAI;
  /** One call; resolves with the answer's text once it is captured. */
  say(
    messages: readonly Message[],
    extra?: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>,
  ): Promise<string>;
  turns(): Promise<readonly string[]>;
}

const setUp = async (options: MemoryOptions = {}): Promise<Chat> => {
  const memory = createMemory({ vault: `t-${crypto.randomUUID()}`, ...options });
  open.push(memory);
  await memory.ready();
  const session = openSession(inject("scriptedProvider"));
  const openai = new OpenAI({
    apiKey: "sk-test",
    baseURL: session.baseURL,
    dangerouslyAllowBrowser: true,
    fetch: memory.fetch,
  });
  return {
    memory,
    session,
    openai,
    async say(messages, extra = {}) {
      const captured = new Promise<void>((resolve) => memory.on("captured", () => resolve()));
      const answer = await openai.chat.completions.create({
        model: "test",
        messages: [...messages],
        ...extra,
      });
      await captured;
      return answer.choices[0]?.message.content ?? "";
    },
    async turns() {
      const { records } = await memory.list({ kinds: ["turn"] }, { limit: 1000 });
      return records.map((record) => record.text).toReversed();
    },
  };
};

const threadsOf = async (memory: Memory): Promise<number> =>
  new Set((await memory.list({}, { limit: 1000 })).records.map((record) => record.scope.thread))
    .size;

const messagesOf = (
  request: SeenRequest | undefined,
): readonly { readonly role: string; readonly content: unknown }[] =>
  (request!.json as { messages: readonly { role: string; content: unknown }[] }).messages;

afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
});

test("two chats that both begin with Hi stay two, one after the other and at once", async () => {
  const { memory, session, say, openai } = await setUp();
  await session.script({ text: "Hello there." });
  await say([{ role: "user", content: "Hi" }]);
  await say([{ role: "user", content: "Hi" }]);
  expect(await threadsOf(memory)).toBe(2);

  await session.script({ text: "Good day.", delayMs: 150 });
  const ids = new Set<string>();
  memory.on("captured", ({ threadId }) => ids.add(threadId));
  await Promise.all(
    [1, 2].map(() =>
      openai.chat.completions.create({
        model: "test",
        messages: [{ role: "user", content: "Hi" }],
      }),
    ),
  );
  await expect.poll(() => ids.size).toBe(2);
  expect(await threadsOf(memory)).toBe(4);
});

test("a chat of 25 exchanges stores 50 turns in one thread, and its prefix is never rewritten", async () => {
  const { memory, session, say, turns } = await setUp();
  await memory.ingest([{ role: "user", content: "I am allergic to walnuts and I paint birds." }]);
  const history: Message[] = [{ role: "system", content: "You are kind." }];
  for (let i = 0; i < 25; i += 1) {
    await session.script({ text: `Answer ${i} about birds.` });
    history.push({ role: "user", content: `Question ${i}: which birds shall I paint?` });
    history.push({ role: "assistant", content: await say(history) });
  }
  expect(await turns()).toHaveLength(51);
  expect(await threadsOf(memory)).toBe(2);
  const requests = await session.requests();
  expect(messagesOf(requests[0])[0]!.content).toContain("walnuts");
  for (let call = 1; call < requests.length; call += 1) {
    const before = messagesOf(requests[call - 1]);
    const now = messagesOf(requests[call]);
    // All that stands before the earlier call's user message is the same, byte for byte.
    expect(JSON.stringify(now.slice(0, before.length - 1))).toBe(
      JSON.stringify(before.slice(0, -1)),
    );
  }
});

test("an answer regenerated after the first exchange leaves one live branch, and the one that was left is not recalled", async () => {
  const { memory, session, say } = await setUp();
  await session.script({ text: "Hello." });
  const start: Message[] = [{ role: "user", content: "Good morning to you" }];
  const first: Message[] = [...start, { role: "assistant", content: await say(start) }];
  await session.script({ text: "Choose the crimson kayak." });
  await say([...first, { role: "user", content: "Which kayak suits a beginner?" }]);
  await session.script({ text: "Choose the turquoise kayak." });
  await say([...first, { role: "user", content: "Which kayak suits a beginner?" }]);
  expect(await threadsOf(memory)).toBe(1);
  const recall = await memory.prepare("What did we say about a kayak for a beginner?");
  expect(recall.text).toContain("turquoise");
  expect(recall.text).not.toContain("crimson");
  const records = (await memory.list({}, { limit: 100 })).records;
  expect(records.filter((record) => record.text.includes("crimson"))).toHaveLength(1);
});

test("a regenerated first answer without a thread id is a new thread; with one it is a branch", async () => {
  const { memory, session, say } = await setUp();
  await session.script({ text: "One." }, { text: "Two." }, { text: "Three." }, { text: "Four." });
  const start: Message[] = [{ role: "user", content: "Tell me a number" }];
  await say(start);
  await say(start);
  expect(await threadsOf(memory)).toBe(2);
  const named = memory.with({ thread: "numbers" });
  const client = new OpenAI({
    apiKey: "sk-test",
    baseURL: session.baseURL,
    dangerouslyAllowBrowser: true,
    fetch: named.fetch,
  });
  for (const expected of ["Three.", "Four."]) {
    const captured = new Promise<void>((resolve) => memory.on("captured", () => resolve()));
    const answer = await client.chat.completions.create({ model: "test", messages: start });
    expect(answer.choices[0]!.message.content).toBe(expected);
    await captured;
  }
  const live = (await named.list({}, { limit: 10 })).records.map((record) => record.text);
  expect(live).toContain("Four.");
  expect(live.filter((text) => text === "Tell me a number")).toHaveLength(1);
});

test("a tool loop of five steps recalls once and keeps the whole earlier request byte for byte", async () => {
  const { memory, session, openai, turns } = await setUp();
  await memory.ingest([{ role: "user", content: "My greenhouse has a copper thermometer." }]);
  await session.script(
    ...[1, 2, 3, 4, 5].map((step) => ({
      toolCalls: [{ id: `call_${step}`, name: "read", arguments: `{"step":${step}}` }],
    })),
    { text: "It is 21 degrees in the greenhouse." },
  );
  let recalls = 0;
  memory.on("recalled", () => (recalls += 1));
  const messages: Message[] = [
    { role: "user", content: "What does the thermometer in my greenhouse say?" },
  ];
  for (let step = 0; step < 6; step += 1) {
    const answer = await openai.chat.completions.create({
      model: "test",
      messages,
      tools: [{ type: "function", function: { name: "read", parameters: { type: "object" } } }],
    });
    const message = answer.choices[0]!.message;
    messages.push(message);
    for (const call of message.tool_calls ?? [])
      messages.push({ role: "tool", tool_call_id: call.id, content: "secret tool payload" });
  }
  const requests = await session.requests();
  expect(requests).toHaveLength(6);
  for (let step = 1; step < 6; step += 1) {
    const before = JSON.stringify(messagesOf(requests[step - 1]));
    const now = JSON.stringify(messagesOf(requests[step]));
    expect(now.startsWith(before.slice(0, -1))).toBe(true);
    expect(now).toContain("copper thermometer");
  }
  expect(recalls).toBe(1);
  await expect.poll(turns).toHaveLength(3);
  expect((await turns()).join()).not.toContain("payload");
});

test("a call with a response schema and no earlier turns stores nothing, whatever its words", async () => {
  const { memory, session, openai } = await setUp();
  await session.script({ text: '{"title":"x"}' });
  await openai.chat.completions.create({
    model: "test",
    messages: [{ role: "user", content: "My name is Joao and I live in Porto." }],
    response_format: {
      type: "json_schema",
      json_schema: { name: "title", schema: { type: "object" } },
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await memory.list()).records).toEqual([]);
});

test("an edit starts a branch; going back to the first one brings it back", async () => {
  const { memory, session, say } = await setUp();
  const live = async (): Promise<string> =>
    (await memory.prepare("Which lake did we plan to swim in?")).text;
  await session.script({ text: "Fine." });
  const start: Message[] = [
    { role: "user", content: "Let us plan the summer" },
    { role: "assistant", content: "Fine." },
  ];
  const a: Message[] = [...start, { role: "user", content: "We swim in lake Saimaa then" }];
  const b: Message[] = [...start, { role: "user", content: "We swim in lake Inari then" }];
  await say(a);
  await say(b);
  expect(await live()).toContain("Inari");
  expect(await live()).not.toContain("Saimaa");
  await say([
    ...a,
    { role: "assistant", content: "Fine." },
    { role: "user", content: "Good, what shall we pack?" },
  ]);
  expect(await live()).toContain("Saimaa");
  expect(await live()).not.toContain("Inari");
  expect(await threadsOf(memory)).toBe(1);
});

test("turns that stand in the request are never recalled", async () => {
  const { session, say } = await setUp();
  await session.script({ text: "Noted." });
  const history: Message[] = [
    { role: "user", content: "The vineyard was planted with Furmint grapes." },
  ];
  history.push({ role: "assistant", content: await say(history) });
  await say([...history, { role: "user", content: "Which grapes was the vineyard planted with?" }]);
  const last = messagesOf((await session.requests()).at(-1)).at(-1)!;
  expect(last.content).toBe("Which grapes was the vineyard planted with?");
});

test("a forgotten turn does not come back when the app sends the whole conversation again", async () => {
  const { memory, session, say, turns } = await setUp();
  await session.script({ text: "I see." });
  const history: Message[] = [{ role: "user", content: "I owe Matthias forty crowns." }];
  history.push({ role: "assistant", content: await say(history) });
  const [record] = (await memory.list({ text: "Matthias" })).records;
  await memory.forget({ ids: [record!.id] });
  await say([...history, { role: "user", content: "What is the weather like?" }]);
  expect((await turns()).join()).not.toContain("Matthias");
  expect(await turns()).toHaveLength(3);
});

test("retries of the client store once, and a refused call leaves its turn marked", async () => {
  const { memory, session, say, openai, turns } = await setUp();
  await session.script(
    { status: 503, headers: { "retry-after-ms": "1" } },
    { status: 503, headers: { "retry-after-ms": "1" } },
    { text: "At last." },
  );
  await say([{ role: "user", content: "Are you there?" }]);
  await expect.poll(turns).toEqual(["Are you there?", "At last."]);
  await session.script({ status: 400 });
  await expect(
    openai.chat.completions.create({
      model: "test",
      messages: [{ role: "user", content: "This one is refused." }],
    }),
  ).rejects.toThrow();
  await expect.poll(turns).toContain("This one is refused.");
  await session.script({ text: "Now it works." });
  await say([{ role: "user", content: "This one is refused." }]);
  expect((await turns()).filter((text) => text === "This one is refused.")).toHaveLength(1);
  expect(await threadsOf(memory)).toBe(2);
});

test("a named thread whose app cuts off the beginning of the history goes on where it was", async () => {
  const { memory, session } = await setUp();
  await session.script({ text: "Yes." });
  const named = memory.with({ thread: "long" });
  const client = new OpenAI({
    apiKey: "sk-test",
    baseURL: session.baseURL,
    dangerouslyAllowBrowser: true,
    fetch: named.fetch,
  });
  const history: Message[] = [];
  for (let i = 0; i < 6; i += 1) {
    history.push({ role: "user", content: `Step ${i} of the plan` });
    const captured = new Promise<void>((resolve) => memory.on("captured", () => resolve()));
    const answer = await client.chat.completions.create({
      model: "test",
      messages: history.slice(-5),
    });
    history.push({ role: "assistant", content: answer.choices[0]!.message.content });
    await captured;
  }
  expect((await named.list({}, { limit: 100 })).records).toHaveLength(12);
});

test("what the user refused to have stored is not offered again with the next question", async () => {
  const { memory, session, openai } = await setUp({ capture: "ask" });
  await session.script({ text: "All right." });
  const asked: string[][] = [];
  let decide: (accept: () => Promise<unknown>, discard: () => void) => void = (_accept, discard) =>
    discard();
  memory.on("pending", ({ turns, accept, discard }) => {
    asked.push(turns.map((turn) => turn.text));
    decide(() => accept(), discard);
  });
  const history: Message[] = [
    { role: "user", content: "Between us: I dislike my cousin Ottokar." },
  ];
  const call = async (): Promise<void> => {
    const before = asked.length;
    const answer = await openai.chat.completions.create({ model: "test", messages: history });
    history.push({ role: "assistant", content: answer.choices[0]!.message.content });
    await expect.poll(() => asked.length).toBe(before + 1);
  };
  await call();
  decide = (accept) => void accept();
  history.push({ role: "user", content: "Which tea is mild?" });
  await call();
  expect(asked[1]).toEqual(["Which tea is mild?", "All right."]);
  await expect.poll(async () => (await memory.list()).records.length).toBe(2);
  expect(JSON.stringify((await memory.list()).records)).not.toContain("Ottokar");
});

test("what was said while nothing was to be kept stays unkept when capture comes on", async () => {
  const { memory, session } = await setUp();
  await session.script({ text: "Understood." });
  const clientOf = (fetch: typeof globalThis.fetch): OpenAI =>
    new OpenAI({
      apiKey: "sk-test",
      baseURL: session.baseURL,
      dangerouslyAllowBrowser: true,
      fetch,
    });
  const history: Message[] = [{ role: "user", content: "Off the record: I am leaving my job." }];
  const quiet = await clientOf(memory.with({}, { mode: "read" }).fetch).chat.completions.create({
    model: "test",
    messages: history,
  });
  history.push({ role: "assistant", content: quiet.choices[0]!.message.content });
  history.push({ role: "user", content: "How long do eggs keep?" });
  const captured = new Promise<void>((resolve) => memory.on("captured", () => resolve()));
  await clientOf(memory.fetch).chat.completions.create({ model: "test", messages: history });
  await captured;
  expect((await memory.list()).records.map((record) => record.text).toSorted()).toEqual([
    "How long do eggs keep?",
    "Understood.",
  ]);
});
