import { describe, expect, it } from "vitest";
import { type AnswerFormat, createAnswerWatcher } from "./answer-watcher.ts";
import { createFetchHarness, type FetchHarness } from "../testing/fetch-harness.ts";
import { findAdapter } from "../providers/registry.ts";
import { speak } from "../testing/scripted-provider-wires.ts";
import { watchBody } from "./answer-body.ts";

/** Each wire with a call of its own shape, and how its streams are cut into events. */
interface WireSample {
  readonly name: string;
  readonly url: string;
  readonly format: AnswerFormat;
  readonly list: "messages" | "input" | "contents";
  readonly body: (list: readonly unknown[]) => object;
  readonly said: (role: "user" | "assistant", text: string) => unknown;
  /** The last turn: text, an image, a sound and what nobody knows yet. */
  readonly parts: readonly unknown[];
  readonly asked: (parts: readonly unknown[]) => unknown;
}

const HOST = "https://api.example.com";
const IMAGE = "data:image/png;base64,AAAA";

const openAiParts = [
  { type: "text", text: "And this?" },
  { type: "image_url", image_url: { url: IMAGE, detail: "low" } },
  { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
  { type: "part_of_2031", hologram: [1, null] },
];
const googleParts = [
  { text: "And this?" },
  { inlineData: { mimeType: "image/png", data: "AAAA" } },
  { inlineData: { mimeType: "audio/wav", data: "AAAA" } },
  { partOf2031: { hologram: [1, null] } },
];
const gemini = {
  list: "contents",
  body: (contents: readonly unknown[]) => ({ contents }),
  said: (role: "user" | "assistant", text: string) => ({
    role: role === "assistant" ? "model" : "user",
    parts: [{ text }],
  }),
  parts: googleParts,
  asked: (parts: readonly unknown[]) => ({ role: "user", parts }),
} as const;

const WIRES: readonly WireSample[] = [
  {
    name: "openai-chat",
    url: `${HOST}/v1/chat/completions`,
    format: "sse",
    list: "messages",
    body: (messages) => ({ model: "m", stream: true, messages }),
    said: (role, text) => ({ role, content: text }),
    parts: openAiParts,
    asked: (content) => ({ role: "user", content }),
  },
  {
    name: "openai-responses",
    url: `${HOST}/v1/responses`,
    format: "sse",
    list: "input",
    body: (input) => ({ model: "m", stream: true, store: false, input }),
    said: (role, text) => ({ role, content: text }),
    parts: [
      { type: "input_text", text: "And this?" },
      { type: "input_image", image_url: IMAGE },
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      { type: "part_of_2031", hologram: [1, null] },
    ],
    asked: (content) => ({ role: "user", content }),
  },
  {
    name: "anthropic-messages",
    url: `${HOST}/v1/messages`,
    format: "sse",
    list: "messages",
    body: (messages) => ({ model: "m", stream: true, max_tokens: 9, messages }),
    said: (role, text) => ({ role, content: text }),
    parts: [
      { type: "text", text: "And this?" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
      { type: "document", source: { type: "text", data: "x" } },
      { type: "part_of_2031", hologram: [1, null] },
    ],
    asked: (content) => ({ role: "user", content }),
  },
  {
    ...gemini,
    name: "gemini-generate, as SSE",
    url: `${HOST}/v1beta/models/g:streamGenerateContent?alt=sse`,
    format: "sse",
  },
  {
    ...gemini,
    name: "gemini-generate, as a JSON array",
    url: `${HOST}/v1beta/models/g:streamGenerateContent`,
    format: "json-array",
  },
  {
    name: "gemini-interactions",
    url: `${HOST}/v1/interactions`,
    format: "sse",
    list: "input",
    body: (input) => ({ model: "m", stream: true, store: false, input }),
    said: (role, text) => ({
      type: role === "assistant" ? "model_output" : "user_input",
      content: [{ type: "text", text }],
    }),
    parts: [
      { type: "text", text: "And this?" },
      { type: "image", data: "AAAA", mime_type: "image/png" },
      { type: "audio", data: "AAAA", mime_type: "audio/wav" },
      { type: "part_of_2031", hologram: [1, null] },
    ],
    asked: (content) => ({ type: "user_input", content }),
  },
  {
    name: "ollama-chat",
    url: `${HOST}/api/chat`,
    format: "ndjson",
    list: "messages",
    body: (messages) => ({ model: "m", messages }),
    said: (role, text) => ({ role, content: text }),
    parts: ["AAAA"],
    asked: (images) => ({ role: "user", content: "And this?", images, field_of_2031: [1] }),
  },
];

const TEXT = 'Grüße 🦦, {"a": ["}"]} "so"\n\ndata: x\r\nEnde.';
const encoder = new TextEncoder();

/** The wire's stream as a provider sends it, with either line end. */
function streamOf({ url, format }: WireSample, newline: "\n" | "\r\n"): Uint8Array<ArrayBuffer> {
  const path = url.slice(HOST.length);
  const spoken = speak({ text: TEXT, newline, piece: 3 }, { url: path, stream: true, id: "1" });
  const wire = (spoken?.writes ?? []).join("");
  return encoder.encode(
    format === "sse" || newline === "\n" ? wire : wire.replaceAll(/\r?\n/g, "\r\n"),
  );
}

function pieces(bytes: Uint8Array<ArrayBuffer>, cuts: readonly number[]): Response {
  const places = [0, ...cuts, bytes.length];
  const parts = places.slice(1).map((end, at) => bytes.slice(places[at], end));
  return new Response(
    new ReadableStream(
      {
        pull(controller) {
          const next = parts.shift();
          if (next === undefined) controller.close();
          else controller.enqueue(next);
        },
      },
      { highWaterMark: 0 },
    ),
  );
}

const typeOf = ({ format }: WireSample): string =>
  format === "sse"
    ? "text/event-stream"
    : format === "ndjson"
      ? "application/x-ndjson"
      : "application/json";

function harnessOver(wire: WireSample, body: () => Response["body"]): FetchHarness {
  return createFetchHarness({
    recall: ({ fenceId }) => `[recalled ${fenceId}]`,
    deps: {
      realFetch: () => async () =>
        new Response(body(), { headers: { "content-type": typeOf(wire) } }),
    },
  });
}

const ask = (wire: WireSample): RequestInit => ({
  method: "POST",
  body: JSON.stringify(wire.body([wire.asked(wire.parts)])),
});

describe.each(WIRES)("conformance: bytes of $name", (wire) => {
  it("conformance: a stream cut at every place, with either line end, keeps its bytes and its text", async () => {
    const adapter = findAdapter(new URL(wire.url))!;
    const call = adapter.read(wire.body([wire.said("user", "x")]), new URL(wire.url))!;
    for (const newline of ["\n", "\r\n"] as const) {
      const bytes = streamOf(wire, newline);
      expect(bytes.length).toBeGreaterThan(200);
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const answers: unknown[] = [];
        const watcher = createAnswerWatcher(call.createAnswerReader(), wire.format, (answer) =>
          answers.push(answer),
        );
        const body = watchBody(pieces(bytes, [cut]).body!, watcher);
        const passed = new Uint8Array(await new Response(body).arrayBuffer());
        // Not by `toEqual` of the arrays alone: it would take a minute.
        if (passed.length !== bytes.length || passed.some((byte, at) => byte !== bytes[at]))
          expect(passed, `cut at ${cut}`).toEqual(bytes);
        expect(answers, `cut at ${cut}`).toMatchObject([{ text: TEXT, complete: true }]);
      }
    }
  });

  it("conformance: a stream of single bytes goes through memory.fetch as it is, and is stored", async () => {
    for (const newline of ["\n", "\r\n"] as const) {
      const bytes = streamOf(wire, newline);
      const cuts = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1);
      const memory = harnessOver(wire, () => pieces(bytes, cuts).body);
      const response = await memory.fetch(wire.url, ask(wire));
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
      await memory.path.flush();
      expect(memory.host.outcomes).toMatchObject([{ kind: "answer", text: TEXT, complete: true }]);
    }
  });

  it("conformance: a cancel reaches the provider within one chunk, and what came is stored as incomplete", async () => {
    const bytes = streamOf(wire, "\n");
    let pulled = 0;
    let cancelled: unknown = null;
    const source = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
      new ReadableStream(
        {
          pull(controller) {
            controller.enqueue(bytes.slice(pulled * 50, (pulled += 1) * 50));
          },
          cancel(reason) {
            cancelled = reason;
          },
        },
        { highWaterMark: 0 },
      );
    const memory = harnessOver(wire, source);
    const response = await memory.fetch(wire.url, ask(wire));
    const reader = response.body!.getReader();
    await reader.read();
    await reader.read();
    await reader.cancel("enough");
    expect([pulled, cancelled]).toEqual([2, "enough"]);
    await memory.path.flush();
    const [outcome] = memory.host.outcomes;
    expect(outcome?.kind === "answer" && outcome.complete).toBe(false);
    expect(memory.host.outcomes).toHaveLength(1);
  });

  it("conformance: 5 MB in 2,000 messages, images, sounds, unknown roles and fields pass unharmed", async () => {
    const long = "lorem ipsum ".repeat(210);
    const list = [
      ...Array.from({ length: 2_000 }, (_, at) =>
        wire.said(at % 2 === 0 ? "user" : "assistant", `${at} ${long}`),
      ),
      { ...(wire.said("user", "hm") as object), role: "critic", mood: { grim: [true] } },
      wire.asked(wire.parts),
    ];
    const body = { ...wire.body(list), field_of_2031: { deep: [1, null, "x"] }, temperature: 0.25 };
    const text = JSON.stringify(body);
    expect(text.length).toBeGreaterThan(5_000_000);
    const sent: string[] = [];
    const memory = createFetchHarness({
      recall: () => "[recalled]",
      settings: { recall: { deadlineMs: 10_000 } },
      deps: {
        realFetch: () => async (_input, init) => {
          if (typeof init?.body === "string") sent.push(init.body);
          return new Response("{}", { headers: { "content-type": "application/json" } });
        },
      },
    });
    await (await memory.fetch(wire.url, { method: "POST", body: text })).text();
    const got = JSON.parse(sent[0]!) as Record<string, readonly unknown[]>;
    const items = got[wire.list]!;
    const at = items.findIndex((item) => JSON.stringify(item).includes("[recalled]"));
    expect(at).toBe(list.length - 1);
    expect(items).toHaveLength(list.length);
    expect(JSON.stringify({ ...got, [wire.list]: items.slice(0, -1) })).toBe(
      JSON.stringify({ ...body, [wire.list]: list.slice(0, -1) }),
    );
    const asked = JSON.stringify(items.at(-1));
    for (const part of wire.parts) expect(asked).toContain(JSON.stringify(part));
  });
});
