import type { Turn } from "../domain/chat.ts";
import { createAnswerText, parseJson } from "./answer-text.ts";
import { isKept } from "./kept-input.ts";
import { isRecord, textOf } from "./openai-chat-content.ts";
import type {
  AnswerReader,
  MemoryBlocks,
  ProviderAdapter,
  ProviderCall,
} from "./provider-adapter.ts";

/** Google's Interactions API: `input` is a text, contents of one user turn, or the steps of a conversation. */
export const geminiInteractions: ProviderAdapter = {
  wire: "gemini-interactions",
  matches: (url) => /\/v1[a-z0-9]*\/interactions\/?$/.test(url.pathname),
  read(body) {
    if (!isRecord(body)) return null;
    const steps = stepsOf(body["input"]);
    if (steps === null) return null;
    const previous = body["previous_interaction_id"];
    const chained = typeof previous === "string" && previous !== "";
    const call: ProviderCall = {
      turns: steps.flatMap(turnOf),
      system: textOf(body["system_instruction"]),
      last: readLast(steps),
      hasResponseSchema: body["response_format"] !== undefined,
      stream: body["stream"] === true,
      streamFormat: "sse",
      model: [body["model"], body["agent"]].find((name) => typeof name === "string") ?? "",
      ...(chained ? { follows: { kind: "answer", id: previous } } : {}),
      augment: (blocks) => withMemory(body, steps, blocks, chained),
      createAnswerReader: createInteractionsAnswerReader,
    };
    return call;
  },
};

interface Step {
  readonly type: string;
  readonly content: unknown;
}

function stepsOf(input: unknown): readonly Step[] | null {
  if (typeof input === "string") return [{ type: "user_input", content: input }];
  if (isRecord(input) && typeof input["type"] === "string")
    return [{ type: "user_input", content: [input] }];
  if (!Array.isArray(input) || input.length === 0) return null;
  const items = input as readonly unknown[];
  if (!items.every((item) => isRecord(item) && typeof item["type"] === "string")) return null;
  return items.some(isStep)
    ? items
        .filter(isRecord)
        .map((item) => ({ type: String(item["type"]), content: item["content"] }))
    : [{ type: "user_input", content: items }];
}

/** Steps are named for who acts; contents for their medium. */
function isStep(item: unknown): item is Readonly<Record<string, unknown>> {
  return (
    isRecord(item) &&
    /^(?:user_input|model_output|thought)$|_(?:call|result)$/.test(String(item["type"]))
  );
}

function turnOf({ type, content }: Step): readonly Turn[] {
  if (type !== "user_input" && type !== "model_output") return [];
  const text = textOf(content);
  return text.trim() === "" ? [] : [{ role: type === "user_input" ? "user" : "assistant", text }];
}

function readLast(steps: readonly Step[]): ProviderCall["last"] {
  const type = steps.at(-1)?.type ?? "";
  if (type === "user_input") return "user";
  if (type.endsWith("_result")) return "tool";
  return type === "" ? "none" : "assistant";
}

/** As in Responses: only `system_instruction` is not kept on the server. */
function withMemory(
  body: Readonly<Record<string, unknown>>,
  steps: readonly Step[],
  { profile, recall, placement }: MemoryBlocks,
  chained: boolean,
): unknown {
  const split = placement === "split";
  const all = [profile, recall].filter((text) => text !== "").join("\n\n");
  const roles = steps.map(({ type }) => (type === "model_output" ? "assistant" : "user"));
  if (split && isKept(body["store"], roles, chained)) return appendSystem(body, all);
  const beside = split ? recall : all;
  const next = beside === "" ? body : { ...body, input: besideLastUserTurn(body["input"], beside) };
  return split ? appendSystem(next, profile) : next;
}

function appendSystem(
  body: Readonly<Record<string, unknown>>,
  text: string,
): Readonly<Record<string, unknown>> {
  if (text === "") return body;
  const own = body["system_instruction"];
  return {
    ...body,
    system_instruction: typeof own === "string" && own !== "" ? `${own}\n\n${text}` : text,
  };
}

function besideLastUserTurn(input: unknown, text: string): unknown {
  const block = { type: "text", text };
  if (typeof input === "string") return input === "" ? text : `${text}\n\n${input}`;
  if (isRecord(input)) return [block, input];
  if (!Array.isArray(input)) return input;
  const items = input as readonly unknown[];
  if (!items.some(isStep)) return [block, ...items];
  const at = items.findLastIndex((item) => isRecord(item) && item["type"] === "user_input");
  const step = items[at];
  if (!isRecord(step)) return items;
  const content: readonly unknown[] = Array.isArray(step["content"]) ? step["content"] : [];
  return items.with(at, { ...step, content: [block, ...content] });
}

function createInteractionsAnswerReader(): AnswerReader {
  const text = createAnswerText();
  let id: string | undefined;
  let complete = false;
  let hasToolCalls = false;
  const begin = (step: unknown): void => {
    if (!isRecord(step)) return;
    if (step["type"] === "function_call") hasToolCalls = true;
    if (step["type"] !== "model_output" || !Array.isArray(step["content"])) return;
    for (const part of step["content"] as readonly unknown[]) {
      if (!isRecord(part) || part["type"] !== "text" || typeof part["text"] !== "string") continue;
      text.startPart();
      text.add(part["text"]);
    }
  };
  const name = (interaction: unknown): void => {
    if (!isRecord(interaction)) return;
    if (typeof interaction["id"] === "string") id = interaction["id"];
  };
  return {
    readWhole(body) {
      if (!isRecord(body)) return;
      name(body);
      const steps = body["steps"] ?? body["outputs"];
      if (Array.isArray(steps)) for (const step of steps as readonly unknown[]) begin(step);
      complete = body["status"] !== "in_progress" && body["status"] !== "failed";
    },
    readEvent(data) {
      const event = parseJson(data);
      if (!isRecord(event)) return;
      name(event["interaction"]);
      if (event["event_type"] === "step.start") {
        text.startPart();
        begin(event["step"]);
      }
      const delta = event["delta"];
      if (event["event_type"] === "step.delta" && isRecord(delta))
        if (delta["type"] === "text" && typeof delta["text"] === "string") text.add(delta["text"]);
      if (event["event_type"] === "interaction.completed") complete = true;
    },
    answer: () => ({
      text: text.read(),
      complete,
      hasToolCalls,
      ...(id === undefined ? {} : { id }),
    }),
  };
}
