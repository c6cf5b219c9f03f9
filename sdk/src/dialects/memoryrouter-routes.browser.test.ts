import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { describe, expect, it } from "vitest";
import {
  type GatewayStage,
  promptOf,
  PROVIDER_KEY,
  stage,
  watchWhatLeaves,
} from "./gateway.fixture.ts";
import type { SeenRequest } from "../testing/scripted-session.ts";
import { BASE, clientOf, KEY, raw, say, SECRETS } from "./memoryrouter.fixture.ts";

watchWhatLeaves(SECRETS);

const modelOf = (request: SeenRequest | undefined): unknown =>
  (request?.json as { readonly model?: unknown } | undefined)?.model;

describe("models and providers", () => {
  it("sends models of other families to their own OpenAI-compatible endpoints", async () => {
    const on = await stage();
    for (const model of ["anthropic/claude-opus-4.8", "google/gemini-3.5-flash"])
      await clientOf(on).chat.completions.create({
        model,
        messages: [{ role: "user", content: "Hi" }],
      });
    const [claude, gemini] = await on.requests();
    expect([claude?.url, modelOf(claude)]).toEqual(["/v1/chat/completions", "claude-opus-4-8"]);
    expect([gemini?.url, modelOf(gemini)]).toEqual([
      "/v1beta/openai/chat/completions",
      "gemini-3.5-flash",
    ]);
  });

  it("goes by OpenRouter where only its key is there", async () => {
    const on = await stage();
    const { createMemory } = await import("../memory.ts");
    const memory = createMemory({
      vault: `t-${crypto.randomUUID()}`,
      providers: { openrouter: { apiKey: "or-key", baseURL: on.provider.baseURL } },
    });
    const via: GatewayStage = { ...on, memory };
    for (const model of [
      "mistral/mistral-medium-3.5",
      "openrouter/qwen/qwen-4",
      "meta/llama-4-maverick",
    ])
      await clientOf(via).chat.completions.create({
        model,
        messages: [{ role: "user", content: "Hi" }],
      });
    await memory.destroy();
    expect((await on.requests()).map(modelOf)).toEqual([
      "mistralai/mistral-medium-3.5",
      "qwen/qwen-4",
      "meta-llama/llama-4-maverick",
    ]);
  });

  it("takes the provider's key from the request where it is given", async () => {
    const on = await stage();
    await say(on, "Hi", { headers: { "X-Provider-Key": "sk-passed" } });
    await on.memory.fetch(`${BASE}/chat/completions`, {
      method: "POST",
      headers: { "x-memory-key": KEY, authorization: "Bearer sk-beside" },
      body: JSON.stringify({
        model: "openai/gpt-5.5",
        messages: [{ role: "user", content: "Hi" }],
      }),
    });
    const requests = await on.requests();
    expect(requests.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer sk-passed",
      "Bearer sk-beside",
    ]);
  });

  it("serves the native clients of Anthropic and Google", async () => {
    const on = await stage();
    const anthropic = new Anthropic({
      apiKey: KEY,
      baseURL: "https://api.memoryrouter.ai",
      dangerouslyAllowBrowser: true,
      fetch: on.memory.fetch,
    });
    const google = new GoogleGenAI({
      apiKey: KEY,
      httpOptions: { baseUrl: "https://api.memoryrouter.ai", fetch: on.memory.fetch },
    });
    const stored = on.captured();
    await anthropic.messages.create({
      model: "claude-opus-4-8",
      max_tokens: 100,
      messages: [{ role: "user", content: "I collect tin soldiers." }],
    });
    await stored;
    await google.models.generateContent({ model: "gemini-x", contents: "What do I collect?" });
    const [first, second] = await on.requests();
    expect([first?.url, first?.headers["x-api-key"]]).toEqual(["/v1/messages", PROVIDER_KEY]);
    expect(first?.headers["authorization"]).toBeUndefined();
    expect(second?.url).toBe("/v1beta/models/gemini-x:generateContent");
    expect(second?.headers["x-goog-api-key"]).toBe(PROVIDER_KEY);
    expect(promptOf(second)).toContain("tin soldiers");
  });

  it("passes forms on, with the provider's name of the model", async () => {
    const on = await stage();
    await clientOf(on).audio.transcriptions.create({
      model: "openai/whisper-1",
      file: new File(["sound"], "a.wav"),
    });
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1/audio/transcriptions");
    expect(request?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(request?.body).toMatch(/name="model"\s+whisper-1\s/);
    expect(request?.body).toContain("sound");
  });

  it("passes embeddings on without memory", async () => {
    const on = await stage();
    await on.memory.ingest([{ role: "user", content: "I like figs." }]);
    const response = await raw(on, "/embeddings", {
      method: "POST",
      body: JSON.stringify({ model: "openai/text-embedding-3-small", input: "figs" }),
    });
    expect(response.status).toBe(200);
    const [request] = await on.requests();
    expect(request?.json).toEqual({ model: "text-embedding-3-small", input: "figs" });
    expect(request?.url).toBe("/v1/embeddings");
  });
});

