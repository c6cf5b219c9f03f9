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
import { BASE, clientOf, KEY, raw, say, SECRETS } from "./memoryrouter.fixture.ts";
import { userOf } from "./memoryrouter.ts";

watchWhatLeaves([...DIALECT_SECRETS, ...SECRETS]);

describe("the quickstart of MemoryRouter", () => {
  it("conformance: runs with one line more, and the answer is the provider's", async () => {
    const on = await stage();
    await on.provider.script({ text: "Hello Alice." });
    // Before: stateless. After: the same client with the memory key, the gateway's base URL and `fetch`.
    const client = new OpenAI({
      apiKey: "mk_xxxxxxxxxxxxxxxx",
      baseURL: "https://api.memoryrouter.ai/v1",
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const response = await client.chat.completions.create({
      model: "openai/gpt-5.5",
      messages: [{ role: "user", content: "My name is Alice" }],
    });
    expect(response.choices[0]?.message.content).toBe("Hello Alice.");
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(request?.json).toEqual({
      model: "gpt-5.5",
      messages: [{ role: "user", content: "My name is Alice" }],
    });
  });

  it("conformance: remembers later what was said first", async () => {
    const on = await stage();
    const stored = on.captured();
    await say(on, "My name is Alice and I love hiking");
    await stored;
    await say(on, "What are my hobbies?");
    const [, second] = await on.requests();
    expect(promptOf(second)).toContain("I love hiking");
  });

  it("conformance: runs as curl does, with the key in any of the places that clients use", async () => {
    for (const headers of [
      { authorization: `Bearer ${KEY}` },
      { "x-api-key": KEY },
      { "x-memory-key": KEY },
    ]) {
      const on = await stage();
      const response = await on.memory.fetch("https://api.memoryrouter.ai/v1/chat/completions", {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/json" },
        body: JSON.stringify({
          model: "openai/gpt-5.5",
          messages: [{ role: "user", content: "My name is Alice" }],
        }),
      });
      expect(response.status).toBe(200);
      const [request] = await on.requests();
      expect(request?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
      expect(request?.headers["x-api-key"]).toBeUndefined();
    }
  });
});

describe("memory modes", () => {
  it("conformance: `mk_x:read` on the OpenAI client goes to the provider with the user's key and the plain model, with memory, and stores nothing", async () => {
    const on = await stage();
    const stored = on.captured();
    await say(on, "I keep bees on the roof of my house.");
    await stored;
    const before = (await on.memory.stats()).records;
    for (const suffix of [":read", ":off"])
      await say(on, `Where do I keep my bees, ${suffix}?`, { key: `${KEY}${suffix}` });
    await say(on, "Where do I keep bees? I ask without reading.", { key: `${KEY}:write` });
    const [, read, off, write] = await on.requests();
    for (const request of [read, off, write]) {
      expect(request?.url).toBe("/v1/chat/completions");
      expect(request?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
      expect(JSON.stringify(request)).not.toMatch(/mk_|:read"|:off"|:write"/);
      expect(request?.json).toMatchObject({ model: "gpt-5.5" });
    }
    expect(promptOf(read)).toContain("on the roof");
    expect(promptOf(off)).not.toContain("on the roof");
    expect(promptOf(write)).not.toContain("on the roof");
    await expect.poll(async () => (await on.memory.stats()).records).toBe(before + 2);
  });

  /** Something is known; then a call is made with the control; tells what it recalled and whether it was stored. */
  async function effectOf(how: Parameters<typeof say>[2]): Promise<string> {
    const on = await stage();
    const stored = on.captured();
    await say(on, "I keep bees on the roof of my house.");
    await stored;
    await say(on, "Where do I keep my bees? I also own a zeppelin.", how);
    await on.memory.close();
    const requests = await on.requests();
    const again = await stageAgain(on);
    return [
      promptOf(requests[1]).includes("on the roof") ? "recalls" : "-",
      again.includes("zeppelin") ? "stores" : "-",
    ].join(" ");
  }
  async function stageAgain(on: GatewayStage): Promise<string> {
    const { createMemory } = await import("../memory.ts");
    const again = createMemory({ vault: on.vault });
    const { records } = await again.with({ user: userOf(KEY) }).list({}, { limit: 100 });
    await again.destroy();
    return records.map(({ text }) => text).join("\n");
  }

  it.each([
    ["", {}, "recalls stores"],
    ["the suffix :read", { key: `${KEY}:read` }, "recalls -"],
    ["the suffix :write", { key: `${KEY}:write` }, "- stores"],
    ["the suffix :off", { key: `${KEY}:off` }, "- -"],
    ["the header", { headers: { "X-Memory-Mode": "read" } }, "recalls -"],
    ["the header's old spelling", { headers: { "X-Memory-Mode": "none" } }, "- -"],
    ["the body", { body: { memory_mode: "write" } }, "- stores"],
    [
      "a mode that there is not",
      { headers: { "X-Memory-Mode": "constructor" }, body: { memory_mode: "__proto__" } },
      "recalls stores",
    ],
    ["the query ?mode=read", { query: "?mode=read" }, "recalls -"],
    ["the query ?memory=off", { query: "?memory=off" }, "- -"],
    ["the query ?store=false", { query: "?store=false" }, "recalls -"],
    ["memory: false", { body: { memory: false } }, "- -"],
    [
      "the body before the header",
      { body: { memory_mode: "read" }, headers: { "X-Memory-Mode": "off" } },
      "recalls -",
    ],
    [
      "the header before the suffix",
      { key: `${KEY}:off`, headers: { "X-Memory-Mode": "on" } },
      "recalls stores",
    ],
    ["no storing of the input", { headers: { "X-Memory-Store": "false" } }, "recalls -"],
    [
      "no storing of the input, on the native routes",
      { headers: { "X-Store-Input": "false" } },
      "recalls -",
    ],
    ["no storing in the body", { body: { memory_store: false } }, "recalls -"],
    ["a limit of none", { body: { memory_limit: 0 } }, "- stores"],
  ] as const)("conformance: %s", async (_name, how, effect) => {
    expect(await effectOf(how)).toBe(effect);
  });

  it("conformance: reads the query, and sends none of it on", async () => {
    const on = await stage();
    const response = await raw(on, "/chat/completions?memory=off&debug=true&api-version=2", {
      method: "POST",
      body: JSON.stringify({
        model: "openai/gpt-5.5",
        messages: [{ role: "user", content: "Hi" }],
      }),
    });
    expect(response.headers.get("x-memory-mode")).toBe("off");
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1/chat/completions?api-version=2");
  });

  it("conformance: stores the answer apart from the input", async () => {
    const on = await stage();
    await on.provider.script({ text: "A fine marmalade." });
    const stored = on.captured();
    await say(on, "I boil oranges.", { headers: { "X-Memory-Store-Response": "false" } });
    await stored;
    const { records } = await on.memory.with({ user: userOf(KEY) }).list();
    expect(records.map(({ text }) => text)).toEqual(["I boil oranges."]);
  });

  it("conformance: keeps single messages out, and takes their flags off", async () => {
    const on = await stage();
    const stored = on.captured();
    const messages = [
      { role: "user", content: "My pin is hidden in the blue book.", memory: false },
      { role: "assistant", content: "I will not keep that." },
      { role: "user", content: "I like plum jam.", memory: true },
    ];
    await clientOf(on).chat.completions.create({
      model: "openai/gpt-5.5",
      messages: messages as OpenAI.ChatCompletionMessageParam[],
    });
    await stored;
    const { records } = await on.memory.with({ user: userOf(KEY) }).list();
    expect(records.map(({ text }) => text).join()).not.toContain("blue book");
    expect(records.map(({ text }) => text).join()).toContain("plum jam");
    const [request] = await on.requests();
    expect(messagesOf(request)).toEqual(messages.map(({ role, content }) => ({ role, content })));
    expect(messages[0]).toHaveProperty("memory", false);
  });
});

describe("keys and sessions", () => {
  it("conformance: never mixes two keys, nor a key and the vault's owner", async () => {
    const on = await stage();
    await on.memory.ingest([{ role: "user", content: "My owner's secret word is walnut." }]);
    const stored = on.captured();
    await say(on, "My secret word is hazelnut.");
    await stored;
    await say(on, "What is my secret word?", { key: "mk_other_key_of_somebody" });
    await say(on, "What is my secret word?");
    const [, other, own] = await on.requests();
    expect(promptOf(other)).not.toMatch(/walnut|hazelnut/);
    expect(promptOf(own)).toContain("hazelnut");
    expect(promptOf(own)).not.toContain("walnut");
  });

  it("keeps no key: what is stored names a hash", async () => {
    const on = await stage();
    const stored = on.captured();
    await say(on, "I like tea.", { headers: { "X-Session-ID": "monday" } });
    await stored;
    const text = await (await on.memory.export()).text();
    expect(text).toContain(userOf(KEY));
    expect(text).toContain("monday");
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(PROVIDER_KEY);
  });

  it("keeps two users of the app apart who share a key", async () => {
    const on = await stage();
    const ask = (user: string, content: string): Promise<Response> =>
      on.memory.with({ user }).fetch(`${BASE}/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "openai/gpt-5.5", messages: [{ role: "user", content }] }),
      });
    const stored = on.captured();
    await (await ask("ann", "My secret word is hazelnut.")).text();
    await stored;
    await (await ask("ben", "What is my secret word?")).text();
    const [, ben] = await on.requests();
    expect(promptOf(ben)).not.toContain("hazelnut");
  });
});

describe("what the answer carries", () => {
  it("conformance: has the gateway's headers", async () => {
    const on = await stage();
    const stored = on.captured();
    await say(on, "I play the cello on Sundays.");
    await stored;
    const { response } = await clientOf(on)
      .chat.completions.create(
        { model: "openai/gpt-5.5", messages: [{ role: "user", content: "What do I play?" }] },
        { headers: { "X-Session-ID": "s1" } },
      )
      .withResponse();
    expect(Number(response.headers.get("X-Memory-Tokens-Injected"))).toBeGreaterThan(0);
    expect(Number(response.headers.get("X-Memory-Chunks-Retrieved"))).toBeGreaterThan(0);
    expect(response.headers.get("X-Memory-Mode")).toBe("on");
    expect(response.headers.get("X-Session-ID")).toBe("s1");
    for (const name of [
      "X-Memory-Tokens-Retrieved",
      "X-Memory-Injection-Format",
      "X-Embedding-Ms",
      "X-MR-Processing-Ms",
      "X-MR-Overhead-Ms",
      "X-Provider-Response-Ms",
      "X-Total-Ms",
    ])
      expect(response.headers.get(name), name).not.toBeNull();
  });

  it("has `_memory` when it is asked to debug, and else the provider's very bytes", async () => {
    const on = await stage();
    await on.provider.script({ text: "Grüße 🦦" });
    const stored = on.captured();
    const plain = await say(on, "I live in a lighthouse.");
    await stored;
    expect(plain).not.toHaveProperty("_memory");
    const debug = await say(on, "Where do I live?", { headers: { "X-Debug": "true" } });
    expect(debug.choices[0]?.message.content).toBe("Grüße 🦦");
    expect(debug).toMatchObject({
      _memory: {
        memories: expect.arrayContaining([
          expect.objectContaining({ content: "I live in a lighthouse." }),
        ]) as unknown,
      },
      _debug: { provider: "openai", model: "gpt-5.5" },
    });
    expect(JSON.stringify(debug)).not.toContain(KEY);
  });

  it("streams as the provider does", async () => {
    const on = await stage();
    await on.provider.script({ text: "one two three four" });
    const stored = on.captured();
    const stream = await clientOf(on).chat.completions.create({
      model: "openai/gpt-5.5",
      messages: [{ role: "user", content: "Count" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    await stored;
    expect(text).toBe("one two three four");
    expect((await on.requests())[0]?.json).not.toHaveProperty("stream_options");
  });
});

gatewayFaults(DIALECT_CALLS.memoryrouter);
