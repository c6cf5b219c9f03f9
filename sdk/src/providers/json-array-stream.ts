import type { EventSplitter } from "./sse.ts";

/** One element larger than this is no chat answer; the rest of such a stream is passed on and not read. In UTF-16 units. */
const MAX_ELEMENT_LENGTH = 8 * 1024 * 1024;

/**
 * Splits a JSON array that comes in pieces (Gemini's stream without `alt=sse`) and tells the text of each object in it as soon as it
 * is whole. Only quotes, escapes and brackets are looked at; whoever parses the element judges the rest.
 */
export function createArraySplitter(
  onElement: (json: string) => void,
  maxLength = MAX_ELEMENT_LENGTH,
): EventSplitter {
  const decoder = new TextDecoder();
  /** The element under way, from its opening bracket. */
  let element = "";
  let depth = 0;
  let inString = false;
  let escaped = false;
  let overflowed = false;

  const take = (text: string): void => {
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (character === "\\") escaped = true;
        else if (character === '"') inString = false;
      } else if (character === '"') inString = true;
      else if (character === "{") {
        if (depth === 0) from = at;
        depth += 1;
      } else if (character === "}" && depth > 0) {
        depth -= 1;
        if (depth > 0) continue;
        onElement(element + text.slice(from, at + 1));
        element = "";
      }
    }
    if (depth > 0) element += text.slice(from);
    overflowed = element.length > maxLength;
  };
  return {
    push(bytes) {
      if (!overflowed) take(decoder.decode(bytes, { stream: true }));
    },
    end() {
      if (!overflowed) take(decoder.decode());
    },
  };
}
