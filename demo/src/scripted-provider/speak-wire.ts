import type { WireName } from "../wires/wire.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { StreamParts } from "./paced-stream.ts";

/** An answer as a wire spells it. */
export interface Spoken {
  /** In one piece. */
  whole(): string;
  /** Word by word. */
  stream(): StreamParts & { readonly contentType: string };
}

const SSE = "text/event-stream";

/** The text as the answer of a provider that speaks this wire. */
export function speakWire(wire: WireName, request: ChatRequest, text: string, now: number): Spoken {
  return SPEAKERS[wire]({ request, text, now, pieces: text.match(/\s*\S+/gu) ?? [] });
}

/** An error in the shape of the wire. */
export function errorBody(wire: WireName | null, status: number, message: string): object {
  switch (wire) {
    case "anthropic-messages":
      return { type: "error", error: { type: "invalid_request_error", message } };
    case "gemini-generate":
      return { error: { code: status, message, status: "INVALID_ARGUMENT" } };
    case "ollama-chat":
      return { error: message };
    case "openai-chat":
    case "openai-responses":
    case null:
    default:
      return { error: { message, type: "invalid_request_error", param: null, code: null } };
  }
}

interface Saying {
  readonly request: ChatRequest;
  readonly text: string;
  readonly now: number;
  readonly pieces: readonly string[];
}

const SPEAKERS: Readonly<Record<WireName, (saying: Saying) => Spoken>> = {
  "openai-chat": speakChat,
  "openai-responses": speakResponses,
  "anthropic-messages": speakMessages,
  "gemini-generate": speakGemini,
  "ollama-chat": speakOllama,
};

const unnamed = (event: object): string => `data: ${JSON.stringify(event)}\n\n`;
const named = (type: string, fields: object = {}): string =>
  `event: ${type}\n${unnamed({ type, ...fields })}`;

function speakChat({ request, text, now, pieces }: Saying): Spoken {
  const { prompt, completion } = tokensOf(request, text);
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
  const head = {
    id: `chatcmpl-scripted-${now}`,
    created: Math.floor(now / 1000),
    model: request.model,
  };
  const chunk = (choices: object, extra: object = {}): string =>
    unnamed({ ...head, object: "chat.completion.chunk", choices, ...extra });
  const choice = (delta: object, finish: "stop" | null = null): object => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];
  return {
    whole() {
      const message = { role: "assistant", content: text, refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
      return JSON.stringify({ ...head, object: "chat.completion", choices, usage });
    },
    stream: () => ({
      contentType: SSE,
      opening: chunk(choice({ role: "assistant", content: "" })),
      pieces: pieces.map((content) => chunk(choice({ content }))),
      closing: `${chunk(choice({}, "stop"))}${request.includeUsage ? chunk([], { usage }) : ""}data: [DONE]\n\n`,
    }),
  };
}

function speakResponses({ request, text, now, pieces }: Saying): Spoken {
  const { prompt, completion } = tokensOf(request, text);
  const part = { type: "output_text", text, annotations: [] };
  const item = { id: `msg_${now}`, type: "message", role: "assistant" };
  const done = { ...item, status: "completed", content: [part] };
  const response = {
    id: `resp_${now}`,
    object: "response",
    created_at: Math.floor(now / 1000),
    model: request.model,
    status: "completed",
    error: null,
    incomplete_details: null,
    output: [done],
    usage: {
      input_tokens: prompt,
      output_tokens: completion,
      total_tokens: prompt + completion,
    },
  };
  let sequence = 0;
  const event = (type: string, fields: object): string =>
    named(type, { sequence_number: sequence++, ...fields });
  const at = { item_id: item.id, output_index: 0, content_index: 0 };
  return {
    whole: () => JSON.stringify(response),
    stream: () => ({
      contentType: SSE,
      opening: [
        event("response.created", {
          response: { ...response, status: "in_progress", output: [], usage: null },
        }),
        event("response.output_item.added", {
          output_index: 0,
          item: { ...item, status: "in_progress", content: [] },
        }),
        event("response.content_part.added", { ...at, part: { ...part, text: "" } }),
      ].join(""),
      pieces: pieces.map((delta) => event("response.output_text.delta", { ...at, delta })),
      closing: [
        event("response.output_text.done", { ...at, text }),
        event("response.content_part.done", { ...at, part }),
        event("response.output_item.done", { output_index: 0, item: done }),
        event("response.completed", { response }),
      ].join(""),
    }),
  };
}

function speakMessages({ request, text, now, pieces }: Saying): Spoken {
  const { prompt, completion } = tokensOf(request, text);
  const message = {
    id: `msg_${now}`,
    type: "message",
    role: "assistant",
    model: request.model,
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: prompt, output_tokens: completion },
  };
  return {
    whole: () => JSON.stringify(message),
    stream: () => ({
      contentType: SSE,
      opening: [
        named("message_start", { message: { ...message, content: [], stop_reason: null } }),
        named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      ].join(""),
      pieces: pieces.map((piece) =>
        named("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } }),
      ),
      closing: [
        named("content_block_stop", { index: 0 }),
        named("message_delta", {
          delta: { stop_reason: "end_turn", stop_sequence: null },
          usage: { output_tokens: completion },
        }),
        named("message_stop"),
      ].join(""),
    }),
  };
}

function speakGemini({ request, text, pieces }: Saying): Spoken {
  const { prompt, completion } = tokensOf(request, text);
  const chunk = (said: string, rest: object): object => ({
    candidates: [{ index: 0, content: { role: "model", parts: [{ text: said }] }, ...rest }],
    usageMetadata: { promptTokenCount: prompt, totalTokenCount: prompt + completion },
    modelVersion: request.model,
  });
  return {
    whole: () => JSON.stringify(chunk(text, { finishReason: "STOP" })),
    stream: () => ({
      contentType: SSE,
      opening: "",
      pieces: pieces.map((piece) => unnamed(chunk(piece, {}))),
      closing: unnamed(chunk("", { finishReason: "STOP" })),
    }),
  };
}

function speakOllama({ request, text, now, pieces }: Saying): Spoken {
  const { prompt, completion } = tokensOf(request, text);
  const line = (content: string, done: boolean): string =>
    `${JSON.stringify({
      model: request.model,
      created_at: new Date(now).toISOString(),
      message: { role: "assistant", content },
      done,
      ...(done ? { done_reason: "stop", prompt_eval_count: prompt, eval_count: completion } : {}),
    })}\n`;
  return {
    whole: () => line(text, true),
    stream: () => ({
      contentType: "application/x-ndjson",
      opening: "",
      pieces: pieces.map((piece) => line(piece, false)),
      closing: line("", true),
    }),
  };
}

/** A rough count (four characters a token): this model has no tokenizer. */
function tokensOf(
  request: ChatRequest,
  text: string,
): { readonly prompt: number; readonly completion: number } {
  const characters = request.messages.reduce((sum, message) => sum + message.text.length, 0);
  return { prompt: Math.ceil(characters / 4), completion: Math.ceil(text.length / 4) };
}
