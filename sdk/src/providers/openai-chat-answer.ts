import type { AnswerReader } from "./provider-adapter.ts";
import { createAnswerText, parseJson } from "./answer-text.ts";
import { isRecord, textOf } from "./openai-chat-content.ts";

/** Reads choice 0. Reasoning, audio, usage and noise fields (`obfuscation`) are left out; of tool calls only that there are some. */
export function createOpenAiChatAnswerReader(): AnswerReader {
  const content = createAnswerText();
  let refusal = "";
  let complete = false;
  let hasToolCalls = false;

  const take = (message: unknown): void => {
    if (!isRecord(message)) return;
    content.add(textOf(message["content"]));
    if (typeof message["refusal"] === "string") refusal += message["refusal"];
    if (Array.isArray(message["tool_calls"]) && message["tool_calls"].length > 0)
      hasToolCalls = true;
    if (isRecord(message["function_call"])) hasToolCalls = true;
  };
  const finish = (reason: unknown): void => {
    if (typeof reason === "string" && reason !== "" && reason !== "error") complete = true;
    if (reason === "tool_calls" || reason === "function_call") hasToolCalls = true;
  };

  return {
    readWhole(body) {
      const choice = firstChoice(body);
      if (choice === null) return;
      take(choice["message"]);
      finish(choice["finish_reason"]);
      // A whole body is complete by itself; some hosts leave `finish_reason` out.
      if (isRecord(choice["message"]) && choice["finish_reason"] !== "error") complete = true;
    },
    readEvent(data) {
      if (data.trim() === "[DONE]") {
        complete = true;
        return;
      }
      const choice = firstChoice(parseJson(data));
      if (choice === null) return;
      take(choice["delta"]);
      finish(choice["finish_reason"]);
    },
    answer: () => ({ text: content.read() || refusal, complete, hasToolCalls }),
  };
}

function firstChoice(body: unknown): Readonly<Record<string, unknown>> | null {
  if (!isRecord(body) || !Array.isArray(body["choices"])) return null;
  for (const choice of body["choices"] as readonly unknown[]) {
    if (isRecord(choice) && (choice["index"] === 0 || choice["index"] === undefined)) return choice;
  }
  return null;
}
