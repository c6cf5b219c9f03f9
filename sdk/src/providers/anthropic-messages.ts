import type { Turn } from "../domain/chat.ts";
import { createAnthropicAnswerReader } from "./anthropic-messages-answer.ts";
import { isRecord, textOf } from "./openai-chat-content.ts";
import type { MemoryBlocks, ProviderAdapter, ProviderCall } from "./provider-adapter.ts";

/**
 * Anthropic Messages: also on hosts that offer it beside their own wire (OpenRouter, LM Studio, gateways). Token counting and
 * batches have paths of their own and are not served.
 */
export const anthropicMessages: ProviderAdapter = {
  wire: "anthropic-messages",
  matches: (url) => /\/v1\/messages\/?$/.test(url.pathname),
  read(body) {
    if (!isRecord(body) || !Array.isArray(body["messages"]) || body["messages"].length === 0)
      return null;
    const messages: readonly unknown[] = body["messages"];
    const call: ProviderCall = {
      turns: readTurns(messages),
      system: textOf(body["system"]),
      last: readLast(messages),
      hasResponseSchema: asksForSchema(body),
      stream: body["stream"] === true,
      streamFormat: "sse",
      model: typeof body["model"] === "string" ? body["model"] : "",
      augment: (blocks) => withMemory(body, messages, blocks),
      createAnswerReader: createAnthropicAnswerReader,
    };
    return call;
  },
};

function readTurns(messages: readonly unknown[]): readonly Turn[] {
  return messages.flatMap((message): Turn[] => {
    if (!isRecord(message)) return [];
    const role = message["role"];
    if (role !== "user" && role !== "assistant") return [];
    const text = textOf(message["content"]);
    return text.trim() === "" ? [] : [{ role, text }];
  });
}

/** A user message that only carries tool results continues a tool loop; with the user's own words after them it is a turn. */
function readLast(messages: readonly unknown[]): ProviderCall["last"] {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    const role = isRecord(message) ? message["role"] : undefined;
    if (!isRecord(message) || (role !== "user" && role !== "assistant")) continue;
    if (role === "assistant") return "assistant";
    const content = message["content"];
    const last: unknown = Array.isArray(content) ? content.at(-1) : null;
    return isRecord(last) && last["type"] === "tool_result" ? "tool" : "user";
  }
  return "none";
}

/** `output_config.format` since 2026; `output_format` before. */
function asksForSchema(body: Readonly<Record<string, unknown>>): boolean {
  const config = body["output_config"];
  return isRecord(body["output_format"]) || (isRecord(config) && isRecord(config["format"]));
}

/**
 * The profile becomes the last block of the system text, behind every block that the app has marked for the cache. What was recalled
 * goes into the last user message: behind its tool results, which the API wants first, and before the user's own words. Markers,
 * thinking blocks and signatures stay as they are, and no marker is added: at most four are allowed, and they are the app's.
 */
function withMemory(
  body: Readonly<Record<string, unknown>>,
  messages: readonly unknown[],
  { profile, recall, placement }: MemoryBlocks,
): unknown {
  const split = placement === "split";
  const beside = (split ? [recall] : [profile, recall]).filter((text) => text !== "").join("\n\n");
  const next = beside === "" ? messages : besideLastUserTurn(messages, beside);
  const changed = next === messages ? body : { ...body, messages: next };
  return split && profile !== "" ? atEndOfSystem(changed, profile) : changed;
}

function besideLastUserTurn(messages: readonly unknown[], text: string): readonly unknown[] {
  const at = messages.findLastIndex((message) => isRecord(message) && message["role"] === "user");
  const message = messages[at];
  if (!isRecord(message)) return messages;
  const content = message["content"];
  if (typeof content === "string")
    return messages.with(at, {
      ...message,
      content: content === "" ? text : `${text}\n\n${content}`,
    });
  if (!Array.isArray(content)) return messages;
  const blocks: readonly unknown[] = content;
  const after =
    blocks.findLastIndex((block) => isRecord(block) && block["type"] === "tool_result") + 1;
  return messages.with(at, {
    ...message,
    content: blocks.toSpliced(after, 0, { type: "text", text }),
  });
}

function atEndOfSystem(
  body: Readonly<Record<string, unknown>>,
  text: string,
): Readonly<Record<string, unknown>> {
  const system = body["system"];
  if (Array.isArray(system))
    return { ...body, system: [...(system as unknown[]), { type: "text", text }] };
  if (typeof system === "string" && system !== "")
    return { ...body, system: `${system}\n\n${text}` };
  return { ...body, system: text };
}
