import type { Dressing, LocalAnswer } from "../dialects/dialect.ts";
import { isReadable, markResponse } from "./marked-response.ts";
import { isRecord } from "../providers/openai-chat-content.ts";

/** An answer that was made on the device, as if it had come from this URL. */
export function localResponse(url: URL, { status, body, headers }: LocalAnswer): Response {
  const response = new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
  return Object.defineProperty(response, "url", { value: url.href, configurable: true });
}

/** The provider's answer with what the gateway would add. Fields go into whole JSON answers only; a stream stays as it is. */
export function dressed(response: Response, { headers, fields }: Dressing): Response {
  const type = response.headers.get("content-type") ?? "";
  const adds = fields !== undefined && response.ok && type.includes("json") && isReadable(response);
  if (!adds) return markResponse(response, response.body, headers);
  const made = markResponse(response, withFields(response.body, fields), headers);
  made.headers.delete("content-length");
  return made;
}

/** The same JSON with more fields at its top level; what is no JSON object goes on byte for byte. */
function withFields(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  fields: Readonly<Record<string, unknown>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk) => void chunks.push(chunk),
      async flush(controller) {
        const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
        controller.enqueue(extended(bytes, fields) ?? bytes);
      },
    }),
  );
}

function extended(
  bytes: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, unknown>>,
): Uint8Array<ArrayBuffer> | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(json) ? new TextEncoder().encode(JSON.stringify({ ...json, ...fields })) : null;
  } catch {
    return null;
  }
}
