import { describe, expect, it } from "vitest";
import { atProvider, type Providers, routeModel, type RouteQuestion } from "./provider-route.ts";

const key = (name: string): { apiKey: string } => ({ apiKey: `key of ${name}` });

const way = (question: Partial<RouteQuestion> & { readonly providers: Providers }): string => {
  const found = routeModel({
    wire: "openai",
    model: "openai/gpt-x",
    path: "chat/completions",
    ...question,
  });
  if ("problem" in found) return found.problem;
  const headers = new Headers({ authorization: "Bearer mk_gateway", "x-api-key": "mk_gateway" });
  found.authorize(headers);
  const given = ["authorization", "x-api-key", "x-goog-api-key", "api-key"]
    .filter((name) => headers.has(name))
    .map((name) => `${name}: ${headers.get(name)}`);
  return `${found.url.href} ${found.model} (${given.join(", ")})`;
};

describe("the way to a model", () => {
  it.each([
    [
      "openai/gpt-x",
      ["openai"],
      "https://api.openai.com/v1/chat/completions gpt-x (authorization: Bearer key of openai)",
    ],
    [
      "gpt-x",
      ["openai"],
      "https://api.openai.com/v1/chat/completions gpt-x (authorization: Bearer key of openai)",
    ],
    [
      "anthropic/claude-opus-4.8",
      ["anthropic"],
      "https://api.anthropic.com/v1/chat/completions claude-opus-4-8 (authorization: Bearer key of anthropic)",
    ],
    [
      "google/gemini-3.5-flash",
      ["google"],
      "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions gemini-3.5-flash (authorization: Bearer key of google)",
    ],
    [
      "gemini/gemini-x",
      ["google"],
      "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions gemini-x (authorization: Bearer key of google)",
    ],
    [
      "x-ai/grok-4.3",
      ["x-ai"],
      "https://api.x.ai/v1/chat/completions grok-4.3 (authorization: Bearer key of x-ai)",
    ],
    [
      "perplexity/sonar",
      ["perplexity"],
      "https://api.perplexity.ai/chat/completions sonar (authorization: Bearer key of perplexity)",
    ],
    ["ollama/llama3", [], "http://localhost:11434/v1/chat/completions llama3 ()"],
    [
      "anthropic/claude-x",
      ["openrouter"],
      "https://openrouter.ai/api/v1/chat/completions anthropic/claude-x (authorization: Bearer key of openrouter)",
    ],
    [
      "mistral/m",
      ["openrouter"],
      "https://openrouter.ai/api/v1/chat/completions mistralai/m (authorization: Bearer key of openrouter)",
    ],
    [
      "meta/llama-4",
      ["openrouter", "openai"],
      "https://openrouter.ai/api/v1/chat/completions meta-llama/llama-4 (authorization: Bearer key of openrouter)",
    ],
    [
      "qwen/qwen-4",
      ["openrouter"],
      "https://openrouter.ai/api/v1/chat/completions qwen/qwen-4 (authorization: Bearer key of openrouter)",
    ],
    [
      "openrouter/qwen/qwen-4",
      ["openrouter"],
      "https://openrouter.ai/api/v1/chat/completions qwen/qwen-4 (authorization: Bearer key of openrouter)",
    ],
    [
      "openrouter/auto",
      ["openrouter"],
      "https://openrouter.ai/api/v1/chat/completions openrouter/auto (authorization: Bearer key of openrouter)",
    ],
    [
      "my-own-model",
      ["groq"],
      "https://api.groq.com/openai/v1/chat/completions my-own-model (authorization: Bearer key of groq)",
    ],
  ])("%s with %j", (model, names, expected) => {
    const providers = Object.fromEntries(names.map((name) => [name, key(name)]));
    expect(way({ model, providers })).toBe(expected);
  });

  it("goes to base URLs of the app's own, with a version and without, also without a key", () => {
    const providers = {
      openai: { baseURL: "https://ai.example/v1/" },
      anthropic: { baseURL: "https://claude.example/v1", apiKey: "a" },
      google: { baseURL: "https://gemini.example", apiKey: "g" },
      azure: { baseURL: "https://me.openai.azure.com/openai/v1", apiKey: "z" },
      house: { baseURL: "https://house.example/v1", apiKey: "h" },
    };
    expect(way({ providers })).toBe("https://ai.example/v1/chat/completions gpt-x ()");
    expect(
      way({ providers, wire: "anthropic", path: "messages", model: "anthropic/claude-x" }),
    ).toBe("https://claude.example/v1/messages claude-x (x-api-key: a)");
    expect(
      way({
        providers,
        wire: "gemini",
        path: "models/{model}:generateContent",
        model: "google/g x",
      }),
    ).toBe("https://gemini.example/v1beta/models/g%20x:generateContent g x (x-goog-api-key: g)");
    expect(way({ providers, model: "azure/mine" })).toBe(
      "https://me.openai.azure.com/openai/v1/chat/completions mine (api-key: z)",
    );
    expect(way({ providers, model: "house/m" })).toBe(
      "https://house.example/v1/chat/completions m (authorization: Bearer h)",
    );
  });

  it("says what is missing, and where to name it", () => {
    expect(way({ providers: {} })).toContain(
      'createMemory({ providers: { "openai": { apiKey: "..." } } })',
    );
    expect(way({ providers: {}, model: "azure/x" })).toContain("baseURL");
    expect(way({ providers: {}, model: "__proto__/x" })).toContain("providers");
    expect(
      way({ providers: { openai: key("openai") }, wire: "anthropic", path: "messages" }),
    ).toContain("openrouter");
  });

  it("never leads to a gateway", () => {
    for (const baseURL of [
      "https://api.memoryrouter.ai/v1",
      "https://API.SUPERMEMORY.AI./v3",
      "http://gateway-api.mastra.ai:8080/v1",
    ])
      expect(way({ providers: { openai: { apiKey: "k", baseURL } } })).toContain("gateway");
  });

  it("takes off what only another family's host knows", () => {
    const found = routeModel({
      wire: "openai",
      model: "google/g",
      path: "chat/completions",
      providers: { google: key("google") },
    });
    if ("problem" in found) throw new Error(found.problem);
    const headers = new Headers({
      "openai-organization": "o",
      "x-stainless-lang": "js",
      "x-mine": "1",
    });
    found.authorize(headers);
    expect([...headers.keys()]).toEqual(["authorization", "x-mine"]);
  });
});

