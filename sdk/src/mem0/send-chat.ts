import type { Mem0ChatChunk, Mem0RequestOptions } from "./chat-types.ts";
import { createSseSplitter } from "../providers/sse.ts";
import { ProviderError } from "./provider-error.ts";

/**
 * One chat call without a client package: the provider's answer as JSON, or its events as they come. Nothing is tried again, as the
 * original does not either.
 *
 * @throws {@link ProviderError} where the provider refuses; the caller's own reason where they abort.
 */
export async function sendChat(
  fetch: typeof globalThis.fetch,
  url: string,
  body: Readonly<Record<string, unknown>>,
  { signal, headers }: Mem0RequestOptions,
): Promise<object> {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  if (!response.ok) throw new ProviderError(response, parsed(await response.text()));
  const type = response.headers.get("content-type") ?? "";
  if (body["stream"] === true && response.body !== null && !type.includes("json"))
    return { [Symbol.asyncIterator]: () => eventsOf(response, response.body!) };
  return (await response.json()) as object;
}

async function* eventsOf(
  response: Response,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Mem0ChatChunk, void, undefined> {
  const events: string[] = [];
  const splitter = createSseSplitter((data) => events.push(data));
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) splitter.end();
      else splitter.push(value);
      for (const data of events.splice(0)) {
        if (data.startsWith("[DONE]")) return;
        const event = parsed(data);
        if (typeof event === "object" && event !== null && "error" in event)
          throw new ProviderError(response, event);
        yield event as Mem0ChatChunk;
      }
      if (done) return;
    }
  } finally {
    // Who stops early stops the provider too; at the end it does nothing.
    void reader.cancel().catch(() => undefined);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
