import type { ChatMessage, Turn } from "./domain/chat.ts";
import type { IngestReport } from "./domain/ingest.ts";
import { textOf } from "./providers/openai-chat-content.ts";
import { createCheck } from "./option-check.ts";
import type { IngestTurn } from "./worker/host-api.ts";

const ROLES = ["system", "developer", "user", "assistant", "tool"];

/**
 * Checks messages that an app hands over.
 *
 * @throws {@link MemoryError} `usage/invalid-input` - with every problem of every message.
 */
export function checkMessages(
  where: string,
  messages: unknown,
): asserts messages is readonly ChatMessage[] {
  const check = createCheck(where);
  if (!Array.isArray(messages)) check.problem("messages", "an array of messages");
  else {
    messages.forEach((message: unknown, i) => {
      const at = `messages[${i}]`;
      if (typeof message !== "object" || message === null)
        return check.problem(at, "an object with role and content");
      const { role, content, name, id, createdAt } = message as Partial<ChatMessage>;
      if (role === undefined) check.problem(`${at}.role`, `one of ${ROLES.join(", ")}`);
      else check.oneOf(`${at}.role`, role, ROLES);
      if (
        typeof content !== "string" &&
        !Array.isArray(content) &&
        content !== null &&
        content !== undefined
      )
        check.problem(`${at}.content`, "a string, content parts or null");
      check.string(`${at}.name`, name);
      check.string(`${at}.id`, id);
      check.time(`${at}.createdAt`, createdAt);
    });
  }
  check.finish("usage/invalid-input");
}

/** The turns among messages, and what is no turn. */
export function turnsOf(messages: readonly ChatMessage[]): {
  readonly turns: readonly IngestTurn[];
  readonly skipped: IngestReport["skipped"];
} {
  const turns: IngestTurn[] = [];
  const skipped: { index: number; reason: "role" | "empty" }[] = [];
  messages.forEach((message, index) => {
    if (message.role !== "user" && message.role !== "assistant")
      return skipped.push({ index, reason: "role" });
    const text = textOf(message.content);
    if (text.trim() === "") return skipped.push({ index, reason: "empty" });
    const { name, id, createdAt, metadata } = message;
    const turn: Turn = {
      role: message.role,
      text,
      ...(name === undefined ? {} : { name }),
      ...(id === undefined ? {} : { id }),
      ...(createdAt === undefined
        ? {}
        : { createdAt: typeof createdAt === "number" ? createdAt : Date.parse(createdAt) }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    return turns.push({ turn, index });
  });
  return { turns, skipped };
}
