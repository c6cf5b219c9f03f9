import { createParser } from "eventsource-parser";

/** One event larger than this is no chat answer; the rest of such a stream is passed on and not read. In UTF-16 units. */
const MAX_EVENT_LENGTH = 8 * 1024 * 1024;

/** Cuts the bytes of a streamed answer into its events. */
export interface EventSplitter {
  /** Bytes as they came: chunks may end anywhere, also inside a UTF-8 sequence or between CR and LF. */
  push(bytes: Uint8Array): void;
  /** The stream has ended. A last event without its blank line is still told: some servers close right after it. */
  end(): void;
}

/**
 * Splits a `text/event-stream` and tells each event's `data`. The decoder keeps the BOM (`ignoreBOM`) because the parser takes
 * exactly one away; two removals would eat a BOM that belongs to the text.
 */
export function createSseSplitter(
  onData: (data: string) => void,
  maxEventLength = MAX_EVENT_LENGTH,
): EventSplitter {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let overflowed = false;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onEvent: (event) => onData(event.data),
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") overflowed = true;
    },
  });
  const feed = (text: string): void => {
    if (!overflowed && text !== "") parser.feed(text);
  };
  return {
    push: (bytes) => feed(overflowed ? "" : decoder.decode(bytes, { stream: true })),
    end: () => feed(overflowed ? "" : `${decoder.decode()}\n\n`),
  };
}
