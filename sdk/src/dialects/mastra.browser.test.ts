import Anthropic from "@anthropic-ai/sdk";
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

const KEY = "msk_not_a_real_key";
const BASE = "https://gateway-api.mastra.ai/v1";

watchWhatLeaves([...DIALECT_SECRETS, KEY]);

const clientOf = ({ memory }: GatewayStage): OpenAI =>
  new OpenAI({
    apiKey: KEY,
    baseURL: BASE,
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    fetch: memory.fetch,
  });

const ids = (thread: string, resource: string): Record<string, string> => ({
  "x-thread-id": thread,
  "x-resource-id": resource,
});

async function say(
  on: GatewayStage,
  content: string,
  headers: Record<string, string>,
): Promise<OpenAI.ChatCompletion> {
  const stored = on.captured();
  const response = await clientOf(on).chat.completions.create(
    { model: "google/gemini-2.5-flash", messages: [{ role: "user", content }] },
    { headers },
  );
  if (headers["x-thread-id"] !== undefined) await stored;
  return response;
}

const raw = (on: GatewayStage, path: string, init: RequestInit = {}): Promise<Response> =>
  on.memory.fetch(`${BASE}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${KEY}`, ...(init.headers as Record<string, string>) },
  });

describe("the quickstart of the Mastra gateway", () => {
  it("conformance: makes its first request, without memory", async () => {
    const on = await stage();
    await on.provider.script({ text: "Hello!" });
    const client = new OpenAI({
      apiKey: "msk_not_a_real_key",
      baseURL: "https://gateway-api.mastra.ai/v1",
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const response = await client.chat.completions.create({
      model: "google/gemini-2.5-flash",
      messages: [{ role: "user", content: "Hello World!" }],
    });
    expect(response.choices[0]?.message.content).toBe("Hello!");
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1beta/openai/chat/completions");
    expect(request?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(request?.json).toEqual({
      model: "gemini-2.5-flash",
      messages: [{ role: "user", content: "Hello World!" }],
    });
    expect((await on.memory.stats()).records).toBe(0);
  });

  it("conformance: knows with thread and resource what was said before, though only the new message is sent", async () => {
    const on = await stage();
    await on.provider.script({ text: "Noted, Alex." }, { text: "Alex" });
    const client = clientOf(on);
    const stored = on.captured();
    await client.chat.completions.create(
      {
        model: "google/gemini-2.5-flash",
        messages: [{ role: "user", content: "My name is Alex and I prefer concise answers." }],
      },
      { headers: { "x-thread-id": "my-thread-1", "x-resource-id": "user-42" } },
    );
    await stored;
    await client.chat.completions.create(
      {
        model: "google/gemini-2.5-flash",
        messages: [{ role: "user", content: "What is my name?" }],
      },
      { headers: { "x-thread-id": "my-thread-1", "x-resource-id": "user-42" } },
    );
    const [, second] = await on.requests();
    expect(messagesOf(second)).toMatchObject([
      { role: "user", content: "My name is Alex and I prefer concise answers." },
      { role: "assistant", content: "Noted, Alex." },
      { role: "user" },
    ]);
    expect(String(messagesOf(second)[2]?.content)).toContain("What is my name?");
  });

  it("conformance: runs as curl does", async () => {
    const on = await stage();
    const response = await on.memory.fetch("https://gateway-api.mastra.ai/v1/chat/completions", {
      method: "POST",
      headers: {
        Authorization: `Bearer ${KEY}`,
        "Content-Type": "application/json",
        "x-thread-id": "my-thread-1",
        "x-resource-id": "user-42",
      },
      body: JSON.stringify({
        model: "google/gemini-2.5-flash",
        messages: [{ role: "user", content: "My name is Alex and I prefer concise answers." }],
      }),
    });
    expect(response.status).toBe(200);
  });
});

describe("threads and resources", () => {
  it("conformance: refuses a thread without a resource, and does without memory for a resource without a thread", async () => {
    const on = await stage();
    const body = '{"model":"openai/gpt-x","messages":[{"role":"user","content":"Hi"}]}';
    const post = (headers: Record<string, string>): Promise<Response> =>
      raw(on, "/chat/completions", { method: "POST", headers, body });
    const refused = await post({ "x-thread-id": "t" });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: {
        type: "invalid_request_error",
        message: expect.stringContaining("x-resource-id") as string,
      },
    });
    expect((await post({ "x-resource-id": "r" })).status).toBe(200);
    expect((await on.memory.with({ user: "r" }).list()).records).toEqual([]);
  });

  it("conformance: gives a thread to the resource that began it, and is a 404 for any other", async () => {
    const on = await stage();
    await say(on, "My locker code is violet.", ids("t", "jane"));
    const refused = await clientOf(on)
      .chat.completions.create(
        { model: "openai/gpt-x", messages: [{ role: "user", content: "What is my code?" }] },
        { headers: ids("t", "john") },
      )
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpenAI.NotFoundError);
    expect(refused).toMatchObject({ status: 404, type: "not_found" });
    expect(await on.requests()).toHaveLength(1);
    await say(on, "What is my locker code?", ids("t2", "john"));
    expect(promptOf((await on.requests())[1])).not.toContain("violet");
  });

  it("has a resource's other threads at hand by recall, not as history", async () => {
    const on = await stage();
    await say(on, "I play the bassoon in a small orchestra.", ids("t1", "jane"));
    await say(on, "Which instrument do I play in the orchestra?", ids("t2", "jane"));
    const [, second] = await on.requests();
    expect(messagesOf(second)).toHaveLength(1);
    expect(promptOf(second)).toContain("bassoon");
  });

  it("conformance: puts history behind the app's system text, on every API of the gateway", async () => {
    const on = await stage();
    await on.provider.script({ text: "One." }, { text: "Two." }, { text: "Three." });
    const headers = ids("t", "r");
    await say(on, "I keep geese.", headers);
    let stored = on.captured();
    const anthropic = new Anthropic({
      authToken: null,
      apiKey: KEY,
      baseURL: "https://gateway-api.mastra.ai",
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    await anthropic.messages.create(
      {
        model: "anthropic/claude-sonnet-4.6",
        max_tokens: 9,
        system: "Be brief.",
        messages: [{ role: "user", content: "How many?" }],
      },
      { headers },
    );
    await stored;
    stored = on.captured();
    await clientOf(on).responses.create(
      { model: "openai/gpt-x", instructions: "Be brief.", input: "And why?" },
      { headers },
    );
    await stored;
    const [, claude, responses] = await on.requests();
    expect(claude?.url).toBe("/v1/messages");
    expect(claude?.json).toMatchObject({ model: "claude-sonnet-4-6" });
    expect(claude?.headers["x-api-key"]).toBe(PROVIDER_KEY);
    expect(messagesOf(claude).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(
      messagesOf(responses)
        .map(({ role }) => role)
        .join(),
    ).toBe("user,assistant,user,assistant,user");
    expect(messagesOf(responses)[3]?.content).toBe("Two.");
  });

  it("keeps a tool loop whole: no turn twice, the same history at every step", async () => {
    const on = await stage();
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: "function", function: { name: "count", parameters: { type: "object" } } },
    ];
    const call = { id: "c1", name: "count", arguments: "{}" };
    await on.provider.script({ text: "Hello." }, { toolCalls: [call] }, { text: "Seven." });
    const headers = ids("t", "r");
    await say(on, "I keep geese.", headers);
    const client = clientOf(on);
    const user = { role: "user" as const, content: "How many geese?" };
    const first = await client.chat.completions.create(
      { model: "openai/gpt-x", messages: [user], tools },
      { headers },
    );
    const stored = on.captured();
    await client.chat.completions.create(
      {
        model: "openai/gpt-x",
        tools,
        messages: [
          user,
          first.choices[0]!.message,
          { role: "tool", tool_call_id: "c1", content: "7" },
        ],
      },
      { headers },
    );
    await stored;
    await on.memory.close();
    const [, asking, answering] = await on.requests();
    expect(messagesOf(asking).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(messagesOf(answering).map(({ role }) => role)).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "tool",
    ]);
    expect(messagesOf(answering).slice(0, 3)).toEqual(messagesOf(asking));
  });
});

