import type { Placement } from "../domain/recall.ts";
import { isRecord } from "./openai-chat-content.ts";

/**
 * Puts memory into the body without touching the app's own objects.
 *
 * The profile goes to the end of the first system text, because it changes rarely and the app's cached prefix stays in front
 * of it. What was recalled for this turn goes inside the last user message, before its own text: a message of its own could
 * come to stand between a tool call and its result, which providers refuse.
 */
export function withMemory(
  body: Readonly<Record<string, unknown>>,
  messages: readonly unknown[],
  blocks: { readonly profile: string; readonly recall: string; readonly placement: Placement },
): unknown {
  const split = blocks.placement === "split";
  const beside = (split ? [blocks.recall] : [blocks.profile, blocks.recall])
    .filter((text) => text !== "")
    .join("\n\n");
  let next = beside === "" ? messages : besideLastUserTurn(messages, beside);
  if (split && blocks.profile !== "") next = atEndOfSystem(next, blocks.profile);
  return next === messages ? body : { ...body, messages: next };
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
  if (Array.isArray(content))
    return messages.with(at, {
      ...message,
      content: [{ type: "text", text }, ...(content as unknown[])],
    });
  return messages;
}

function atEndOfSystem(messages: readonly unknown[], text: string): readonly unknown[] {
  const at = messages.findIndex(
    (message) =>
      isRecord(message) && (message["role"] === "system" || message["role"] === "developer"),
  );
  const message = messages[at];
  const content = isRecord(message) ? message["content"] : undefined;
  if (isRecord(message) && typeof content === "string") {
    return messages.with(at, {
      ...message,
      content: content === "" ? text : `${content}\n\n${text}`,
    });
  }
  if (isRecord(message) && Array.isArray(content)) {
    return messages.with(at, {
      ...message,
      content: [...(content as unknown[]), { type: "text", text }],
    });
  }
  return [{ role: "system", content: text }, ...messages];
}
