/** One event of a stream, as `text/event-stream` carries it. */
export interface StreamEvent {
  /** Empty where the server gave no name. */
  readonly event: string;
  readonly data: string;
}

/** More than any event of the protocol has: a server cannot fill the memory with one that never ends. */
const MAX_EVENT = 8_192;

/** Reads events until the stream ends, or the caller stops. `heard` is told of everything that comes, comments too. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      text = (text + decoder.decode(value, { stream: true })).replaceAll("\r\n", "\n");
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        if (/^(event|data):/m.test(block)) {
          yield { event: field(block, "event"), data: field(block, "data") };
        }
      }
      if (text.length > MAX_EVENT) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function field(block: string, name: string): string {
  return new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1]?.trim() ?? "";
}