describe("keys", () => {
  it("takes the provider's key from Authorization where the gateway's stands in its own header", async () => {
    const on = await stage();
    await on.memory.fetch(`${BASE}/chat/completions`, {
      method: "POST",
      headers: {
        "X-Memory-Gateway-Authorization": `Bearer ${KEY}`,
        Authorization: "Bearer sk-own-key",
      },
      body: '{"model":"openai/gpt-x","messages":[{"role":"user","content":"Hi"}]}',
    });
    expect((await on.requests())[0]?.headers["authorization"]).toBe("Bearer sk-own-key");
  });

  it.each([
    { authorization: "Bearer sk-somebody" },
    { authorization: "" },
    { "x-memory-gateway-authorization": "Bearer nothing" },
  ])("refuses %o", async (headers) => {
    const on = await stage();
    const response = await raw(on, "/chat/completions", { method: "POST", headers, body: "{}" });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { type: "authentication_error" } });
    expect(await on.requests()).toEqual([]);
  });
});

describe("the memory routes", () => {
  it("conformance: lists threads and their messages, in pages, and deletes them", async () => {
    const on = await stage();
    await on.provider.script({ text: "Fine." }, { text: "Good." }, { text: "Nice." });
    await say(on, "I keep geese.", ids("t1", "jane"));
    await say(on, "I keep hens.", ids("t2", "jane"));
    await say(on, "I keep goats.", ids("t3", "john"));
    const read = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
      (await raw(on, path, { headers })).json();
    expect(await read("/memory/threads?resourceId=jane")).toMatchObject({
      total: 2,
      hasMore: false,
      threads: expect.arrayContaining([
        expect.objectContaining({ id: "t1", resourceId: "jane", messageCount: 2 }),
        expect.objectContaining({ id: "t2", resourceId: "jane" }),
      ]) as unknown,
    });
    expect(await read("/memory/threads?limit=2")).toMatchObject({ total: 3, hasMore: true });
    expect(await read("/memory/threads/t1/messages")).toMatchObject({
      messages: [
        { role: "user", content: "I keep geese.", threadId: "t1", resourceId: "jane" },
        { role: "assistant", content: "Fine." },
      ],
      total: 2,
    });
    expect(await read("/memory/threads/t1/messages?limit=1&offset=1")).toMatchObject({
      messages: [{ role: "assistant" }],
      hasMore: false,
    });
    expect(await read("/memory/threads/t1", { "x-resource-id": "john" })).toMatchObject({
      error: { type: "not_found" },
    });
    expect(await read("/memory/threads/t1/observations")).toMatchObject({ observations: [] });

    const gone = await raw(on, "/memory/threads/t1", { method: "DELETE" });
    expect(await gone.json()).toMatchObject({ success: true, deleted: 2 });
    expect((await raw(on, "/memory/threads/t1")).status).toBe(404);
    expect(await read("/memory/threads?resourceId=jane")).toMatchObject({ total: 1 });
    // A name that was let go is free for another resource.
    await say(on, "I keep bees.", ids("t1", "john"));
  });

  it("begins threads, each for its resource", async () => {
    const on = await stage();
    const begin = (body: object): Promise<Response> =>
      raw(on, "/memory/threads", { method: "POST", body: JSON.stringify(body) });
    expect((await begin({ id: "t", resourceId: "jane" })).status).toBe(201);
    expect((await begin({ id: "t", resourceId: "john" })).status).toBe(404);
    expect((await begin({})).status).toBe(400);
    expect((await raw(on, "/memory/threads/t?resourceId=jane")).status).toBe(200);
  });

  it("shows an app's own user only what is theirs", async () => {
    const on = await stage();
    const as = async (user: string, path: string, init: RequestInit = {}): Promise<Response> =>
      on.memory.with({ user }).fetch(`${BASE}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${KEY}`, ...ids("t", "r") },
      });
    const stored = on.captured();
    await (
      await as("ann", "/chat/completions", {
        method: "POST",
        body: '{"model":"openai/gpt-x","messages":[{"role":"user","content":"I keep geese."}]}',
      })
    ).text();
    await stored;
    expect(await (await as("ann", "/memory/threads")).json()).toMatchObject({ total: 1 });
    expect(await (await as("ben", "/memory/threads")).json()).toMatchObject({ total: 0 });
  });
});

gatewayFaults(DIALECT_CALLS.mastra);

describe("conformance: bad input", () => {
  it.each([
    ["no JSON", "/chat/completions", "{", 400],
    ["no model", "/chat/completions", '{"messages":[{}]}', 400],
    ["no messages", "/chat/completions", '{"model":"openai/x"}', 400],
    ["no input", "/responses", '{"model":"openai/x"}', 400],
    ["an unknown route", "/embeddings", "{}", 404],
    ["an unknown memory route", "/memory/dreams", "{}", 404],
  ])("%s", async (_name, path, body, status) => {
    const on = await stage();
    const response = await raw(on, path, { method: "POST", body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String) as string, type: expect.any(String) as string },
    });
  });

  it("is told as Anthropic would on that API", async () => {
    const on = await stage();
    const response = await raw(on, "/messages", { method: "POST", body: "{" });
    expect(await response.json()).toMatchObject({ type: "error" });
  });
});
