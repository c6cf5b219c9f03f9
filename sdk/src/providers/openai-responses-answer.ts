import type { AnswerReader } from "./provider-adapter.ts";
import { createAnswerText, parseJson } from "./answer-text.ts";
import { isRecord } from "./openai-chat-content.ts";

/** Items by which the answer asks the app to run something. */
const TOOL_CALLS: ReadonlySet<unknown> = new Set([
  "function_call",
  "custom_tool_call",
  "computer_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
  "mcp_approval_request",
]);

/** Reads final messages. Reasoning, commentary, annotations and the provider's own tools are left out. */
export function createResponsesAnswerReader(): AnswerReader {
  const text = createAnswerText();
  let refusal = "";
  let id: string | undefined;
  let complete = false;
  let hasToolCalls = false;
  const commentary = new Set<unknown>();

  const begin = (item: unknown, index: unknown): void => {
    if (!isRecord(item)) return;
    if (TOOL_CALLS.has(item["type"])) hasToolCalls = true;
    if (item["phase"] === "commentary") commentary.add(index);
  };
  const name = (response: unknown): void => {
    if (isRecord(response) && typeof response["id"] === "string") id = response["id"];
  };

  return {
    readWhole(body) {
      if (!isRecord(body) || !Array.isArray(body["output"])) return;
      name(body);
      for (const item of body["output"] as readonly unknown[]) {
        begin(item, item);
        if (!isRecord(item) || commentary.has(item) || !Array.isArray(item["content"])) continue;
        for (const part of item["content"] as readonly unknown[]) {
          if (!isRecord(part)) continue;
          if (part["type"] === "output_text" && typeof part["text"] === "string") {
            text.startPart();
            text.add(part["text"]);
          }
          if (typeof part["refusal"] === "string") refusal += part["refusal"];
        }
      }
      complete = body["status"] === undefined || isEnd(body["status"]);
    },
    readEvent(data) {
      const event = parseJson(data);
      if (!isRecord(event)) return;
      const { type, output_index: index, delta } = event;
      if (type === "response.output_item.added" || type === "response.output_item.done")
        begin(event["item"], index);
      if (type === "response.content_part.added" && !commentary.has(index)) text.startPart();
      if (type === "response.output_text.delta" && typeof delta === "string")
        if (!commentary.has(index)) text.add(delta);
      if (type === "response.refusal.delta" && typeof delta === "string") refusal += delta;
      name(event["response"]);
      if (type === "response.completed" || type === "response.incomplete") complete = true;
    },
    answer: () => ({
      text: text.read() || refusal,
      complete,
      hasToolCalls,
      ...(id === undefined ? {} : { id }),
    }),
  };
}

/** `incomplete` is an end too: a limit or a filter stopped the model, and no more will come. */
function isEnd(status: unknown): boolean {
  return status === "completed" || status === "incomplete";
}
