import type { EventSplitter } from "./sse.ts";

/** One line larger than this is no chat answer; the rest of such a stream is passed on and not read. In UTF-16 units. */
const MAX_LINE_LENGTH = 8 * 1024 * 1024;

/** Splits a stream of JSON lines and tells each line. Chunks may end anywhere, also inside a UTF-8 sequence or between CR and LF. */
export function createLineSplitter(
  onLine: (line: string) => void,
  maxLength = MAX_LINE_LENGTH,
): EventSplitter {
  const decoder = new TextDecoder();
  let rest = "";
  let overflowed = false;
  const take = (text: string): void => {
    if (overflowed) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line);
    overflowed = rest.length > maxLength;
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => take(`${decoder.decode()}\n`),
  };
}
