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

const BASE = "https://api.supermemory.ai/v3/https://api.openai.com/v1/";
const OWN = "sm_not_a_real_key";

watchWhatLeaves([...DIALECT_SECRETS, OWN, "YOUR_SUPERMEMORY_API_KEY", "userId="]);

function clientOf({ memory }: GatewayStage, defaultHeaders: Record<string, string> = {}): OpenAI {
  return new OpenAI({
    apiKey: "YOUR_OPENAI_API_KEY",
    baseURL: BASE,
    defaultHeaders: { "x-supermemory-api-key": OWN, ...defaultHeaders },
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    fetch: memory.fetch,
  });
}

const say = (
  client: OpenAI,
  content: string,
  headers: Record<string, string> = {},
): Promise<OpenAI.ChatCompletion> =>
  client.chat.completions.create(
    { model: "gpt-5", messages: [{ role: "user", content }] },
    { headers },
  );

describe("the usage page of the supermemory router", () => {
  it("conformance: runs its first example with one line more", async () => {
    const on = await stage();
    const client = new OpenAI({
      apiKey: "YOUR_OPENAI_API_KEY",
      baseURL: "https://api.supermemory.ai/v3/https://api.openai.com/v1/",
      defaultHeaders: {
        "x-supermemory-api-key": "YOUR_SUPERMEMORY_API_KEY",
        "x-sm-user-id": "user123",
      },
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const response = await client.chat.completions.create({
      model: "gpt-5",
      messages: [{ role: "user", content: "Hello!" }],
    });
    expect(response.choices[0]?.message.content).toBe("A scripted answer.");
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe("Bearer YOUR_OPENAI_API_KEY");
    expect(request?.json).toEqual({
      model: "gpt-5",
      messages: [{ role: "user", content: "Hello!" }],
    });
  });

  it("conformance: runs its URL parameters, with the path that a client doubles", async () => {
    const on = await stage();
    const client = new OpenAI({
      apiKey: "YOUR_OPENAI_API_KEY",
      baseURL:
        "https://api.supermemory.ai/v3/https://api.openai.com/v1/chat/completions?userId=user123",
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const stored = on.captured();
    await say(client, "I fold paper cranes.");
    await stored;
    expect((await on.requests())[0]?.url).toBe("/v1/chat/completions");
    const { records } = await on.memory.with({ user: "user123" }).list();
    expect(records.map(({ text }) => text)).toContain("I fold paper cranes.");
  });

  it.each([
    "https://api.supermemory.ai/v3/https:/api.openai.com/v1/chat/completions?userId=u",
    "https://api.supermemory.ai/v3/https://api.openai.com/v1?userId=u/chat/completions",
    "https://api.supermemory.ai/v3/https%3A%2F%2Fapi.openai.com%2Fv1%2Fchat%2Fcompletions?userId=u",
    "https://api.supermemory.ai/v3/https://api.openai.com/v1/chat/completions?userId=u&apiKey=sm_not_a_real_key",
  ])("understands %s", async (url) => {
    const on = await stage();
    const stored = on.captured();
    const response = await on.memory.fetch(url, {
      method: "POST",
      headers: { authorization: "Bearer sk-own" },
      body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "I juggle." }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
    await stored;
    expect((await on.requests())[0]?.url).toBe("/v1/chat/completions");
    expect((await on.memory.with({ user: "u" }).list()).records).not.toEqual([]);
  });

  it("conformance: keeps a conversation of which only new turns are sent", async () => {
    const on = await stage();
    await on.provider.script(
      { text: "Hi Alice, I am Bolt." },
      { text: "Alice." },
      { text: "Yes." },
    );
    const client = clientOf(on, { "x-sm-user-id": "user123" });
    const conversation = { "x-sm-conversation-id": "conv_123" };
    for (const content of ["My name is Alice", "What's my name?", "And yours?"]) {
      const stored = on.captured();
      await say(client, content, conversation);
      await stored;
    }
    const [, second, third] = await on.requests();
    expect(messagesOf(second).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(messagesOf(second).slice(0, 2)).toEqual([
      { role: "user", content: "My name is Alice" },
      { role: "assistant", content: "Hi Alice, I am Bolt." },
    ]);
    expect(
      messagesOf(third)
        .map(({ role }) => role)
        .join(),
    ).toBe("user,assistant,user,assistant,user");
  });

  it("gives an app that sends everything again nothing twice", async () => {
    const on = await stage();
    await on.provider.script({ text: "Hello Alice." });
    const client = clientOf(on);
    const headers = { "x-sm-conversation-id": "conv_123" };
    let stored = on.captured();
    await say(client, "My name is Alice", headers);
    await stored;
    stored = on.captured();
    const messages = [
      { role: "system" as const, content: "Be kind." },
      { role: "user" as const, content: "My name is Alice" },
      { role: "assistant" as const, content: "Hello Alice." },
      { role: "user" as const, content: "And now?" },
    ];
    await client.chat.completions.create({ model: "gpt-5", messages }, { headers });
    await stored;
    expect(messagesOf((await on.requests())[1]).map(({ role }) => role)).toEqual(
      messages.map(({ role }) => role),
    );
    const { records } = await on.memory.list({}, { limit: 100 });
    expect(records.filter(({ text }) => text === "My name is Alice")).toHaveLength(1);
  });

  it("conformance: keeps Alice and Bob apart, in one conversation id too", async () => {
    const on = await stage();
    const headers = { "x-sm-conversation-id": "conv_1" };
    const stored = on.captured();
    await say(clientOf(on, { "x-sm-user-id": "alice_123" }), "My locker code is violet.", headers);
    await stored;
    await say(clientOf(on, { "x-sm-user-id": "bob_456" }), "What is my locker code?", headers);
    expect(promptOf((await on.requests())[1])).not.toContain("violet");
  });
});

describe("ids, headers and history", () => {
  it("takes the user from the header, else from the body, else from the URL", async () => {
    const on = await stage();
    const call = async (
      content: string,
      header: Record<string, string>,
      body: object,
      query = "",
    ): Promise<void> => {
      const stored = on.captured();
      const response = await on.memory.fetch(`${BASE}chat/completions${query}`, {
        method: "POST",
        headers: { authorization: "Bearer sk-own", ...header },
        body: JSON.stringify({ model: "m", messages: [{ role: "user", content }], ...body }),
      });
      await response.text();
      await stored;
    };
    await call("one", { "x-sm-user-id": "h" }, { user: "b" }, "?userId=q");
    await call("two", {}, { user: "b" }, "?userId=q");
    await call("three", {}, {}, "?userId=q");
    for (const [user, text] of [
      ["h", "one"],
      ["b", "two"],
      ["q", "three"],
    ] as const) {
      const { records } = await on.memory.with({ user }).list();
      expect(records.map((record) => record.text)).toContain(text);
    }
    // `user` is a field of the provider's as well.
    expect((await on.requests())[0]?.json).toHaveProperty("user", "b");
  });

  it("conformance: has the router's headers on the answer", async () => {
    const on = await stage();
    const client = clientOf(on, { "x-sm-user-id": "u", "x-sm-conversation-id": "c" });
    const stored = on.captured();
    const first = await client.chat.completions
      .create({ model: "gpt-5", messages: [{ role: "user", content: "I paint gates." }] })
      .withResponse();
    await stored;
    expect(first.response.headers.get("x-supermemory-context-modified")).toBe("false");
    expect(first.response.headers.get("x-supermemory-conversation-id")).toBe("c");
    const { response } = await client.chat.completions
      .create({ model: "gpt-5", messages: [{ role: "user", content: "What do I paint?" }] })
      .withResponse();
    expect(response.headers.get("x-supermemory-context-modified")).toBe("true");
    expect(Number(response.headers.get("x-supermemory-tokens-processed"))).toBeGreaterThan(0);
    expect(response.headers.get("x-supermemory-chunks-created")).toBe("1");
    expect(response.headers.get("x-supermemory-chunks-retrieved")).not.toBeNull();
    expect(response.headers.get("x-supermemory-error")).toBeNull();
  });

  it("conformance: sends the app's very bytes when memory fails, and says so in a header", async () => {
    const on = await stage({ recall: { deadlineMs: 0, coldDeadlineMs: 0 } });
    const body = '{ "model":"gpt-5",  "messages":[{"role":"user","content":"Hi"}] }';
    const response = await on.memory.fetch(`${BASE}chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-own", "x-sm-user-id": "u" },
      body,
    });
    expect(response.headers.get("x-supermemory-error")).toBe("recall/deadline");
    expect(response.headers.get("x-supermemory-context-modified")).toBe("false");
    expect((await on.requests())[0]?.body).toBe(body);
  });

  it("keeps history within its budget, whole turns, and begins alike for some calls", async () => {
    const on = await stage();
    const client = clientOf(on, { "x-sm-user-id": "u", "x-sm-conversation-id": "long" });
    await on.memory.with({ user: "u", thread: "long" }).ingest(
      Array.from({ length: 60 }, (_, at) => ({
        role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
        content: `Turn ${at}: ${"a plain sentence of some words, ".repeat(120)}`,
      })),
    );
    const firsts: unknown[] = [];
    for (const content of ["Well?", "And?", "So?"]) {
      const stored = on.captured();
      await say(client, content);
      await stored;
      const sent = messagesOf((await on.requests()).at(-1));
      expect(sent[0]?.role).toBe("user");
      expect(JSON.stringify(sent).length).toBeLessThan(110_000);
      expect(sent.length).toBeGreaterThan(10);
      firsts.push(String(sent[0]?.content).slice(0, 10));
    }
    expect(new Set(firsts).size).toBeLessThanOrEqual(2);
  });

  it("keeps the provider's cache: a call begins with all of the call before, up to its last user turn", async () => {
    const on = await stage();
    await on.provider.script({ text: "First." }, { text: "Second." }, { text: "Third." });
    const client = clientOf(on, { "x-sm-user-id": "u", "x-sm-conversation-id": "c" });
    const system = { role: "system" as const, content: "You plan trips." };
    for (const content of ["I adore fjords.", "Where are fjords?", "Which fjords do I adore?"]) {
      const stored = on.captured();
      await client.chat.completions.create({
        model: "gpt-5",
        messages: [system, { role: "user", content }],
      });
      await stored;
    }
    const prompts = (await on.requests()).map(messagesOf);
    for (const [at, prompt] of prompts.entries()) {
      expect(prompt).toHaveLength(2 + at * 2);
      const before = prompts[at - 1];
      if (before !== undefined)
        expect(prompt.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    }
  });

  it("serves models on the device itself", async () => {
    const on = await stage({ providers: {} });
    const response = await on.memory.fetch(
      `https://api.supermemory.ai/v3/${on.provider.baseURL}/chat/completions`,
      { method: "POST", body: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}' },
    );
    expect(response.status).toBe(200);
    expect((await on.requests())[0]?.headers["authorization"]).toBeUndefined();
  });

  it("goes by Alcove's own headers too, and takes them off", async () => {
    const on = await stage();
    const stored = on.captured();
    await say(clientOf(on, { "x-sm-user-id": "u" }), "I carve spoons.");
    await stored;
    const answer = await say(clientOf(on, { "x-sm-user-id": "u" }), "What do I carve?", {
      "x-alcove-mode": "off",
    });
    expect(answer.choices).toHaveLength(1);
    expect(promptOf((await on.requests())[1])).not.toContain("spoons");
  });

  it("stores a retried turn once, and gives it the same history", async () => {
    const on = await stage();
    await on.provider.script({ text: "Hello." }, { status: 500 }, { text: "Blue." });
    const client = new OpenAI({
      apiKey: "sk-own",
      baseURL: BASE,
      defaultHeaders: { "x-sm-user-id": "u", "x-sm-conversation-id": "c" },
      dangerouslyAllowBrowser: true,
      maxRetries: 2,
      fetch: on.memory.fetch,
    });
    let stored = on.captured();
    await say(client, "My favourite colour is blue.");
    await stored;
    stored = on.captured();
    await say(client, "Which is it?");
    await stored;
    await on.memory.close();
    const [, failed, retried] = await on.requests();
    expect(retried?.body).toBe(failed?.body);
    expect(messagesOf(retried).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  });

  it("serves Anthropic's client, with its key where that provider looks for it", async () => {
    const on = await stage();
    const anthropic = new Anthropic({
      apiKey: "sk-ant-own",
      baseURL: "https://api.supermemory.ai/v3/https://api.anthropic.com",
      defaultHeaders: {
        "x-supermemory-api-key": OWN,
        "x-sm-user-id": "u",
        "x-sm-conversation-id": "c",
      },
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const say2 = async (content: string): Promise<void> => {
      const stored = on.captured();
      await anthropic.messages.create({
        model: "claude-x",
        max_tokens: 9,
        messages: [{ role: "user", content }],
      });
      await stored;
    };
    await say2("I breed otters.");
    await say2("What do I breed?");
    const [first, second] = await on.requests();
    expect(first?.url).toBe("/v1/messages");
    expect(JSON.stringify(first?.headers)).toContain("sk-ant-own");
    expect(messagesOf(second)[0]).toEqual({ role: "user", content: "I breed otters." });
  });

  it("takes the provider's key from the option where the request has none", async () => {
    const on = await stage();
    await on.memory.fetch(`${BASE}chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${OWN}`, "x-supermemory-api-key": OWN },
      body: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
    });
    expect((await on.requests())[0]?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
  });
});

gatewayFaults(DIALECT_CALLS.supermemory);

describe("conformance: bad input", () => {
  it.each([
    ["another route of the host", "https://api.supermemory.ai/v3/documents", 404],
    ["a route of version 4", "https://api.supermemory.ai/v4/search", 404],
    [
      "a plain http address",
      "https://api.supermemory.ai/v3/http://example.com/v1/chat/completions",
      400,
    ],
    [
      "a gateway behind the gateway",
      "https://api.supermemory.ai/v3/https://api.memoryrouter.ai/v1/chat/completions",
      400,
    ],
    [
      "itself behind itself",
      "https://api.supermemory.ai/v3/https://api.supermemory.ai/v3/https://api.openai.com/v1/chat/completions",
      400,
    ],
  ])("%s", async (_name, url, status) => {
    const on = await stage();
    const response = await on.memory.fetch(url, { method: "POST", body: "{}" });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.any(String) as string });
    expect(await on.requests()).toEqual([]);
  });

  it("says which option names a missing key", async () => {
    const on = await stage({ providers: {} });
    const response = await on.memory.fetch(`${BASE}chat/completions`, {
      method: "POST",
      body: "{}",
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("providers");
  });
});
