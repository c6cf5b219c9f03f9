import type { ScriptedAnswer } from "./scripted-provider-types.ts";
import { streamEvents, wholeBody } from "./scripted-provider-wire.ts";

/** How a body goes over the wire: each of `writes` is one write. */
export interface SpokenBody {
  readonly contentType: string;
  readonly writes: readonly string[];
}

interface Asked {
  readonly url: string;
  readonly stream: boolean | undefined;
  readonly id: string;
}

const JSON_TYPE = "application/json";
const SSE_TYPE = "text/event-stream; charset=utf-8";
const MODEL = "scripted-1";

/** The answer in the wire that the path names; `null` for a path of no chat. */
export function speak(answer: ScriptedAnswer, asked: Asked): SpokenBody | null {
  const path = asked.url.split("?")[0] ?? "";
  if (path.endsWith("/chat/completions"))
    return asked.stream
      ? { contentType: SSE_TYPE, writes: streamEvents(answer, asked.id) }
      : { contentType: JSON_TYPE, writes: [wholeBody(answer, asked.id)] };
  if (path.endsWith("/responses")) return speakResponses(answer, asked);
  if (path.endsWith("/v1/messages")) return speakAnthropic(answer, asked);
  if (path.endsWith(":generateContent") || path.endsWith(":streamGenerateContent"))
    return speakGemini(answer, asked, path.endsWith(":streamGenerateContent"));
  if (path.endsWith("/interactions")) return speakInteractions(answer, asked);
  if (path.endsWith("/api/chat")) return speakOllama(answer, asked);
  return null;
}

function textOf(answer: ScriptedAnswer): string {
  return answer.text ?? (answer.toolCalls === undefined ? "A scripted answer." : "");
}

function piecesOf(answer: ScriptedAnswer, text = textOf(answer)): readonly string[] {
  const characters = Array.from(text);
  const size = answer.piece ?? 4;
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, at) =>
    characters.slice(at * size, (at + 1) * size).join(""),
  );
}

function callsOf(answer: ScriptedAnswer): readonly {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}[] {
  return (answer.toolCalls ?? []).map(({ id, name, arguments: json }) => ({
    id,
    name,
    input: JSON.parse(json) as unknown,
  }));
}

/** Events with a name on a line of its own, as Anthropic and OpenAI Responses send them. */
function named(answer: ScriptedAnswer, events: readonly { readonly type: string }[]): SpokenBody {
  const newline = answer.newline ?? "\n";
  return {
    contentType: SSE_TYPE,
    writes: events.map(
      (event) => `event: ${event.type}${newline}data: ${JSON.stringify(event)}${newline}${newline}`,
    ),
  };
}

function speakResponses(answer: ScriptedAnswer, { stream, id }: Asked): SpokenBody {
  const text = textOf(answer);
  const part = { type: "output_text", text, annotations: [], logprobs: [] };
  const message = { id: `msg_${id}`, type: "message", role: "assistant", status: "completed" };
  const output = [
    { id: `rs_${id}`, type: "reasoning", summary: [] },
    ...(text === "" ? [] : [{ ...message, content: [part] }]),
    ...(answer.toolCalls ?? []).map((call) => ({
      id: `fc_${call.id}`,
      type: "function_call",
      status: "completed",
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
    })),
  ];
  const response = {
    id: `resp_${id}`,
    object: "response",
    created_at: 1_760_000_000,
    model: MODEL,
    status: "completed",
    error: null,
    incomplete_details: null,
    parallel_tool_calls: true,
    tools: [],
    output,
  };
  if (!stream) return { contentType: JSON_TYPE, writes: [JSON.stringify(response)] };
  const events: { type: string; [field: string]: unknown }[] = [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
  ];
  output.forEach((item, output_index) => {
    const open = item.type === "message" ? { ...item, status: "in_progress", content: [] } : item;
    events.push({ type: "response.output_item.added", output_index, item: open });
    if (item.type === "message") {
      const at = { item_id: item.id, output_index, content_index: 0 };
      events.push({ type: "response.content_part.added", ...at, part: { ...part, text: "" } });
      for (const delta of piecesOf(answer))
        events.push({ type: "response.output_text.delta", ...at, delta, obfuscation: "x7" });
      events.push({ type: "response.output_text.done", ...at, text });
      events.push({ type: "response.content_part.done", ...at, part });
    }
    events.push({ type: "response.output_item.done", output_index, item });
  });
  events.push({ type: "response.completed", response });
  return named(
    answer,
    events.map((event, sequence_number) => ({ ...event, sequence_number })),
  );
}

function speakAnthropic(answer: ScriptedAnswer, { stream, id }: Asked): SpokenBody {
  const text = textOf(answer);
  const content = [
    { type: "thinking", thinking: "Let me see.", signature: "c2ln" },
    ...(text === "" ? [] : [{ type: "text", text }]),
    ...callsOf(answer).map((call) => ({ type: "tool_use", ...call })),
  ];
  const stop_reason = answer.finishReason ?? (answer.toolCalls ? "tool_use" : "end_turn");
  const message = {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model: MODEL,
    content,
    stop_reason,
    stop_sequence: null,
    usage: { input_tokens: 12, output_tokens: 7 },
  };
  if (!stream) return { contentType: JSON_TYPE, writes: [JSON.stringify(message)] };
  const events: { type: string; [field: string]: unknown }[] = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    { type: "ping" },
  ];
  content.forEach((block, index) => {
    const delta = (value: object): void => {
      events.push({ type: "content_block_delta", index, delta: value });
    };
    if (block.type === "tool_use") {
      events.push({ type: "content_block_start", index, content_block: { ...block, input: {} } });
      const json = JSON.stringify("input" in block ? block.input : {});
      for (const partial_json of piecesOf(answer, json))
        delta({ type: "input_json_delta", partial_json });
    } else if (block.type === "text") {
      events.push({ type: "content_block_start", index, content_block: { ...block, text: "" } });
      for (const piece of piecesOf(answer)) delta({ type: "text_delta", text: piece });
    } else {
      events.push({
        type: "content_block_start",
        index,
        content_block: { type: "thinking", thinking: "", signature: "" },
      });
      delta({ type: "thinking_delta", thinking: "Let me see." });
      delta({ type: "signature_delta", signature: "c2ln" });
    }
    events.push({ type: "content_block_stop", index });
  });
  events.push({
    type: "message_delta",
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: 7 },
  });
  events.push({ type: "message_stop" });
  return named(answer, events);
}

