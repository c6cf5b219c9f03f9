import type { AnswerReader } from "./provider-adapter.ts";
import { createAnswerText, parseJson } from "./answer-text.ts";
import { isRecord } from "./openai-chat-content.ts";

/** Reads text blocks. Thinking, signatures, citations and tool inputs are left out; of tool uses only that there are some. */
export function createAnthropicAnswerReader(): AnswerReader {
  const text = createAnswerText();
  let complete = false;
  let hasToolCalls = false;

  const begin = (block: unknown): void => {
    if (!isRecord(block)) return;
    if (block["type"] === "tool_use") hasToolCalls = true;
    if (block["type"] !== "text") return;
    text.startPart();
    if (typeof block["text"] === "string") text.add(block["text"]);
  };

  return {
    readWhole(body) {
      if (!isRecord(body) || !Array.isArray(body["content"])) return;
      for (const block of body["content"] as readonly unknown[]) begin(block);
      complete = true;
    },
    readEvent(data) {
      const event = parseJson(data);
      if (!isRecord(event)) return;
      if (event["type"] === "content_block_start") begin(event["content_block"]);
      if (event["type"] === "content_block_delta" && isRecord(event["delta"])) {
        const { type, text: piece } = event["delta"];
        if (type === "text_delta" && typeof piece === "string") text.add(piece);
      }
      if (event["type"] === "message_stop") complete = true;
    },
    answer: () => ({ text: text.read(), complete, hasToolCalls }),
  };
}
