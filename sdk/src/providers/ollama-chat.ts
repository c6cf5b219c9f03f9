import { createAnswerText, parseJson } from "./answer-text.ts";
import { isRecord } from "./openai-chat-content.ts";
import { openAiChat } from "./openai-chat.ts";
import type { AnswerReader, ProviderAdapter } from "./provider-adapter.ts";

/** Ollama's own chat wire: OpenAI's messages with plain strings (images beside them), answered line by line as NDJSON. */
export const ollamaChat: ProviderAdapter = {
  wire: "ollama-chat",
  matches: (url) => /\/api\/chat\/?$/.test(url.pathname),
  read(body, url) {
    const call = openAiChat.read(body, url);
    if (call === null || !isRecord(body)) return null;
    return {
      ...call,
      // Absent means streamed.
      stream: body["stream"] !== false,
      streamFormat: "ndjson",
      hasResponseSchema: body["format"] === "json" || isRecord(body["format"]),
      createAnswerReader: createOllamaAnswerReader,
    };
  },
};

function createOllamaAnswerReader(): AnswerReader {
  const text = createAnswerText();
  let complete = false;
  let hasToolCalls = false;
  const take = (line: unknown): void => {
    if (!isRecord(line)) return;
    const message = line["message"];
    if (isRecord(message)) {
      if (typeof message["content"] === "string") text.add(message["content"]);
      if (Array.isArray(message["tool_calls"]) && message["tool_calls"].length > 0)
        hasToolCalls = true;
    }
    if (line["done"] === true) complete = true;
  };
  return {
    readWhole: take,
    readEvent: (data) => take(parseJson(data)),
    answer: () => ({ text: text.read(), complete, hasToolCalls }),
  };
}
