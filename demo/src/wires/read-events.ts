import { isFields, type Fields, type Wire } from "./wire.ts";

/** The JSON events of a stream, in order. `[DONE]` and what is no JSON object are left out: no wire says anything by them. */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  framing: Wire["framing"],
): AsyncGenerator<Fields> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let data: string[] = [];
  const take = function* (line: string): Generator<Fields> {
    if (framing === "lines") {
      yield* parsed(line);
      return;
    }
    // An empty line ends an event; its data may stand on several lines.
    if (line === "") {
      yield* parsed(data.join("\n"));
      data = [];
    } else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /u, ""));
  };
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      // A carriage return at the end may be the first half of a line break.
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/u);
      rest = lines.pop() ?? "";
      for (const line of lines) yield* take(line);
    }
    yield* take(rest.replace(/\r$/u, ""));
    if (framing === "events") yield* take("");
  } finally {
    // Whoever stops reading stops the provider too; after the end this does nothing.
    await reader.cancel().catch(() => undefined);
  }
}

function* parsed(text: string): Generator<Fields> {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) yield value;
  } catch {
    // `[DONE]`, or a comment.
  }
}
