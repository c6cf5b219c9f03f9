import Anthropic from "@anthropic-ai/sdk";
import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { generateText, streamText } from "ai";
import { Ollama } from "ollama/browser";
import OpenAI from "openai";
import type { ScriptedSession } from "./scripted-session.ts";

/** The real client of one wire, driven the same way as all others. */
export interface WireClient {
  readonly name: string;
  readonly wire: string;
  /** What the client does by itself when the provider is busy. */
  readonly retries: boolean;
  /** The whole answer's text. */
  ask(how: WireCall): Promise<string>;
  /** Everything that a streamed answer gave, in order, and its text. */
  stream(how: WireCall): AsyncIterable<{ readonly event: unknown; readonly text: string }>;
}

export interface WireCall {
  readonly provider: ScriptedSession;
  readonly fetch: typeof globalThis.fetch;
  readonly system?: string;
  /** The conversation as the app keeps it, the user's turn last. */
  readonly said: readonly Said[];
  readonly signal?: AbortSignal;
  readonly maxRetries?: number;
}

export interface Said {
  readonly role: "user" | "assistant";
  readonly text: string;
}

const KEY = "test-not-a-real-key";

const openAi = ({ provider, fetch, maxRetries = 0 }: WireCall): OpenAI =>
  new OpenAI({
    apiKey: KEY,
    baseURL: provider.baseURL,
    dangerouslyAllowBrowser: true,
    maxRetries,
    fetch,
  });

const responses: WireClient = {
  name: "openai responses",
  wire: "openai-responses",
  retries: true,
  async ask(how) {
    const answer = await openAi(how).responses.create(responsesBody(how), optionsOf(how));
    return answer.output_text;
  },
  async *stream(how) {
    const events = await openAi(how).responses.create(
      { ...responsesBody(how), stream: true },
      optionsOf(how),
    );
    for await (const event of events)
      yield { event, text: event.type === "response.output_text.delta" ? event.delta : "" };
  },
};

function responsesBody({
  system,
  said,
}: WireCall): OpenAI.Responses.ResponseCreateParamsNonStreaming {
  return {
    model: "gpt-x",
    store: false,
    ...(system === undefined ? {} : { instructions: system }),
    input: said.map(({ role, text }) => ({ role, content: text })),
  };
}

const anthropic = ({ provider, fetch, maxRetries = 0 }: WireCall): Anthropic =>
  new Anthropic({
    apiKey: KEY,
    baseURL: provider.root,
    dangerouslyAllowBrowser: true,
    maxRetries,
    fetch,
  });

const messages: WireClient = {
  name: "anthropic messages",
  wire: "anthropic-messages",
  retries: true,
  async ask(how) {
    const answer = await anthropic(how).messages.create(messagesBody(how), optionsOf(how));
    return answer.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  },
  async *stream(how) {
    const events = await anthropic(how).messages.create(
      { ...messagesBody(how), stream: true },
      optionsOf(how),
    );
    for await (const event of events)
      yield {
        event,
        text:
          event.type === "content_block_delta" && event.delta.type === "text_delta"
            ? event.delta.text
            : "",
      };
  },
};

function messagesBody({ system, said }: WireCall): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: "claude-x",
    max_tokens: 100,
    ...(system === undefined ? {} : { system }),
    messages: said.map(({ role, text }) => ({ role, content: text })),
  };
}

const google = ({ provider, fetch }: WireCall): GoogleGenAI =>
  new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: provider.root, fetch } });

const gemini: WireClient = {
  name: "google generateContent",
  wire: "gemini-generate",
  retries: false,
  async ask(how) {
    return (await google(how).models.generateContent(geminiBody(how))).text ?? "";
  },
  async *stream(how) {
    for await (const chunk of await google(how).models.generateContentStream(geminiBody(how)))
      yield { event: JSON.parse(JSON.stringify(chunk)) as unknown, text: chunk.text ?? "" };
  },
};

function geminiBody({
  system,
  said,
  signal,
}: WireCall): Parameters<GoogleGenAI["models"]["generateContent"]>[0] {
  return {
    model: "gemini-x",
    contents: said.map(({ role, text }) => ({
      role: role === "assistant" ? "model" : "user",
      parts: [{ text }],
    })),
    config: {
      ...(system === undefined ? {} : { systemInstruction: system }),
      ...(signal ? { abortSignal: signal } : {}),
    },
  };
}

const interactions: WireClient = {
  name: "google interactions",
  wire: "gemini-interactions",
  retries: false,
  async ask(how) {
    const answer = await google(how).interactions.create(interactionBody(how), optionsOf(how));
    return (answer.steps ?? [])
      .flatMap((step) => (step.type === "model_output" ? (step.content ?? []) : []))
      .map((part) => (part.type === "text" ? (part.text ?? "") : ""))
      .join("");
  },
  async *stream(how) {
    const events = await google(how).interactions.create(
      { ...interactionBody(how), stream: true },
      optionsOf(how),
    );
    for await (const event of events)
      yield {
        event,
        text:
          event.event_type === "step.delta" && event.delta.type === "text" ? event.delta.text : "",
      };
  },
};

function interactionBody({ system, said }: WireCall) {
  return {
    model: "gemini-x",
    store: false,
    ...(system === undefined ? {} : { system_instruction: system }),
    input: said.map(({ role, text }) => ({
      type: role === "assistant" ? ("model_output" as const) : ("user_input" as const),
      content: [{ type: "text" as const, text }],
    })),
  };
}

const ollama: WireClient = {
  name: "ollama",
  wire: "ollama-chat",
  retries: false,
  async ask(how) {
    const client = new Ollama({ host: how.provider.root, fetch: how.fetch });
    return (await client.chat({ ...ollamaBody(how), stream: false })).message.content;
  },
  async *stream(how) {
    const client = new Ollama({ host: how.provider.root, fetch: how.fetch });
    how.signal?.addEventListener("abort", () => client.abort());
    for await (const part of await client.chat({ ...ollamaBody(how), stream: true }))
      yield { event: part, text: part.message.content };
  },
};

function ollamaBody({ system, said }: WireCall) {
  return {
    model: "m",
    messages: [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      ...said.map(({ role, text }) => ({ role, content: text })),
    ],
  };
}

const vercel: WireClient = {
  name: "the AI SDK's OpenAI provider",
  wire: "openai-responses",
  retries: true,
  async ask(how) {
    return (await generateText(vercelCall(how))).text;
  },
  async *stream(how) {
    const result = streamText({ ...vercelCall(how), onError: () => undefined });
    for await (const event of result.fullStream) {
      if (event.type === "error") throw event.error;
      yield { event: event.type, text: event.type === "text-delta" ? event.text : "" };
    }
  },
};

function vercelCall({ provider, fetch, system, said, signal, maxRetries = 0 }: WireCall) {
  const openai = createOpenAI({ apiKey: KEY, baseURL: provider.baseURL, fetch });
  return {
    model: openai("gpt-x"),
    maxRetries,
    providerOptions: { openai: { store: false } },
    ...(system === undefined ? {} : { system }),
    messages: said.map(({ role, text }) => ({ role, content: text })),
    ...(signal ? { abortSignal: signal } : {}),
  };
}

function optionsOf({ signal }: WireCall): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}

export const WIRE_CLIENTS: readonly WireClient[] = [
  responses,
  messages,
  gemini,
  interactions,
  ollama,
  vercel,
];
