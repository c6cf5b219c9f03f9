import type { AnswerReader } from "../providers/provider-adapter.ts";
import type { BodyWatcher } from "./answer-body.ts";
import { createArraySplitter } from "../providers/json-array-stream.ts";
import { createLineSplitter } from "../providers/ndjson.ts";
import { createSseSplitter, type EventSplitter } from "../providers/sse.ts";

/** How an answer's body comes: in one piece, or as one of the streams. */
export type AnswerFormat = "whole" | "sse" | "ndjson" | "json-array";

export type Answer = ReturnType<AnswerReader["answer"]>;

/** A whole body longer than this is passed on and not read. UTF-16 units. */
const MAX_WHOLE_LENGTH = 16 * 1024 * 1024;

/**
 * Feeds an answer's bytes to the wire's reader and tells the answer once: when the body ended or was cut, or on `settleNow`.
 * `onDone` is called at most once and nothing here throws: the app's stream runs through it.
 */
export function createAnswerWatcher(
  reader: AnswerReader,
  format: AnswerFormat,
  onDone: (answer: Answer) => void,
): BodyWatcher & { settleNow(): void } {
  const feeder = createFeeder(reader, format);
  let done = false;
  const finish = (ended: boolean): void => {
    if (done) return;
    done = true;
    if (ended) guard(() => feeder.end());
    onDone(reader.answer());
  };
  return {
    chunk(bytes) {
      if (done) return;
      guard(() => feeder.push(bytes));
      // Some clients read no further once the wire has said that this was all, and never cancel: the body's end would not come.
      if (reader.answer().complete) finish(false);
    },
    end: () => finish(true),
    cut: () => finish(false),
    settleNow: () => finish(false),
  };
}

function createFeeder(reader: AnswerReader, format: AnswerFormat): EventSplitter {
  const onEvent = (data: string): void => reader.readEvent(data);
  if (format === "sse") return createSseSplitter(onEvent);
  if (format === "ndjson") return createLineSplitter(onEvent);
  return format === "whole" ? createWholeFeeder(reader) : createArraySplitter(onEvent);
}

function createWholeFeeder(reader: AnswerReader): EventSplitter {
  const decoder = new TextDecoder();
  let text = "";
  return {
    push(bytes) {
      if (text.length <= MAX_WHOLE_LENGTH) text += decoder.decode(bytes, { stream: true });
    },
    end() {
      if (text.length <= MAX_WHOLE_LENGTH)
        reader.readWhole(JSON.parse(text + decoder.decode()) as unknown);
    },
  };
}

/** What cannot be read is left out; the app's bytes have gone on already. */
function guard(work: () => void): void {
  try {
    work();
  } catch {
    // A body that is no JSON, or a reader's fault: the answer stays as far as it was read.
  }
}
