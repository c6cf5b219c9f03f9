/** Milliseconds before the first piece, and between two: about the pace of a small hosted model. */
const FIRST_PIECE_MS = 160;
const PIECE_MS = 28;

/** An answer on its way: what opens it, its pieces at the pace of a model, what closes it. */
export interface StreamParts {
  readonly opening: string;
  readonly pieces: readonly string[];
  readonly closing: string;
}

/** `ended` resolves when the stream is over, whoever ended it. */
export function pacedStream({ opening, pieces, closing }: StreamParts): {
  readonly body: ReadableStream<Uint8Array>;
  readonly ended: Promise<void>;
} {
  const encoder = new TextEncoder();
  let end: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let at = -1;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (at < 0) {
        at = 0;
        if (opening !== "") controller.enqueue(encoder.encode(opening));
        await wait(FIRST_PIECE_MS);
        if (opening !== "") return;
      }
      const piece = pieces[at];
      if (piece !== undefined) {
        at += 1;
        await wait(PIECE_MS);
        controller.enqueue(encoder.encode(piece));
        return;
      }
      if (closing !== "") controller.enqueue(encoder.encode(closing));
      controller.close();
      end();
    },
    cancel() {
      end();
    },
  });
  return { body, ended };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
