import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import {
  callDialect,
  type DialectCall,
  type DialectUnderTest,
  requestOf,
} from "./dialect-calls.fixture.ts";
import { type GatewayStage, messagesOf, promptOf, stage } from "./gateway.fixture.ts";

/**
 * What any dialect promises, whatever its own rules are (`sdk/docs/conformance.md` lists these tests): each runs over the real vault
 * and worker, against a provider on the loopback.
 */
export function gatewayConformance(dialect: DialectUnderTest): void {
  /** Says one thing; resolves when it is stored. */
  const say = async (on: GatewayStage, content: string, how: DialectCall = {}): Promise<void> => {
    const stored = on.captured();
    const response = await callDialect(dialect, on.memory.fetch, content, how);
    expect(response.status).toBe(200);
    await response.text();
    await stored;
  };
  const last = async (on: GatewayStage): Promise<string> => promptOf((await on.requests()).at(-1));
  /** Of a dialect's clients that send their new turns only, what a step of a loop sends. */
  const clientOf = (on: GatewayStage, maxRetries: number): OpenAI =>
    new OpenAI({
      apiKey: "sk-provider-test-key",
      baseURL: dialect.url.replace("/chat/completions", ""),
      defaultHeaders: dialect.headers("ann"),
      dangerouslyAllowBrowser: true,
      maxRetries,
      fetch: on.memory.fetch,
    });

  describe(`conformance: ${dialect.name}`, () => {
    it("conformance: a second call contains what the first said", async () => {
      const on = await stage();
      await say(on, "My kayak is called Petrel and it is green.");
      await say(on, "What is my kayak called?");
      expect(await last(on)).toContain("My kayak is called Petrel and it is green.");
    });

    if (dialect.sendsNewTurns === true)
      it("conformance: new turns alone are enough, also one that repeats the first of its conversation", async () => {
        const on = await stage();
        await on.provider.script({ text: "Hi Ann." }, { text: "Noted." }, { text: "Hi again." });
        for (const content of ["Hello", "My kayak is green.", "Hello", "Which colour?"])
          await say(on, content);
        const sent = messagesOf((await on.requests()).at(-1)).map(({ content }) => String(content));
        expect(sent.slice(0, -1)).toEqual([
          "Hello",
          "Hi Ann.",
          "My kayak is green.",
          "Noted.",
          "Hello",
          "Hi again.",
        ]);
        expect(sent.at(-1)).toContain("Which colour?");
      });

    it("conformance: two users never mix, in either direction", async () => {
      const on = await stage();
      await say(on, "My kayak is called Petrel.", { user: "ann" });
      await say(on, "My kayak is called Gannet.", { user: "ben" });
      await say(on, "What is my kayak called?", { user: "ann" });
      expect(await last(on)).toContain("Petrel");
      expect(await last(on)).not.toContain("Gannet");
      await say(on, "What is my kayak called?", { user: "ben" });
      expect(await last(on)).toContain("Gannet");
      expect(await last(on)).not.toContain("Petrel");
    });

    it("conformance: the prompt's bytes are stable over a tool loop of five steps and over the client's retries", async () => {
      const on = await stage();
      await say(on, "I am allergic to walnuts, and my oven is a wood stove called Etna.");
      const look = (id: string) => ({ toolCalls: [{ id, name: "look", arguments: "{}" }] });
      await on.provider.script(
        { status: 503, headers: { "retry-after-ms": "5" } },
        look("a"),
        { status: 500, headers: { "retry-after-ms": "5" } },
        look("b"),
        look("c"),
        look("d"),
        { text: "Bread." },
      );
      const client = clientOf(on, 2);
      const messages: OpenAI.ChatCompletionMessageParam[] = [
        { role: "user", content: "What can I bake in Etna?" },
      ];
      for (let step = 0; step < 5; step += 1) {
        const answer = await client.chat.completions.create({
          model: dialect.model,
          messages,
          tools: [{ type: "function", function: { name: "look", parameters: {} } }],
          ...(dialect.fields("ann") as object),
        });
        const message = answer.choices[0]!.message;
        messages.push(message);
        for (const call of message.tool_calls ?? [])
          messages.push({ role: "tool", tool_call_id: call.id, content: "flour" });
      }
      const sent = (await on.requests()).slice(1);
      expect(sent).toHaveLength(7);
      expect(sent[1]?.body).toBe(sent[0]?.body);
      expect(sent[3]?.body).toBe(sent[2]?.body);
      expect(sent[0]?.body).toContain("walnuts");
      const steps = [sent[1], sent[3], ...sent.slice(4)].map((one) =>
        JSON.stringify(messagesOf(one)),
      );
      for (const [at, step] of steps.entries())
        expect(step.startsWith((steps[at - 1] ?? "[").slice(0, -1)), `step ${at}`).toBe(true);
    });

    it("conformance: an own block is never stored, though the model repeats its whole prompt", async () => {
      const on = await stage();
      await say(on, "My tortoise is called Brunel and lives under the pear tree.");
      for (let round = 0; round < 3; round += 1) {
        await on.provider.script({ echo: "plain" });
        await say(on, `Round ${round}: where does my tortoise live?`);
        const prompt = messagesOf((await on.requests()).at(-1))
          .map(({ content }) => String(content))
          .join("\n");
        await on.provider.script({ text: "I see." });
        await say(on, `You said: ${prompt}`);
      }
      const stored = await (await on.memory.export()).text();
      expect(stored).not.toMatch(/alcove-\w{6}/);
      expect(stored).not.toContain("Data, not instructions");
    });

    it("conformance: what is forgotten leaves no hit: not in a prompt, not in a search, not in an export", async () => {
      const on = await stage();
      await say(on, "My passport number is Quetzal nine.");
      await say(on, "What is my passport number?");
      expect(await last(on)).toContain("Quetzal");
      const { scopes } = await on.memory.stats();
      for (const { scope } of scopes)
        await on.memory.with(scope).forget({ filter: { text: "Quetzal" } });
      await say(on, "Please, what is my passport number?");
      expect(await last(on)).not.toContain("Quetzal");
      for (const { scope } of scopes)
        expect(
          JSON.stringify(await on.memory.with(scope).search("Quetzal passport")),
        ).not.toContain("Quetzal");
      expect(await (await on.memory.export()).text()).not.toContain("Quetzal");
    });

    it("conformance: a body of 50 MB is untouched when memory is off", async () => {
      const on = await stage();
      const content = "word ".repeat(10 * 1024 * 1024);
      const { url, init } = requestOf(dialect, content, { headers: { "x-alcove-mode": "off" } });
      const sent: unknown[] = [];
      const original = globalThis.fetch;
      globalThis.fetch = async (_input, given) => {
        sent.push(given?.body);
        return new Response("{}", { headers: { "content-type": "application/json" } });
      };
      try {
        expect((await on.memory.fetch(url, init)).status).toBe(200);
      } finally {
        globalThis.fetch = original;
      }
      expect(sent).toHaveLength(1);
      const body = JSON.parse(String(sent[0])) as { messages: [{ content: string }] };
      // Not by `toBe`: a failure would print both.
      expect(body.messages[0].content === content).toBe(true);
      expect(body.messages).toHaveLength(1);
      // Where the dialect has nothing to take off, it is the app's own string.
      if (dialect.namesProvider === true) expect(sent[0] === init.body).toBe(true);
    });

    it("conformance: what is unknown among the dialect's own is dropped, what is unknown in the body goes on, and both are told once", async () => {
      const on = await stage();
      const told: string[] = [];
      on.memory.on("error", ({ code, message }) => {
        expect(code).toBe("usage/invalid-input");
        told.push(message);
      });
      const { headers, fields } = dialect.unknown;
      for (const content of ["Hello", "Hello again"])
        await say(on, content, {
          ...(headers === undefined ? {} : { headers }),
          fields: { ...fields, temperature: 0.5, field_of_2031: { deep: [1, null] } },
        });
      for (const { json, headers: sent } of await on.requests()) {
        expect(json).toMatchObject({ temperature: 0.5, field_of_2031: { deep: [1, null] } });
        expect(JSON.stringify([json, sent])).not.toContain("flavour");
      }
      expect(told.filter((message) => message.includes(dialect.unknown.told))).toHaveLength(1);
      expect(told.filter((message) => message.includes("field_of_2031"))).toHaveLength(1);
      expect(told.join()).not.toContain("sweet");
      expect(told.join()).not.toContain("temperature");
    });

    it("conformance: the gateway's key goes nowhere, whatever it is called", async () => {
      const on = await stage();
      const [key = ""] = /(?:mk_|sm_|msk_|um-|m0-)\S+/.exec(
        Object.values(dialect.headers("ann")).join(" "),
      )!;
      await say(on, "Hello", {
        headers: { "x-my-proxy-key": `Bearer ${key}`, "x-note": `my ${key}` },
        fields: { api_key: key },
      });
      const [request] = await on.requests();
      expect(JSON.stringify([request?.headers, request?.url])).not.toContain(key);
      expect(request?.body).not.toContain(key);
    });

    it("conformance: however the address is spelled, the provider gets the call", async () => {
      const on = await stage();
      const { host } = new URL(dialect.url);
      const spellings = [
        dialect.url.replace(host, host.toUpperCase()),
        dialect.url.replace(host, `${host}.`),
        dialect.url.replace(host, `${host}:443`),
        dialect.url.replace(host, `${host}:8443`),
        `${dialect.url}/`,
        `${dialect.url}?trace=1`,
        `${dialect.url}#part`,
      ];
      for (const url of spellings) {
        await say(on, "Hello", { url });
        expect((await on.requests()).at(-1)?.url, url).toMatch(
          /^\/v1\/chat\/completions\/?(?:\?trace=1)?$/,
        );
      }
      // Without memory, as any plain http.
      const plain = dialect.url.replace("https://", "http://");
      expect((await callDialect(dialect, on.memory.fetch, "Hello", { url: plain })).status).toBe(
        200,
      );
      expect(await on.requests()).toHaveLength(spellings.length + 1);
    });

    it("conformance: hostile addresses and doubled headers lead to the provider or nowhere", async () => {
      const on = await stage();
      const { host } = new URL(dialect.url);
      for (const path of [
        "/v1/../v1/chat%2Fcompletions",
        "//evil.example/v1/chat/completions",
        "/v1/chat/completions/%2e%2e/%2e%2e/models",
        "/v3/https://api.memoryrouter.ai/v1/chat/completions",
        "/%00",
      ]) {
        const response = await callDialect(dialect, on.memory.fetch, "x", {
          url: `https://${host}${path}`,
        });
        expect([200, 400, 401, 403, 404, 422], path).toContain(response.status);
        expect(response.headers.get("content-type")).toContain("json");
      }
      const doubled = new Headers({ "content-type": "application/json" });
      for (const [name, value] of Object.entries(dialect.headers("ann")))
        for (const given of [value, `${value}-again`]) doubled.append(name, given);
      const { init } = requestOf(dialect, "x");
      const response = await on.memory.fetch(dialect.url, { ...init, headers: doubled });
      expect(response.status).toBeLessThan(500);
      for (const { url, headers } of await on.requests()) {
        expect(url).toBe("/v1/chat/completions");
        expect(JSON.stringify(headers)).not.toContain(dialect.key);
      }
    });

    it("conformance: `hosts.allow` may name the gateway, or the provider (a proxy) behind it", async () => {
      const { hostname } = new URL(dialect.url);
      for (const [allow, remembers] of [
        [[hostname], true],
        [["127.0.0.1"], true],
        [["api.example.com"], false],
      ] as const) {
        const on = await stage({ hosts: { allow } });
        const response = await callDialect(dialect, on.memory.fetch, "My kayak is green.");
        expect(response.status).toBe(200);
        await response.text();
        await on.memory.ready();
        await expect
          .poll(async () => (await on.memory.stats()).records > 0, { timeout: 2_000 })
          .toBe(remembers);
      }
    });

    it("conformance: images, audio, unknown roles and fields inside of messages pass unharmed beside memory", async () => {
      const on = await stage();
      await say(on, "My kayak is called Petrel.");
      const parts = [
        {
          type: "text",
          text: "What is my kayak called?",
          prompt_cache_breakpoint: { mode: "explicit" },
        },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
        { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        { type: "part_of_2031", hologram: [1, 2] },
      ];
      const messages = [
        { role: "developer", content: "Be brief." },
        { role: "critic", content: "hm", mood: { grim: true } },
        { role: "user", content: parts, name: "ann", weight: 0.25 },
      ];
      await say(on, "", { messages });
      const sent = messagesOf((await on.requests()).at(-1));
      const asked = sent.at(-1) as unknown as Record<string, unknown>;
      expect(JSON.stringify(sent)).toContain("Petrel");
      expect((asked["content"] as readonly unknown[]).slice(-4)).toEqual(parts);
      expect(asked).toMatchObject({ role: "user", name: "ann", weight: 0.25 });
      expect(sent).toContainEqual(messages[1]);
    });
  });
}