describe("routes of its own", () => {
  it("conformance: prepares and ingests without a model", async () => {
    const on = await stage();
    const ingested = await raw(on, "/memory/ingest", {
      method: "POST",
      body: JSON.stringify({
        messages: [
          { role: "user", content: "I repair old clocks." },
          { role: "assistant", content: "A patient craft." },
        ],
      }),
    });
    expect(await ingested.json()).toMatchObject({ status: "stored", stored: 2 });
    const prepared = await raw(on, "/memory/prepare", {
      method: "POST",
      headers: { "X-Session-ID": "conversation_abc" },
      body: JSON.stringify({ messages: [{ role: "user", content: "What do I repair?" }] }),
    });
    const body = (await prepared.json()) as { context: string; tokens: number };
    expect(body.context).toContain("old clocks");
    expect(body.tokens).toBeGreaterThan(0);
    expect(await on.requests()).toEqual([]);
  });

  it("conformance: takes JSONL, counts it, warms up, and forgets it", async () => {
    const on = await stage();
    const upload = await raw(on, "/memory/upload", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: '{"content":"I was born in Riga.","role":"user","timestamp":1700000000000}\n{"content":"I moved to Oslo."}\n',
    });
    expect(await upload.json()).toMatchObject({
      status: "complete",
      stats: { inputItems: 2, stored: 2, failed: 0 },
    });
    expect(await (await raw(on, "/memory/stats")).json()).toMatchObject({ memories: 2 });
    expect(await (await raw(on, "/memory/warmup", { method: "POST" })).json()).toMatchObject({
      status: "warm",
      totalVectors: 2,
    });
    const cleared = await raw(on, "/memory?reset=true", { method: "DELETE" });
    expect(await cleared.json()).toMatchObject({ deleted: 2, reset: true });
    expect(await (await raw(on, "/memory/stats")).json()).toMatchObject({ memories: 0 });
  });

  it("forgets one session and leaves the rest, of other keys too", async () => {
    const on = await stage();
    const put = (session: string, content: string, key = KEY): Promise<Response> =>
      on.memory.fetch(`${BASE}/memory/ingest`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "x-session-id": session },
        body: JSON.stringify({ messages: [{ role: "user", content }] }),
      });
    await put("a", "I like apricots.");
    await put("b", "I like blackberries.");
    await put("a", "I like apples.", "mk_other_key_of_somebody");
    await raw(on, "/memory", { method: "DELETE", headers: { "X-Session-ID": "a" } });
    const { records } = await on.memory.list({}, { limit: 100 });
    const all = (await (await on.memory.export()).text()).match(/I like \w+/g);
    expect(records).toEqual([]);
    expect(new Set(all)).toEqual(new Set(["I like blackberries", "I like apples"]));
  });

  it("lists the models of the providers that the app named", async () => {
    const on = await stage();
    await on.provider.script({
      raw: { body: '{"data":[{"id":"m-1"}]}', contentType: "application/json" },
    });
    const models = await clientOf(on).models.list();
    expect(models.data.map(({ id }) => id)).toContain("openai/m-1");
  });

  it("makes keys", async () => {
    const on = await stage();
    const response = await raw(on, "/keys", { method: "POST", body: '{"name":"user:42"}' });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({
      name: "user:42",
      key: expect.stringMatching(/^mk_\w{48}$/) as string,
    });
  });
});

describe("conformance: bad input", () => {
  it.each([
    ["no key", "/chat/completions", { headers: { authorization: "Bearer nothing" } }, 401],
    ["no JSON", "/chat/completions", { body: "{" }, 400],
    [
      "no model",
      "/chat/completions",
      { body: '{"messages":[{"role":"user","content":"x"}]}' },
      400,
    ],
    ["no messages", "/chat/completions", { body: '{"model":"openai/x"}' }, 400],
    ["empty messages", "/chat/completions", { body: '{"model":"openai/x","messages":[]}' }, 400],
    [
      "an unknown provider",
      "/chat/completions",
      { body: '{"model":"nobody/x","messages":[{}]}' },
      400,
    ],
    ["an unknown route", "/assistants", { body: "{}" }, 404],
    ["bad lines", "/memory/upload", { body: "{}\n" }, 400],
    ["nothing to upload", "/memory/upload", { body: "" }, 400],
    ["too many lines", "/memory/upload", { body: '{"content":"x"}\n'.repeat(10_001) }, 413],
    ["no messages to prepare", "/memory/prepare", { body: "{}" }, 400],
  ])("%s", async (_name, path, init: RequestInit, status) => {
    const on = await stage();
    const response = await raw(on, path, { method: "POST", ...init });
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: unknown };
    expect(error).toEqual(expect.any(String));
    expect(await on.requests()).toEqual([]);
  });

  it("conformance: is told in the shape of the native APIs on their routes", async () => {
    const on = await stage();
    const anthropic = await raw(on, "/messages", { method: "POST", body: "{" });
    expect(await anthropic.json()).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error" },
    });
    const google = await raw(on, "/models/gemini-x:generateContent", { method: "POST", body: "{" });
    expect(await google.json()).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT" } });
  });

  it("drops what is unknown among its own, passes on what is not its own, and tells the first once", async () => {
    const on = await stage();
    const told: string[] = [];
    on.memory.on("error", ({ message }) => told.push(message));
    const how = {
      headers: { "X-Memory-Flavour": "sweet" },
      body: { future_field: { deep: [1] }, memory: { flavour: "sweet" } },
    };
    await say(on, "Hi", how);
    await say(on, "Hi again", how);
    const [request] = await on.requests();
    expect(request?.json).toMatchObject({ future_field: { deep: [1] } });
    expect(request?.json).not.toHaveProperty("memory");
    expect(told.filter((message) => message.includes("flavour"))).toHaveLength(2);
  });
});
