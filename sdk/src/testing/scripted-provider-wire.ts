import type { ScriptedAnswer } from "./scripted-provider-types.ts";

const MODEL = "scripted-1";
const CREATED = 1_760_000_000;

/** The body of a chat completion as OpenAI sends it. */
export function wholeBody(answer: ScriptedAnswer, id: string): string {
  const message = {
    role: "assistant",
    content: contentOf(answer),
    refusal: answer.refusal ?? null,
    annotations: [],
    ...(answer.toolCalls === undefined
      ? {}
      : {
          tool_calls: answer.toolCalls.map((call) => ({
            id: call.id,
            type: "function",
            function: { name: call.name, arguments: call.arguments },
          })),
        }),
  };
  return JSON.stringify({
    id,
    object: "chat.completion",
    created: CREATED,
    model: MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(answer) }],
    usage: USAGE,
    service_tier: "default",
    system_fingerprint: null,
  });
}

/** The events of a streamed chat completion, each as its text on the wire. */
export function streamEvents(answer: ScriptedAnswer, id: string): readonly string[] {
  const newline = answer.newline ?? "\n";
  const event = (data: string): string => `data: ${data}${newline}${newline}`;
  const chunk = (delta: unknown, finish: string | null, extra: object = {}): string =>
    event(
      JSON.stringify({
        id,
        object: "chat.completion.chunk",
        created: CREATED,
        model: MODEL,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
        obfuscation: "x7Qp",
        ...extra,
      }),
    );
  const pieces = (text: string): readonly string[] => {
    const characters = Array.from(text);
    const size = answer.piece ?? 4;
    return Array.from({ length: Math.ceil(characters.length / size) }, (_, at) =>
      characters.slice(at * size, (at + 1) * size).join(""),
    );
  };

  const events = [
    chunk(
      { role: "assistant", content: contentOf(answer) === null ? null : "", refusal: null },
      null,
    ),
  ];
  for (const content of pieces(contentOf(answer) ?? "")) events.push(chunk({ content }, null));
  for (const refusal of pieces(answer.refusal ?? "")) events.push(chunk({ refusal }, null));
  for (const [index, call] of (answer.toolCalls ?? []).entries()) {
    events.push(
      chunk(
        {
          tool_calls: [
            { index, id: call.id, type: "function", function: { name: call.name, arguments: "" } },
          ],
        },
        null,
      ),
    );
    for (const part of pieces(call.arguments))
      events.push(chunk({ tool_calls: [{ index, function: { arguments: part } }] }, null));
  }
  events.push(chunk({}, finishOf(answer)));
  if (answer.usage === true) events.push(chunk({}, null, { choices: [], usage: USAGE }));
  events.push(event("[DONE]"));
  return events;
}

const USAGE = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };

function contentOf(answer: ScriptedAnswer): string | null {
  if (answer.text !== undefined) return answer.text;
  return answer.refusal === undefined && answer.toolCalls === undefined
    ? "A scripted answer."
    : null;
}

function finishOf(answer: ScriptedAnswer): string {
  return answer.finishReason ?? (answer.toolCalls === undefined ? "stop" : "tool_calls");
}
