import OpenAI from "openai";
import { afterEach, describe, expect, inject, it } from "vitest";
import { createMemory, type Memory } from "../memory.ts";
import type { MemoryEvents } from "../domain/events.ts";
import type { MemoryOptions } from "../options.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import {
  openSession,
  type ScriptedSession,
  type SeenRequest,
} from "../testing/scripted-session.ts";

/** The fetch path over the real vault, worker and recall: what a second call knows of a first one. */

type Messages = OpenAI.ChatCompletionMessageParam[];

const memories: Memory[] = [];
function open(options: MemoryOptions = {}): Memory {
  const memory = createMemory({
    vault: `f-${crypto.randomUUID()}`,
    recall: { deadlineMs: 5_000, coldDeadlineMs: 8_000 },
    ...options,
  });
  memories.push(memory);
  return memory;
}
afterEach(async () => {
  for (const memory of memories.splice(0)) await memory.destroy().catch(() => undefined);
});

/** The messages of a request, as its bytes. */
function sentMessages(request: SeenRequest | undefined): readonly { readonly content: string }[] {
  if (request === undefined) throw new Error("there was no such request");
  return (request.json as { readonly messages: readonly { readonly content: string }[] }).messages;
}

const session = (): ScriptedSession => openSession(inject("scriptedProvider"));

function client(provider: ScriptedSession, memory: Pick<Memory, "fetch">, maxRetries = 0): OpenAI {
  return new OpenAI({
    apiKey: "sk-test-not-a-real-key",
    baseURL: provider.baseURL,
    dangerouslyAllowBrowser: true,
    maxRetries,
    fetch: memory.fetch,
  });
}

/** Makes the call and waits until what it said can be found. */
async function say(
  memory: Memory,
  openai: OpenAI,
  messages: Messages,
): Promise<{ readonly text: string; readonly captured: MemoryEvents["captured"] }> {
  let stop = (): void => undefined;
  const told = new Promise<MemoryEvents["captured"]>((resolve) => {
    stop = memory.on("captured", resolve);
  });
  const answer = await openai.chat.completions.create({ model: "gpt-x", messages });
  const captured = await told;
  stop();
  return { text: answer.choices[0]?.message.content ?? "", captured };
}

async function turnsOf(memory: Memory): Promise<readonly MemoryRecord[]> {
  return (await memory.list({ kinds: ["turn"] }, { limit: 1_000 })).records;
}

const user = (content: string): Messages[number] => ({ role: "user", content });
const assistant = (content: string): Messages[number] => ({ role: "assistant", content });

