import type { Turn } from "../domain/chat.ts";
import type { Fields } from "./request-fields.ts";
import { isRecord } from "../providers/openai-chat-content.ts";

/**
 * Earlier turns in front of a call's own, for clients that send their new turns only, and what stands for those before. System texts
 * that the app has put first stay first. `null` where the wire keeps its conversations itself, or the body is not as expected.
 */
export function withHistory(
  wire: string,
  body: Fields,
  history: readonly Turn[],
  observations = "",
): Fields | null {
  const turns = observations === "" ? history : behind(observations, history);
  switch (wire) {
    case "openai-chat":
    case "ollama-chat":
      return inList(body, "messages", turns.map(messageOf));
    case "anthropic-messages":
      // The API wants a user's turn first.
      return inList(body, "messages", fromUser(turns).map(messageOf));
    case "openai-responses": {
      if (body["previous_response_id"] != null || body["conversation"] != null) return null;
      const input = body["input"];
      const list = typeof input === "string" ? [{ role: "user", content: input }] : input;
      return inList({ ...body, input: list }, "input", turns.map(messageOf));
    }
    case "gemini-generate": {
      const contents = turns.map(({ role, text }) => ({
        role: role === "assistant" ? "model" : "user",
        parts: [{ text }],
      }));
      return inList(body, "contents", contents);
    }
    default:
      return null;
  }
}

/**
 * Observations are what the user said, and have no more authority than that: they stand at the beginning of the first turn, not in the
 * system text. That turn is Alcove's to send, so nothing of the app's own is altered.
 */
function behind(observations: string, history: readonly Turn[]): readonly Turn[] {
  const [first, ...rest] = history;
  return first?.role === "user"
    ? [{ ...first, text: `${observations}\n\n${first.text}` }, ...rest]
    : [{ role: "user", text: observations }, ...history];
}

function messageOf({ role, text, name }: Turn): Fields {
  return { role, content: text, ...(name !== undefined && role === "user" ? { name } : {}) };
}

function fromUser(turns: readonly Turn[]): readonly Turn[] {
  const first = turns.findIndex(({ role }) => role === "user");
  return first < 0 ? [] : turns.slice(first).map(({ role, text }) => ({ role, text }));
}

function inList(body: Fields, name: string, earlier: readonly Fields[]): Fields | null {
  const list = body[name];
  if (!Array.isArray(list)) return null;
  const own: readonly unknown[] = list;
  const first = own.findIndex((item) => !isSystem(item));
  return { ...body, [name]: own.toSpliced(first < 0 ? own.length : first, 0, ...earlier) };
}

function isSystem(item: unknown): boolean {
  return isRecord(item) && (item["role"] === "system" || item["role"] === "developer");
}
