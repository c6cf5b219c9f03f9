import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import {
  type GatewayStage,
  messagesOf,
  promptOf,
  PROVIDER_KEY,
  stage,
  watchWhatLeaves,
} from "./gateway.fixture.ts";
import { DIALECT_CALLS, DIALECT_SECRETS } from "./dialect-calls.fixture.ts";
import { gatewayFaults } from "./gateway-faults.contract.ts";

const KEY = "um-not-a-real-key";
const BASE = "https://edge-api.jithendranara.dev/v1";

watchWhatLeaves([...DIALECT_SECRETS, KEY, "container_tag", "trust_policy"]);

const post = (on: GatewayStage, path: string, body: unknown, key = KEY): Promise<Response> =>
  on.memory.fetch(`${BASE}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

const chat = (content: string, memory?: object): object => ({
  model: "minimax/MiniMax-M2.7",
  messages: [{ role: "user", content }],
  ...(memory === undefined ? {} : { memory }),
});

/** One call whose turns are stored when this resolves. */
async function told(on: GatewayStage, body: object, key = KEY): Promise<Record<string, unknown>> {
  const stored = on.captured();
  const response = await post(on, "/chat/completions", body, key);
  const json = (await response.json()) as Record<string, unknown>;
  await stored;
  return json;
}

describe("the gateway page of UnifiedMemory", () => {
  it("conformance: runs its chat completions example", async () => {
    const on = await stage();
    const response = await post(on, "/chat/completions", {
      model: "minimax/MiniMax-M2.7",
      messages: [
        { role: "system", content: "Use memory only when supplied." },
        { role: "user", content: "What should I know before editing the docs?" },
      ],
      memory: { container_tag: "jeethendra", trust_policy: "balanced", max_context_tokens: 900 },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "A scripted answer." } }],
      memory: {
        container_tag: "jeethendra",
        tokens_injected: 0,
        trust_policy: "balanced",
        cross_agent_candidates_suppressed: 0,
      },
    });
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(request?.json).toEqual({
      model: "MiniMax-M2.7",
      messages: [
        { role: "system", content: "Use memory only when supplied." },
        { role: "user", content: "What should I know before editing the docs?" },
      ],
    });
  });

  it("conformance: runs its responses example", async () => {
    const on = await stage();
    const response = await post(on, "/responses", {
      model: "minimax/MiniMax-M2.7",
      input: "Summarize the current memory docs rules.",
      memory: { container_tag: "jeethendra", include_courtroom_links: true },
    });
    expect(await response.json()).toMatchObject({
      object: "response",
      memory: { container_tag: "jeethendra", trust_policy: "balanced", courtroom_links: [] },
    });
    expect((await on.requests())[0]?.json).toEqual({
      model: "MiniMax-M2.7",
      input: "Summarize the current memory docs rules.",
    });
  });

  it("conformance: serves the openai client, whose answers carry the block", async () => {
    const on = await stage();
    const client = new OpenAI({
      apiKey: KEY,
      baseURL: BASE,
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const memory = { container_tag: "docs", max_context_tokens: 300 };
    const ask = async (content: string): Promise<unknown> => {
      const stored = on.captured();
      const answer = await client.chat.completions.create({
        model: "minimax/MiniMax-M2.7",
        messages: [{ role: "user", content }],
        memory,
      } as OpenAI.ChatCompletionCreateParamsNonStreaming);
      await stored;
      return (answer as unknown as { memory: unknown }).memory;
    };
    await ask("Keep public pages curated and exclude proof artifacts.");
    const block = (await ask("Which pages have to be curated?")) as { tokens_injected: number };
    expect(block.tokens_injected).toBeGreaterThan(0);
    expect(block.tokens_injected).toBeLessThanOrEqual(300);
    expect(promptOf((await on.requests())[1])).toContain("proof artifacts");
    expect(memory).toEqual({ container_tag: "docs", max_context_tokens: 300 });
  });

  it("streams untouched", async () => {
    const on = await stage();
    await on.provider.script({ text: "one two three" });
    const response = await post(on, "/chat/completions", { ...chat("Count"), stream: true });
    const text = await response.text();
    expect(text).toContain("[DONE]");
    expect(text).not.toContain("tokens_injected");
  });
});

describe("containers", () => {
  it("conformance: are exact: no other container's memories, nor any that name none", async () => {
    const on = await stage();
    await on.memory.ingest([{ role: "user", content: "My boat is called Walnut." }]);
    await told(on, chat("My boat is called Hazel.", { container_tag: "a" }));
    await told(on, chat("What is my boat called?", { container_tag: "b" }));
    await told(on, chat("And what is my boat called?", { container_tag: "a" }));
    await told(on, chat("Please, what is my boat called?"));
    const [, b, a, none] = await on.requests();
    expect(promptOf(b)).not.toMatch(/Walnut|Hazel/);
    expect(promptOf(a)).toContain("Hazel");
    expect(promptOf(a)).not.toContain("Walnut");
    expect(promptOf(none)).not.toMatch(/Walnut|Hazel/);
  });

  it("are the key's where a call names none, and a key is kept as a hash", async () => {
    const on = await stage();
    await told(on, chat("My boat is called Hazel."));
    await told(on, chat("What is my boat called?"));
    await told(on, chat("Tell me, what is my boat called?"), "um-another-key");
    const [, own, other] = await on.requests();
    expect(promptOf(own)).toContain("Hazel");
    expect(promptOf(other)).not.toContain("Hazel");
    expect(await (await on.memory.export()).text()).not.toContain(KEY);
  });

  it("can be listed by their tag", async () => {
    const on = await stage();
    await told(on, chat("My boat is called Hazel.", { container_tag: "jeethendra" }));
    const { records } = await on.memory.with({ container: "jeethendra" }).list();
    expect(records.map(({ text }) => text)).toContain("My boat is called Hazel.");
  });
});

describe("max_context_tokens", () => {
  it.each([0, 40, 90, 900])("conformance: is never exceeded: %i", async (most) => {
    const on = await stage();
    const memory = { container_tag: "c", max_context_tokens: most };
    await on.memory.with({ container: "c" }).ingest(
      Array.from({ length: 40 }, (_, at) => ({
        role: "user" as const,
        content: `Boat number ${at} of mine lies in harbour ${at * 7} and has a green keel.`,
      })),
    );
    const answer = await told(on, chat("Which of my boats have a green keel?", memory));
    const { tokens_injected: tokens } = answer["memory"] as { tokens_injected: number };
    expect(tokens).toBeLessThanOrEqual(most);
    const sent = JSON.stringify(messagesOf((await on.requests())[0])).length;
    expect(sent).toBeLessThan(most * 8 + 200);
  });
});

gatewayFaults(DIALECT_CALLS.unifiedmemory);

describe("conformance: bad input", () => {
  it.each([
    ["no JSON", "{", 422],
    ["a list", "[]", 422],
    ["no model", { messages: [{ role: "user", content: "x" }] }, 422],
    ["no messages", { model: "minimax/m" }, 422],
    ["messages without roles", { model: "minimax/m", messages: [{ content: "x" }] }, 422],
    ["memory that is no object", { ...chat("x"), memory: true }, 422],
    ["a tag that is no text", chat("x", { container_tag: 7 }), 422],
    ["an empty tag", chat("x", { container_tag: " " }), 422],
    ["a budget below nothing", chat("x", { max_context_tokens: -1 }), 422],
    ["a budget that is no number", chat("x", { max_context_tokens: "many" }), 422],
    ["links that are no switch", chat("x", { include_courtroom_links: 1 }), 422],
    ["a model of nobody's", { model: "nobody/m", messages: [{ role: "user", content: "x" }] }, 404],
  ])("%s", async (_name, body, status) => {
    const on = await stage();
    const response = await post(on, "/chat/completions", body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String) as string, code: status },
    });
    expect(await on.requests()).toEqual([]);
  });

  it("conformance: is a 401 without a key, a 404 on other routes, a 422 without input", async () => {
    const on = await stage();
    const bare = await on.memory.fetch(`${BASE}/chat/completions`, { method: "POST", body: "{}" });
    expect(bare.status).toBe(401);
    expect((await post(on, "/embeddings", {})).status).toBe(404);
    expect((await post(on, "/responses", { model: "minimax/m" })).status).toBe(422);
  });

  it("drops what is unknown in `memory`, passes on what is not its own, and tells the first once", async () => {
    const on = await stage();
    const notices: string[] = [];
    on.memory.on("error", ({ message }) => notices.push(message));
    const body = { ...chat("Hi", { flavour: "sweet" }), metadata: { a: "b" }, future: [1] };
    await told(on, body);
    await told(on, body);
    expect((await on.requests())[0]?.json).toMatchObject({ metadata: { a: "b" }, future: [1] });
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain("memory.flavour");
    expect(notices[1]).toContain("`future` went on to the provider");
  });
});