describe("memory.fetch over the real vault", () => {
  it("brings what was said in one chat into another, and not the other way round", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    await say(memory, openai, [
      user("My canoe is called Wren and it is stored at the lake house in Värmland."),
    ]);
    const { captured } = await say(memory, openai, [user("Where is my canoe stored?")]);
    const [first, second] = await provider.requests();
    expect(first?.body).not.toContain("alcove");
    expect(second?.body).toContain("Värmland");
    const trace = memory.trace(captured.traceId);
    expect(trace?.memories.length).toBeGreaterThan(0);
    expect(trace?.captured).toMatchObject({ state: "stored", ids: captured.ids });
    expect(trace?.threadId).toBe(captured.threadId);
  });

  it("keeps two chats that begin alike apart, and a chat of fifty turns whole", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    const one = await say(memory, openai, [user("Hi")]);
    const two = await say(memory, openai, [user("Hi")]);
    expect(two.captured.threadId).not.toBe(one.captured.threadId);

    const long = open();
    const chat = client(provider, long);
    const messages: Messages = [{ role: "system", content: "Be kind." }];
    const threads = new Set<string>();
    for (let turn = 0; turn < 25; turn++) {
      await provider.script({ text: `Answer number ${turn}.` });
      messages.push(user(`Question number ${turn}?`));
      const { text, captured } = await say(long, chat, messages);
      messages.push(assistant(text));
      threads.add(captured.threadId);
    }
    expect(threads.size).toBe(1);
    const stored = (await turnsOf(long)).map((record) => record.text);
    expect(stored.length).toBe(50);
    expect(new Set(stored).size).toBe(50);
  });

  it("starts a branch where an answer is made again, and stores the shared part once", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    const opening = [user("Name a bird."), assistant("Heron.")];
    await provider.script({ text: "Heron." }, { text: "It fishes." }, { text: "It wades." });
    const first = await say(memory, openai, opening.slice(0, 1));
    await say(memory, openai, [...opening, user("What does it do?")]);
    const again = await say(memory, openai, [...opening, user("What does it do?")]);
    expect(again.captured.threadId).toBe(first.captured.threadId);
    const texts = (await turnsOf(memory)).map((record) => record.text);
    expect(texts.filter((text) => text === "What does it do?").length).toBe(1);
    expect(texts).toContain("It wades.");
  });

  it("stores a turn once over the client's retries, and finds it after an error", async () => {
    const provider = session();
    await provider.script(
      { status: 503, headers: { "retry-after-ms": "5" } },
      { text: "Noted." },
      { status: 400 },
    );
    const memory = open();
    const openai = client(provider, memory, 2);
    await openai.chat.completions.create({
      model: "gpt-x",
      messages: [user("The spare key hangs in the boiler room.")],
    });
    await openai.chat.completions
      .create({ model: "gpt-x", messages: [user("The ladder is behind the shed.")] })
      .catch(() => undefined);
    await expect
      .poll(async () => (await turnsOf(memory)).map((record) => record.text).toSorted())
      .toEqual([
        "Noted.",
        "The ladder is behind the shed.",
        "The spare key hangs in the boiler room.",
      ]);
    expect((await memory.search("ladder"))[0]?.text).toBe("The ladder is behind the shed.");
  });

  it("stores a turn once when the app itself tries again at once, also past the deadline", async () => {
    const provider = session();
    for (const deadlineMs of [5_000, 0]) {
      await provider.script({ status: 500 }, { status: 500 }, { text: "Third time." });
      const memory = open({ recall: { deadlineMs, coldDeadlineMs: deadlineMs } });
      const body = JSON.stringify({ messages: [user("The tent pegs are in the blue tin.")] });
      for (let attempt = 0; attempt < 3; attempt++) {
        const response = await memory.fetch(`${provider.baseURL}/chat/completions`, {
          method: "POST",
          body,
        });
        await response.text();
      }
      await expect
        .poll(async () => (await turnsOf(memory)).map((record) => record.text).toSorted(), {
          timeout: 5_000,
        })
        .toEqual(["The tent pegs are in the blue tin.", "Third time."]);
    }
  });

  it("stores nothing of a title maker, of a system text or of a tool's result", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    await openai.chat.completions.create({
      model: "gpt-x",
      messages: [user("A title, please.")],
      response_format: { type: "json_object" },
    });
    await say(memory, openai, [
      { role: "system", content: "A secret instruction of the app." },
      user("Look at the tide."),
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "tide", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "a payload of the tool" },
    ]);
    expect((await turnsOf(memory)).map((record) => record.text).toSorted()).toEqual([
      "A scripted answer.",
      "Look at the tide.",
    ]);
  });

  it("conformance: never stores what it recalled, in ten rounds of a model that repeats its whole prompt", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    await say(memory, openai, [
      user("My tortoise is called Brunel and lives under the pear tree."),
    ]);
    for (let round = 0; round < 10; round++) {
      const asked = user(`Round ${round}: where does my tortoise live?`);
      await provider.script({ text: "As said." });
      await say(memory, openai, [asked]);
      const sent = (await provider.requests()).at(-1);
      const block = sentMessages(sent)
        .map((message) => message.content)
        .join("\n");
      expect(block).toContain("Brunel");
      await provider.script({ text: `You told me:\n${block}` });
      await say(memory, openai, [user(`${block}\n\nAgain, round ${round}.`)]);
    }
    const all = await turnsOf(memory);
    expect(
      all.filter((record) => record.text.includes("Brunel")).map((record) => record.text),
    ).toEqual(["My tortoise is called Brunel and lives under the pear tree."]);
  });

  it("conformance: keeps a tool loop's requests identical up to the new step", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    await say(memory, openai, [
      user("I am allergic to walnuts, and my oven is a wood stove called Etna."),
    ]);
    const look = { name: "look", arguments: "{}" };
    await provider.script(
      {
        toolCalls: [
          { id: "a", ...look },
          { id: "b", ...look },
        ],
      },
      { toolCalls: [{ id: "c", ...look }] },
      { toolCalls: [{ id: "d", ...look }] },
      { toolCalls: [{ id: "e", ...look }] },
      { text: "Bake bread." },
    );
    let recalled = 0;
    memory.on("recalled", () => recalled++);
    const messages: Messages = [
      { role: "system", content: "Use tools." },
      user("What can I bake in Etna?"),
    ];
    for (let step = 0; step < 5; step++) {
      const answer = await openai.chat.completions.create({ model: "gpt-x", messages });
      const message = answer.choices[0]?.message;
      if (message === undefined) throw new Error("no message");
      messages.push(message);
      for (const call of message.tool_calls ?? [])
        messages.push({ role: "tool", tool_call_id: call.id, content: "flour" });
    }
    const bodies = (await provider.requests())
      .slice(1)
      .map((request) => JSON.stringify((request.json as { readonly messages: unknown }).messages));
    expect(bodies.length).toBe(5);
    expect(bodies[0]).toContain("walnuts");
    for (const [at, body] of bodies.entries())
      expect(body.startsWith((bodies[at - 1] ?? "[").slice(0, -1))).toBe(true);
    expect(recalled).toBe(1);
    await expect
      .poll(async () => (await turnsOf(memory)).map((record) => record.text))
      .toContain("Bake bread.");
    expect(
      (await turnsOf(memory)).filter((record) => record.text.startsWith("What can I bake")).length,
    ).toBe(1);
  });

  it("keeps the prompt's beginning from call to call, profile included", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    await say(memory, openai, [user("I am allergic to walnuts.")]);
    const messages: Messages = [{ role: "system", content: "Be brief." }];
    const sent: string[][] = [];
    for (const question of [
      "What shall I cook?",
      "And I am a vegetarian too. Which soup?",
      "Which dessert?",
    ]) {
      messages.push(user(question));
      const { text } = await say(memory, openai, messages);
      messages.push(assistant(text));
      const last = (await provider.requests()).at(-1);
      sent.push(sentMessages(last).map((message) => JSON.stringify(message)));
    }
    expect(sent[0]?.[0]).toContain("walnuts");
    for (const [at, now] of sent.entries()) {
      const before = sent[at - 1];
      // All before that turn's user message, which is the last of its request.
      if (before !== undefined)
        expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    }
  });

  it("keeps users apart by header, and lets no request show it", async () => {
    const provider = session();
    const memory = open();
    const openai = client(provider, memory);
    const as = (name: string, content: string) =>
      openai.chat.completions.create(
        { model: "gpt-x", messages: [user(content)] },
        { headers: { "x-alcove-user": name } },
      );
    await as("ada", "My locker code hint is the colour vermilion.");
    await expect
      .poll(async () => (await memory.with({ user: "ada" }).list()).records.length)
      .toBe(2);
    await as("bob", "What is my locker code hint?");
    await as("ada", "What is my locker code hint?");
    const bodies = (await provider.requests()).map((request) => request.body);
    expect(bodies[1]).not.toContain("vermilion");
    expect(bodies[2]).toContain("vermilion");
    expect((await memory.list()).records).toEqual([]);
  });
});
