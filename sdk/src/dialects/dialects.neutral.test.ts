import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GATEWAY_HOSTS, isGatewayHost } from "./gateway-hosts.ts";
import type { GatewayRequest } from "./dialect.ts";
import { hashKey } from "./key-hash.ts";
import { DIALECTS, findDialect } from "./registry.ts";
import { withHistory } from "./history-placement.ts";

const providers = {
  openai: { apiKey: "sk-provider" },
  anthropic: { apiKey: "sk-provider" },
  openrouter: { apiKey: "sk-provider" },
};

const SECRETS = [
  "mk_secret",
  "msk_secret",
  "sm_secret_as_long_as_they_are",
  "mk_secret:read",
  "Bearer mk_secret",
  "Bearer msk_secret",
  "Bearer sm_secret_as_long_as_they_are",
];
const HEADERS = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "x-memory-key",
  "x-provider-key",
  "x-memory-mode",
  "x-memory-gateway-authorization",
  "x-supermemory-api-key",
  "x-sm-user-id",
  "x-sm-conversation-id",
  "x-thread-id",
  "x-resource-id",
  "x-session-id",
  "x-debug",
];

/** What each dialect has to take off. */
const OWN_HEADERS: Readonly<Record<string, RegExp>> = {
  memoryrouter: /^x-(?:memory|session|debug|provider)/,
  supermemory: /^x-(?:sm|supermemory)/,
  mastra: /^x-(?:thread|resource|gateway|memory-gateway)/,
};

const path = fc.oneof(
  fc.constantFrom(
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1/models/gemini-x:generateContent",
    "/v1/embeddings",
    "/v1/memory/upload",
    "/v1/memory/threads/t/messages",
    "/v3/https://api.openai.com/v1/chat/completions",
    "/v3/https://api.memoryrouter.ai/v1/chat/completions",
    "/v3/https:/api.anthropic.com/v1/messages",
    "/v3/file:///etc",
    "/",
    "/v1",
  ),
  fc.webPath(),
);
const json = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      model: fc.oneof(
        fc.constantFrom(
          "openai/gpt-x",
          "anthropic/c-4.5",
          "google/g",
          "nobody/x",
          "claude-x",
          "a//b",
          "/",
        ),
        fc.jsonValue(),
      ),
      messages: fc.oneof(
        fc.array(
          fc.record(
            {
              role: fc.constantFrom("user", "assistant", "tool"),
              content: fc.jsonValue(),
              memory: fc.jsonValue(),
            },
            { requiredKeys: ["role"] },
          ),
        ),
        fc.jsonValue(),
      ),
      input: fc.jsonValue(),
      contents: fc.jsonValue(),
      memory: fc.jsonValue(),
      memory_mode: fc.jsonValue(),
      session_id: fc.jsonValue(),
      user: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);

