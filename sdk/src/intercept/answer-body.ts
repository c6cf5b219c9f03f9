/** Watches the bytes of a body go by. */
export interface BodyWatcher {
  chunk(bytes: Uint8Array): void;
  /** The body ended by itself. */
  end(): void;
  /** The app cancelled it, or it broke. */
  cut(): void;
}

/**
 * The same bytes in the same pieces. Never `tee()`: a tee goes on reading when the app has stopped, so an aborted generation would
 * run (and cost) to its end. With a high-water mark of 0 nothing is read before the app asks, and cancelling reaches the provider at once.
 */
export function watchBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  watcher: BodyWatcher,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const next = await reader.read();
          if (next.done) {
            watcher.end();
            controller.close();
          } else {
            controller.enqueue(next.value);
            watcher.chunk(next.value);
          }
        } catch (error) {
          watcher.cut();
          controller.error(error);
        }
      },
      cancel(reason) {
        watcher.cut();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
