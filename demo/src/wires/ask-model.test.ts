import { describe, expect, it } from "vitest";
import { endpointOf, readChatRequest } from "../scripted-provider/chat-request.ts";
import { errorBody, speakWire } from "../scripted-provider/speak-wire.ts";
import { askModel, type ModelAddress } from "./ask-model.ts";
import type { WireName } from "./wire.ts";

const BASES: Readonly<Record<WireName, string>> = {
  "openai-chat": "https://provider.example/v1",
  "openai-responses": "https://provider.example/v1/",
  "anthropic-messages": "https://provider.example",
  "gemini-generate": "https://provider.example",
  "ollama-chat": "https://provider.example",
};
const NAMES = Object.keys(BASES) as readonly WireName[];
const SAID = "Ünïcode “quoted”, a line\nand 🎻 more.";

const addressOf = (wire: WireName): ModelAddress => ({
  wire,
  baseURL: BASES[wire],
  model: "some/model",
  apiKey: "k-1",
});

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A provider that cuts its stream where it is told to, and remembers what it was sent. */
function provider(
  answer: (asked: Sent) => { readonly status?: number; readonly body: string },
  size = Infinity,
): { readonly fetch: typeof globalThis.fetch; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    async fetch(input, init) {
      const request = new Request(input, init);
      const asked = { url: request.url, headers: request.headers, body: await request.text() };
      sent.push(asked);
      const { status = 200, body } = answer(asked);
      const bytes = new TextEncoder().encode(body);
      let at = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (at >= bytes.length) return controller.close();
          controller.enqueue(bytes.subarray(at, at + Math.min(size, bytes.length)));
          at += Math.min(size, bytes.length);
        },
      });
      return new Response(stream, { status });
    },
  };
}

function spoken(asked: Sent, text: string): string {
  const path = new URL(asked.url).pathname.slice(1);
  const endpoint = endpointOf(path);
  const request = endpoint === null ? null : readChatRequest(asked.body, endpoint);
  if (endpoint === null || request === null) throw new Error(`not understood: ${path}`);
  expect(request.model).toBe("some/model");
  expect(request.stream).toBe(true);
  expect(request.messages).toEqual([
    { role: "system", text: "Be kind." },
    { role: "user", text: "Hello" },
    { role: endpoint.wire === "gemini-generate" ? "model" : "assistant", text: "Hi" },
    { role: "user", text: SAID },
  ]);
  const { opening, pieces, closing } = speakWire(endpoint.wire, request, text, 1).stream();
  return `${opening}${pieces.join("")}${closing}`;
}

async function ask(wire: WireName, fetch: typeof globalThis.fetch): Promise<string> {
  const { pieces } = await askModel(
    addressOf(wire),
    {
      system: "Be kind.",
      turns: [
        { role: "user", text: "Hello" },
        { role: "assistant", text: "Hi" },
        { role: "user", text: SAID },
      ],
    },
    { fetch, signal: new AbortController().signal },
  );
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

describe.each(NAMES)("%s", (wire) => {
  it("asks in its own shape and reads the answer, wherever the stream is cut", async () => {
    for (const size of [1, 2, 3, 7, 64, Infinity]) {
      const { fetch } = provider((asked) => ({ body: spoken(asked, SAID) }), size);
      expect(await ask(wire, fetch)).toBe(SAID);
    }
  });

  it("reads line breaks of the other kind as well", async () => {
    for (const size of [1, Infinity]) {
      const { fetch } = provider(
        (asked) => ({ body: spoken(asked, SAID).replaceAll("\n", "\r\n") }),
        size,
      );
      expect(await ask(wire, fetch)).toBe(SAID);
    }
  });

  it("puts the key where the provider looks for it, and nowhere else", async () => {
    const { fetch, sent } = provider((asked) => ({ body: spoken(asked, "Yes.") }));
    await ask(wire, fetch);
    const name =
      wire === "anthropic-messages"
        ? "x-api-key"
        : wire === "gemini-generate"
          ? "x-goog-api-key"
          : "authorization";
    const holding = [...(sent[0]?.headers ?? [])].filter(([, value]) => value.includes("k-1"));
    expect(holding.map(([header]) => header)).toEqual([name]);
    expect(`${sent[0]?.url} ${sent[0]?.body}`).not.toContain("k-1");
  });

  it("tells a refusal in the provider's words", async () => {
    const { fetch } = provider(() => ({
      status: 404,
      body: JSON.stringify(errorBody(wire, 404, "There is no such model.")),
    }));
    await expect(ask(wire, fetch)).rejects.toThrow(
      "provider.example answered 404: There is no such model.",
    );
  });

  it("does not take half an answer for a whole one", async () => {
    const { fetch } = provider((asked) => {
      const body = spoken(asked, SAID);
      return { body: body.slice(0, Math.floor(body.length / 2)) };
    });
    await expect(ask(wire, fetch)).rejects.toThrow("broke off before its end");
  });
});

describe("faults in the middle of a stream", () => {
  it.each([
    [
      "anthropic-messages",
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Too busy."}}\n\n',
    ],
    ["openai-responses", 'data: {"type":"error","message":"Too busy."}\n\n'],
    [
      "openai-responses",
      'data: {"type":"response.failed","response":{"error":{"message":"Too busy."}}}\n\n',
    ],
    ["openai-chat", 'data: {"error":{"message":"Too busy."}}\n\n'],
    ["gemini-generate", 'data: {"error":{"code":503,"message":"Too busy."}}\n\n'],
    ["ollama-chat", '{"error":"Too busy."}\n'],
  ] as const)("%s tells them", async (wire, body) => {
    const { fetch } = provider(() => ({ body }));
    await expect(ask(wire, fetch)).rejects.toThrow("provider.example: Too busy.");
  });
});

describe("refusals of any shape", () => {
  it.each([
    ['[{"error":{"message":"Key not valid."}}]', ": Key not valid."],
    ['{"detail":"Not for you."}', ": Not for you."],
    ["<html>Bad gateway</html>", "."],
    ["plain words", ": plain words"],
    ["", "."],
    ["null", "."],
  ])("%s", async (body, told) => {
    const { fetch } = provider(() => ({ status: 502, body }));
    await expect(ask("openai-chat", fetch)).rejects.toThrow(
      new Error(`provider.example answered 502${told}`),
    );
  });

  it("a provider that cannot be reached is named", async () => {
    const fetch = (): Promise<Response> => Promise.reject(new TypeError("Failed to fetch"));
    await expect(ask("openai-chat", fetch)).rejects.toThrow(/provider\.example cannot be reached/u);
  });
});