function speakGemini(answer: ScriptedAnswer, { url }: Asked, stream: boolean): SpokenBody {
  const chunk = (parts: readonly object[], finishReason?: string): object => ({
    candidates: [
      { index: 0, content: { role: "model", parts }, ...(finishReason ? { finishReason } : {}) },
    ],
    usageMetadata: { promptTokenCount: 12, totalTokenCount: 19 },
    modelVersion: MODEL,
  });
  const thought = { text: "Let me see.", thought: true };
  const calls = callsOf(answer).map(({ name, input }) => ({
    functionCall: { name, args: input },
    thoughtSignature: "c2ln",
  }));
  const text = textOf(answer);
  if (!stream)
    return {
      contentType: JSON_TYPE,
      writes: [
        JSON.stringify(chunk([thought, ...(text === "" ? [] : [{ text }]), ...calls], "STOP")),
      ],
    };
  const chunks = [
    chunk([thought]),
    ...piecesOf(answer).map((piece) => chunk([{ text: piece }])),
    chunk(calls.length > 0 ? calls : [{ text: "" }], "STOP"),
  ];
  const newline = answer.newline ?? "\n";
  if (new URL(url, "http://x").searchParams.get("alt") === "sse")
    return {
      contentType: SSE_TYPE,
      writes: chunks.map((one) => `data: ${JSON.stringify(one)}${newline}${newline}`),
    };
  return {
    contentType: "application/json; charset=UTF-8",
    writes: chunks.map(
      (one, at) =>
        `${at === 0 ? "[" : `,${newline}`}${JSON.stringify(one, null, 2)}${at === chunks.length - 1 ? "]" : ""}`,
    ),
  };
}

function speakInteractions(answer: ScriptedAnswer, { stream, id }: Asked): SpokenBody {
  const text = textOf(answer);
  const calls = callsOf(answer);
  const steps = [
    { type: "thought", signature: "c2ln" },
    ...(text === "" ? [] : [{ type: "model_output", content: [{ type: "text", text }] }]),
    ...calls.map(({ id: call, name, input }) => ({
      type: "function_call",
      id: call,
      name,
      arguments: input,
    })),
  ];
  const interaction = {
    id: `int_${id}`,
    object: "interaction",
    model: MODEL,
    status: calls.length > 0 ? "requires_action" : "completed",
    steps,
    created: "2026-11-01T00:00:00Z",
    updated: "2026-11-01T00:00:01Z",
  };
  if (!stream) return { contentType: JSON_TYPE, writes: [JSON.stringify(interaction)] };
  const events: { event_type: string; [field: string]: unknown }[] = [
    {
      event_type: "interaction.created",
      interaction: { ...interaction, status: "in_progress", steps: [] },
    },
  ];
  steps.forEach((step, index) => {
    const said = step.type === "model_output";
    events.push({ event_type: "step.start", index, step: said ? { type: step.type } : step });
    if (said)
      for (const piece of piecesOf(answer))
        events.push({ event_type: "step.delta", index, delta: { type: "text", text: piece } });
    events.push({ event_type: "step.stop", index });
  });
  events.push({ event_type: "interaction.completed", interaction });
  const newline = answer.newline ?? "\n";
  return {
    contentType: SSE_TYPE,
    writes: events.map(
      (event) =>
        `event: ${event.event_type}${newline}data: ${JSON.stringify(event)}${newline}${newline}`,
    ),
  };
}

function speakOllama(answer: ScriptedAnswer, { stream }: Asked): SpokenBody {
  const tool_calls = callsOf(answer).map(({ name, input }) => ({
    function: { name, arguments: input },
  }));
  const line = (content: string, rest: object, done: boolean): object => ({
    model: MODEL,
    created_at: "2026-11-01T00:00:00Z",
    message: { role: "assistant", content, ...rest },
    done,
    ...(done ? { done_reason: "stop", eval_count: 7 } : {}),
  });
  const calls = tool_calls.length > 0 ? { tool_calls } : {};
  if (stream === false)
    return {
      contentType: JSON_TYPE,
      writes: [JSON.stringify(line(textOf(answer), { thinking: "Let me see.", ...calls }, true))],
    };
  const lines = [
    line("", { thinking: "Let me see." }, false),
    ...piecesOf(answer).map((piece) => line(piece, {}, false)),
    ...(tool_calls.length > 0 ? [line("", calls, false)] : []),
    line("", {}, true),
  ];
  return {
    contentType: "application/x-ndjson",
    writes: lines.map((one) => `${JSON.stringify(one)}${answer.newline ?? "\n"}`),
  };
}
