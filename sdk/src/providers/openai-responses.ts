import type { Turn } from "../domain/chat.ts";
import { createResponsesAnswerReader } from "./openai-responses-answer.ts";
import { isRecord, textOf } from "./openai-chat-content.ts";
import type { MemoryBlocks, ProviderAdapter, ProviderCall } from "./provider-adapter.ts";
import { isKept } from "./kept-input.ts";

/**
 * OpenAI Responses, on OpenAI's own host and wherever else the path is spoken. `/responses/{id}` and its siblings (cancelling,
 * input items, token counts) have longer paths and are not served.
 */
export const openAiResponses: ProviderAdapter = {
  wire: "openai-responses",
  matches: (url) => /\/responses\/?$/.test(url.pathname),
  read(body) {
    if (!isRecord(body)) return null;
    const items = itemsOf(body["input"]);
    if (items === null) return null;
    const follows = readFollows(body);
    const call: ProviderCall = {
      turns: items.flatMap(turnOf),
      system: readSystem(body, items),
      last: readLast(items),
      hasResponseSchema: asksForSchema(body["text"]),
      stream: body["stream"] === true,
      streamFormat: "sse",
      model: typeof body["model"] === "string" ? body["model"] : "",
      ...(follows === null ? {} : { follows }),
      augment: (blocks) => withMemory(body, items, blocks, follows !== null),
      createAnswerReader: createResponsesAnswerReader,
    };
    return call;
  },
};

function itemsOf(input: unknown): readonly unknown[] | null {
  if (typeof input === "string") return [{ role: "user", content: input }];
  return Array.isArray(input) && input.some(isItem) ? input : null;
}

/** `type` may be left out of a plain message. */
function isItem(item: unknown): boolean {
  return isRecord(item) && (typeof item["type"] === "string" || typeof item["role"] === "string");
}

function isMessage(item: unknown): item is Readonly<Record<string, unknown>> {
  return isRecord(item) && (item["type"] === undefined || item["type"] === "message");
}

function turnOf(item: unknown): readonly Turn[] {
  if (!isMessage(item) || item["phase"] === "commentary") return [];
  const role = item["role"];
  if (role !== "user" && role !== "assistant") return [];
  const text = textOf(item["content"]);
  return text.trim() === "" ? [] : [{ role, text }];
}

function readSystem(body: Readonly<Record<string, unknown>>, items: readonly unknown[]): string {
  const inItems = items
    .filter(isMessage)
    .filter((item) => item["role"] === "system" || item["role"] === "developer")
    .map((item) => textOf(item["content"]));
  return [textOf(body["instructions"]), ...inItems].filter((text) => text !== "").join("\n\n");
}

/** What calls a tool belongs to the assistant; what a tool gave back (`..._output`, an approval) continues its loop. */
function readLast(items: readonly unknown[]): ProviderCall["last"] {
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at];
    if (isMessage(item)) {
      if (item["role"] === "user" || item["role"] === "assistant") return item["role"];
    } else if (isRecord(item) && typeof item["type"] === "string") {
      if (/_output$|_response$/.test(item["type"])) return "tool";
      if (/_call$|^reasoning$/.test(item["type"])) return "assistant";
    }
  }
  return "none";
}

function readFollows(
  body: Readonly<Record<string, unknown>>,
): NonNullable<ProviderCall["follows"]> | null {
  const previous = body["previous_response_id"];
  if (typeof previous === "string" && previous !== "") return { kind: "answer", id: previous };
  const conversation = body["conversation"];
  const id = isRecord(conversation) ? conversation["id"] : conversation;
  return typeof id === "string" && id !== "" ? { kind: "conversation", id } : null;
}

function asksForSchema(text: unknown): boolean {
  if (!isRecord(text) || !isRecord(text["format"])) return false;
  return text["format"]["type"] === "json_schema" || text["format"]["type"] === "json_object";
}

/**
 * `instructions` is the one field that the provider does not carry into later calls. The profile always goes there; what was recalled
 * for this turn goes there too where the input is kept on the server, and else inside the last user message.
 */
function withMemory(
  body: Readonly<Record<string, unknown>>,
  items: readonly unknown[],
  { profile, recall, placement }: MemoryBlocks,
  chained: boolean,
): unknown {
  const split = placement === "split";
  const all = [profile, recall].filter((text) => text !== "").join("\n\n");
  const roles = items.map((item) => (isMessage(item) ? item["role"] : undefined));
  if (split && isKept(body["store"], roles, chained)) return appendInstructions(body, all);
  const beside = split ? recall : all;
  const next = beside === "" ? body : { ...body, input: besideLastUserTurn(body["input"], beside) };
  return split ? atEndOfSystem(next, profile) : next;
}

/** Some clients have their system text as the first item instead of as `instructions`. */
function atEndOfSystem(
  body: Readonly<Record<string, unknown>>,
  text: string,
): Readonly<Record<string, unknown>> {
  const { input } = body;
  if (text === "" || body["instructions"] || !Array.isArray(input))
    return appendInstructions(body, text);
  const items: readonly unknown[] = input;
  const at = items.findIndex(
    (item) => isMessage(item) && (item["role"] === "system" || item["role"] === "developer"),
  );
  const item = items[at];
  const content = isRecord(item) ? item["content"] : undefined;
  if (!isRecord(item) || (typeof content !== "string" && !Array.isArray(content)))
    return appendInstructions(body, text);
  const longer =
    typeof content === "string"
      ? `${content}\n\n${text}`
      : [...(content as unknown[]), { type: "input_text", text }];
  return { ...body, input: items.with(at, { ...item, content: longer }) };
}

function appendInstructions(
  body: Readonly<Record<string, unknown>>,
  text: string,
): Readonly<Record<string, unknown>> {
  if (text === "") return body;
  const own = body["instructions"];
  return {
    ...body,
    instructions: typeof own === "string" && own !== "" ? `${own}\n\n${text}` : text,
  };
}

function besideLastUserTurn(input: unknown, text: string): unknown {
  if (typeof input === "string") return input === "" ? text : `${text}\n\n${input}`;
  if (!Array.isArray(input)) return input;
  const items: readonly unknown[] = input;
  const at = items.findLastIndex((item) => isMessage(item) && item["role"] === "user");
  const item = items[at];
  if (!isRecord(item)) return items;
  const content = item["content"];
  if (typeof content === "string")
    return items.with(at, { ...item, content: content === "" ? text : `${text}\n\n${content}` });
  if (!Array.isArray(content)) return items;
  return items.with(at, {
    ...item,
    content: [{ type: "input_text", text }, ...(content as unknown[])],
  });
}