describe("every dialect", () => {
  it("answers or calls a provider, whatever it reads: never a gateway, never with a gateway's key", () => {
    const request = fc.record({
      dialect: fc.constantFrom(...DIALECTS),
      method: fc.constantFrom("POST", "GET", "DELETE", "PUT"),
      path,
      query: fc.oneof(
        fc.constant(""),
        fc.webQueryParameters().map((query) => `?${query}`),
        fc.constant("?key=mk_secret&userId=u"),
      ),
      headers: fc.dictionary(
        fc.constantFrom(...HEADERS),
        fc.oneof(fc.constantFrom(...SECRETS), fc.constantFrom("u", "true", "")),
      ),
      body: fc.oneof(
        json.map((value) => ({ json: value, text: JSON.stringify(value) })),
        fc.string().map((text) => ({ json: undefined, text })),
        fc.constant({ json: undefined, text: null }),
      ),
    });
    fc.assert(
      fc.property(request, ({ dialect, method, path: pathname, query, headers, body }) => {
        const before = JSON.stringify(body.json);
        const asked: GatewayRequest = {
          method,
          url: new URL(`https://${dialect.hosts[0]}${pathname}${query}`),
          headers: new Headers(headers),
          body,
          providers,
        };
        const reading = dialect.read(asked);
        expect(JSON.stringify(body.json)).toBe(before);
        if (reading.kind === "answer") {
          expect(reading.answer.status).toBeGreaterThanOrEqual(400);
          return;
        }
        if (reading.kind === "local") return;
        const { call } = reading;
        expect(isGatewayHost(call.url)).toBe(false);
        const sent = `${call.url.href} ${JSON.stringify([...call.headers])}`;
        expect(sent).not.toMatch(/(?:mk_|msk_|sm_)secret/);
        for (const [name] of call.headers)
          expect(name).not.toMatch(OWN_HEADERS[dialect.name] ?? /^$/);
      }),
      { numRuns: 3_000 },
    );
  });

  it("is found by its host alone, spelled in any way, and nowhere else", () => {
    for (const { name, hosts } of DIALECTS)
      for (const host of hosts) {
        expect(findDialect(new URL(`https://${host}/x`))?.name).toBe(name);
        expect(findDialect(new URL(`http://${host.toUpperCase()}.:8080/`))?.name).toBe(name);
        expect(findDialect(new URL(`https://${host}.evil.example/v1`))).toBeNull();
        expect(findDialect(new URL(`https://not${host}/v1`))).toBeNull();
      }
    expect(findDialect(new URL("https://api.openai.com/v1/chat/completions"))).toBeNull();
    expect(isGatewayHost(new URL(`https://${GATEWAY_HOSTS.mem0[0]}`))).toBe(true);
  });
});

describe("a key's hash", () => {
  it("is the same for the same key, another for another gateway or key, and not the key", () => {
    expect(hashKey("a", "k")).toMatch(/^[0-9a-f]{32}$/);
    expect(hashKey("a", "k")).toBe(hashKey("a", "k"));
    expect(new Set([hashKey("a", "k"), hashKey("b", "k"), hashKey("a", "k2")]).size).toBe(3);
  });
});

describe("history in a body", () => {
  const turns = [
    { role: "assistant" as const, text: "Hi." },
    { role: "user" as const, text: "One.", name: "ann" },
    { role: "assistant" as const, text: "Two." },
  ];
  it("stands behind the app's system texts and before its turns", () => {
    const system = { role: "system", content: "Be brief." };
    const user = { role: "user", content: "Three." };
    const later = { role: "system", content: "Remember." };
    expect(
      withHistory("openai-chat", { messages: [system, user, later] }, turns)?.["messages"],
    ).toEqual([
      system,
      { role: "assistant", content: "Hi." },
      { role: "user", content: "One.", name: "ann" },
      { role: "assistant", content: "Two." },
      user,
      later,
    ]);
  });

  it("begins with a user's turn where the API wants that, without names that it does not know", () => {
    const body = { messages: [{ role: "user", content: "Three." }] };
    expect(withHistory("anthropic-messages", body, turns)?.["messages"]).toEqual([
      { role: "user", content: "One." },
      { role: "assistant", content: "Two." },
      ...body.messages,
    ]);
  });

  it("turns a text input into items, and leaves conversations alone that the provider keeps", () => {
    const [only] = turns.slice(0, 1);
    expect(withHistory("openai-responses", { input: "Three." }, [only!])).toEqual({
      input: [
        { role: "assistant", content: "Hi." },
        { role: "user", content: "Three." },
      ],
    });
    expect(
      withHistory("openai-responses", { input: "x", previous_response_id: "r" }, turns),
    ).toBeNull();
    expect(withHistory("openai-responses", { input: "x", conversation: "c" }, turns)).toBeNull();
    expect(withHistory("gemini-interactions", { input: "x" }, turns)).toBeNull();
    expect(withHistory("openai-chat", {}, turns)).toBeNull();
  });

  it("has Gemini's shape there", () => {
    const contents = [{ role: "user", parts: [{ text: "Three." }] }];
    expect(withHistory("gemini-generate", { contents }, turns.slice(1))?.["contents"]).toEqual([
      { role: "user", parts: [{ text: "One." }] },
      { role: "model", parts: [{ text: "Two." }] },
      ...contents,
    ]);
  });
});
