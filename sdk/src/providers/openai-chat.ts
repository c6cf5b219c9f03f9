import type { Turn } from "../domain/chat.ts";
import type { ProviderAdapter, ProviderCall } from "./provider-adapter.ts";
import { createOpenAiChatAnswerReader } from "./openai-chat-answer.ts";
import { withMemory } from "./openai-chat-placement.ts";
import { isRecord, textOf } from "./openai-chat-content.ts";

/**
 * OpenAI Chat Completions, and everything that speaks it: the path decides, so OpenRouter, Mistral, xAI, DeepSeek, Groq,
 * Together, LM Studio, Ollama's `/v1` and Azure's deployment paths are served by this one adapter.
 */
export const openAiChat: ProviderAdapter = {
  wire: "openai-chat",
  matches: (url) => /\/chat\/completions\/?$/.test(url.pathname),
  read(body, url) {
    if (!isRecord(body) || !Array.isArray(body["messages"]) || body["messages"].length === 0)
      return null;
    const messages: readonly unknown[] = body["messages"];
    const call: ProviderCall = {
      turns: readTurns(messages),
      system: readSystem(messages),
      last: readLast(messages),
      hasResponseSchema: asksForSchema(body["response_format"]),
      stream: body["stream"] === true,
      streamFormat: "sse",
      model: typeof body["model"] === "string" ? body["model"] : deploymentOf(url),
      augment: (blocks) => withMemory(body, messages, blocks),
      createAnswerReader: createOpenAiChatAnswerReader,
    };
    return call;
  },
};

function readTurns(messages: readonly unknown[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (!isRecord(message)) continue;
    const role = message["role"];
    if (role !== "user" && role !== "assistant") continue;
    const said = textOf(message["content"]);
    // A refusal stands in its own field, with `content: null`.
    const text =
      said === "" && role === "assistant" && typeof message["refusal"] === "string"
        ? message["refusal"]
        : said;
    if (text.trim() === "") continue;
    const name = message["name"];
    turns.push({ role, text, ...(typeof name === "string" && name !== "" ? { name } : {}) });
  }
  return turns;
}

function readSystem(messages: readonly unknown[]): string {
  return messages
    .filter(isRecord)
    .filter((message) => message["role"] === "system" || message["role"] === "developer")
    .map((message) => textOf(message["content"]))
    .filter((text) => text !== "")
    .join("\n\n");
}

/** System texts and unknown roles may stand at the end (reminders); what counts is the last item of the conversation itself. */
function readLast(messages: readonly unknown[]): ProviderCall["last"] {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    const role = isRecord(message) ? message["role"] : undefined;
    if (role === "user" || role === "assistant") return role;
    if (role === "tool" || role === "function") return "tool";
  }
  return "none";
}

function asksForSchema(format: unknown): boolean {
  return isRecord(format) && (format["type"] === "json_schema" || format["type"] === "json_object");
}

/** Azure names the model in the path only. */
function deploymentOf(url: URL): string {
  return /\/deployments\/([^/]+)\//.exec(url.pathname)?.[1] ?? "";
}
