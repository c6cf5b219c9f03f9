import OpenAI from "openai";
import { afterEach, describe, expect, inject, test } from "vitest";
import { createMemory, type Memory } from "../src/index.ts";
import { openSession, type ScriptedSession } from "../src/testing/scripted-session.ts";

const open: Memory[] = [];
afterEach(async () => {
  for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
});

function start(): {
  readonly memory: Memory;
  readonly provider: ScriptedSession;
  readonly client: OpenAI;
  captured(): Promise<string>;
} {
  const memory = createMemory({ vault: `f-${crypto.randomUUID()}` });
  open.push(memory);
  const provider = openSession(inject("scriptedProvider"));
  const client = new OpenAI({
    apiKey: "sk-test-not-a-real-key",
    baseURL: provider.baseURL,
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    fetch: memory.fetch,
  });
  const told: string[] = [];
  let read = 0;
  memory.on("captured", ({ threadId }) => told.push(threadId));
  return {
    memory,
    provider,
    client,
    async captured() {
      await expect.poll(() => told.length, { timeout: 5_000 }).toBeGreaterThan(read);
      return told[read++]!;
    },
  };
}

async function said(memory: Memory): Promise<readonly string[]> {
  const { records } = await memory.list({ kinds: ["turn"] });
  return records.map(({ role, text }) => `${role}: ${text}`).toReversed();
}

describe("conversations that the provider keeps (OpenAI Responses)", () => {
  test("a call that follows an answer by its id goes on with that thread, also at once", async () => {
    const { memory, provider, client, captured } = start();
    await provider.script(
      { text: "Noted: a loft." },
      { text: "In a loft." },
      { text: "Elsewhere." },
    );
    const first = await client.responses.create({ model: "g", input: "I moved into a loft." });
    const second = await client.responses.create({
      model: "g",
      input: "Where do I live?",
      previous_response_id: first.id,
    });
    const threads = [await captured(), await captured()];
    expect(threads[1]).toBe(threads[0]);
    expect(await said(memory)).toEqual([
      "user: I moved into a loft.",
      "assistant: Noted: a loft.",
      "user: Where do I live?",
      "assistant: In a loft.",
    ]);
    // Going on from the first answer again is a branch: what came after it is left.
    await client.responses.create({
      model: "g",
      input: "What did I say?",
      previous_response_id: first.id,
    });
    expect(await captured()).toBe(threads[0]);
    expect(second.output_text).toBe("In a loft.");
    const found = (await memory.search("loft")).map(({ text }) => text);
    expect(found).toContain("I moved into a loft.");
    expect(found).not.toContain("In a loft.");
  });

  test("a tool loop by ids keeps its memory, and its last answer belongs to the user's turn", async () => {
    const { memory, provider, client, captured } = start();
    await memory.ingest([
      { role: "user", content: "My boat is called Petrel and I keep it in Kragerø." },
    ]);
    await provider.script(
      { toolCalls: [{ id: "c1", name: "weather", arguments: '{"at":"Kragerø"}' }] },
      { text: "Calm seas for Petrel." },
    );
    const first = await client.responses.create({
      model: "g",
      input: "How is the sea where my boat is?",
    });
    const call = first.output.find((item) => item.type === "function_call");
    const answer = await client.responses.create({
      model: "g",
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: call!.call_id, output: "calm" }],
    });
    expect(answer.output_text).toBe("Calm seas for Petrel.");
    const [one, two] = (await provider.requests()).map(
      ({ json }) => json as { readonly instructions?: string; readonly input: unknown },
    );
    expect(one?.instructions).toContain("Petrel");
    expect(one?.input).toBe("How is the sea where my boat is?");
    expect(two?.instructions).toBe(one?.instructions);
    await captured();
    await captured().catch(() => undefined);
    expect((await said(memory)).slice(1)).toEqual([
      "user: How is the sea where my boat is?",
      "assistant: Calm seas for Petrel.",
    ]);
  });

  test("a conversation of the provider's is one thread", async () => {
    const { memory, provider, client, captured } = start();
    await provider.script({ text: "One." }, { text: "Two." });
    for (const input of ["I play the cello.", "What do I play?"])
      await client.responses.create({ model: "g", input, conversation: "conv_7" });
    expect([await captured(), await captured()]).toEqual(["conv_7", "conv_7"]);
    expect(await said(memory)).toHaveLength(4);
  });
});
