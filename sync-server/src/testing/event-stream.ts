import type { LiveEvent, WireProblem } from "@alcove/sdk/wire";

/** What a browser's EventSource would see of `sync.live`. */
export interface EventStream {
  readonly status: number;
  /** The next hint; null when the stream has ended, a problem when it ended with one. */
  next(): Promise<{ readonly id: string; readonly event: LiveEvent } | WireProblem | null>;
  close(): void;
}

export async function openEventStream(
  url: string,
  ticket: string,
  lastEventId?: string,
): Promise<EventStream> {
  const abort = new AbortController();
  const input = JSON.stringify({ ticket, ...(lastEventId !== undefined && { lastEventId }) });
  const answer = await fetch(`${url}/trpc/sync.live?input=${encodeURIComponent(input)}`, {
    headers: { accept: "text/event-stream" },
    signal: abort.signal,
  });
  const reader = (answer.body ?? new ReadableStream()).getReader();
  const decoder = new TextDecoder();
  let text = "";

  async function block(): Promise<string | null> {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const found = text.slice(0, end).trim();
        text = text.slice(end + 2);
        if (found !== "") return found;
        continue;
      }
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done) return null;
      text += decoder.decode(value, { stream: true });
    }
  }

  return {
    status: answer.status,
    async next() {
      for (;;) {
        const found = await block();
        if (found === null) return null;
        const field = (name: string) =>
          new RegExp(`^${name}: ?(.*)$`, "m").exec(found)?.[1]?.trim() ?? "";
        const event = field("event");
        if (event === "serialized-error")
          return (JSON.parse(field("data")) as { data: { alcove: WireProblem } }).data.alcove;
        if (event === "return") return null;
        if (event === "") return { id: field("id"), event: JSON.parse(field("data")) as LiveEvent };
      }
    },
    close: () => abort.abort(),
  };
}