describe("a provider's own URL", () => {
  it("is moved to where the app has that provider", () => {
    const providers = {
      openai: { baseURL: "http://127.0.0.1:9/s/v1" },
      anthropic: { baseURL: "http://127.0.0.1:9/s" },
    };
    const at = (url: string): string => atProvider(new URL(url), providers).url.href;
    expect(at("https://api.openai.com/v1/chat/completions?a=1")).toBe(
      "http://127.0.0.1:9/s/v1/chat/completions?a=1",
    );
    expect(at("https://api.anthropic.com/v1/messages")).toBe("http://127.0.0.1:9/s/v1/messages");
    expect(at("https://api.groq.com/openai/v1/x")).toBe("https://api.groq.com/openai/v1/x");
    expect(at("https://elsewhere.example/v1/x")).toBe("https://elsewhere.example/v1/x");
  });
});

describe("names and addresses that apps may give", () => {
  it("takes no name of something that every object has for a provider", () => {
    for (const prefix of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      const said = way({ model: `${prefix}/x`, providers: { openai: key("openai") } });
      expect(said).toContain(`The provider "${prefix.toLowerCase()}" is not known`);
      const relayed = way({ model: `${prefix}/x`, providers: { openrouter: key("openrouter") } });
      expect(relayed).toContain(`${prefix.toLowerCase()}/x (authorization`);
    }
  });

  it("keeps a base URL's query behind the path, with its slashes, port and case as they are", () => {
    const at = (baseURL: string, wire: RouteQuestion["wire"] = "openai"): string =>
      way({
        model: "azure/gpt-x",
        wire,
        providers: { azure: { ...key("azure"), baseURL } },
      });
    expect(
      at("https://Me.OpenAI.azure.com:8443/openai/deployments/D/?api-version=2026-01-01"),
    ).toBe(
      "https://me.openai.azure.com:8443/openai/deployments/D/chat/completions?api-version=2026-01-01 gpt-x (api-key: key of azure)",
    );
    expect(at("https://proxy.example/a%2Fb//#part")).toBe(
      "https://proxy.example/a%2Fb/chat/completions gpt-x (api-key: key of azure)",
    );
  });

  it("sends a call of the provider's own address there too", () => {
    const url = new URL("https://api.openai.com/v1/chat/completions?beta=1&api-version=own");
    const baseURL = "https://proxy.example/openai/v1/?api-version=2&tenant=t";
    expect(atProvider(url, { openai: { baseURL } }).url.href).toBe(
      "https://proxy.example/openai/v1/chat/completions?beta=1&api-version=own&tenant=t",
    );
  });
});
