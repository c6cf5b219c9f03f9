import { readEvents } from "./read-events.ts";
import { refusalOf } from "./refusal.ts";
import type { Question, WireName } from "./wire.ts";
import { WIRES } from "./wires.ts";

/** A provider's model, and the way to it. */
export interface ModelAddress {
  readonly wire: WireName;
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey: string;
}

export interface StreamedAnswer {
  readonly response: Response;
  /** The answer's text as it comes in. Throws where the provider tells a fault, or falls silent before the end. */
  readonly pieces: AsyncIterable<string>;
}

/**
 * Asks a model for a streamed answer through the given fetch.
 * @throws Error in words for the person, where the provider refuses or cannot be reached; AbortError where the signal fired.
 */
export async function askModel(
  { wire: name, baseURL, model, apiKey }: ModelAddress,
  { system, turns }: Pick<Question, "system" | "turns">,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<StreamedAnswer> {
  const wire = WIRES[name];
  const { path, headers, body } = wire.request({ model, system, turns, apiKey });
  const url = new URL(`${baseURL.replace(/\/+$/u, "")}${path}`);
  const response = await fetch(url.href, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal,
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Error(
      `${url.host} cannot be reached. It may be down, or it may take no calls from pages (CORS).`,
      { cause: error },
    );
  });
  if (!response.ok) throw new Error(await refusalOf(response, url.host));
  if (response.body === null) throw new Error(`${url.host} gave an empty answer.`);
  return { response, pieces: piecesOf(response.body, name, url.host) };
}

async function* piecesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  name: WireName,
  host: string,
): AsyncGenerator<string> {
  const wire = WIRES[name];
  let ended = false;
  for await (const event of readEvents(body, wire.framing)) {
    const heard = wire.hear(event);
    if (heard.problem !== undefined)
      throw new Error(`${host}: ${heard.problem === "" ? "the answer failed." : heard.problem}`);
    ended ||= heard.ended === true;
    if (heard.text !== undefined && heard.text !== "") yield heard.text;
  }
  if (!ended) throw new Error(`The answer of ${host} broke off before its end.`);
}
