import { endpointOf, readChatRequest } from "./chat-request.ts";
import { composeReply } from "./compose-reply.ts";
import { pacedStream } from "./paced-stream.ts";
import { readEvidence } from "./read-evidence.ts";
import type { ReceivedRequest } from "./received-request.ts";
import { errorBody, speakWire } from "./speak-wire.ts";

/**
 * Answers `scripted/...` inside the browser in the wires of common providers, so that the demo needs no key and no network. Every
 * other request of the page is left alone.
 */
declare const self: ServiceWorkerGlobalScope;

const BASE = new URL("scripted/", self.registration.scope).pathname;

self.addEventListener("install", () => {
  void self.skipWaiting();
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});
self.addEventListener("message", (event) => {
  // A page loaded past the worker (a forced reload) asks to be taken over.
  if (event.data === "claim") event.waitUntil(self.clients.claim());
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin || !url.pathname.startsWith(BASE)) return;
  const answered = answer(event, url.pathname.slice(BASE.length));
  event.respondWith(answered.then(({ response }) => response));
  event.waitUntil(answered.then(({ ended }) => ended));
});

async function answer({ request, clientId }: FetchEvent, path: string): Promise<Answered> {
  const endpoint = endpointOf(path);
  const wire = endpoint?.wire ?? null;
  const refuse = (status: number, message: string): Answered => ({
    response: Response.json(errorBody(wire, status, message), { status }),
    ended: Promise.resolve(),
  });
  if (endpoint === null || request.method !== "POST")
    return refuse(404, `The built-in demo model has no ${request.method} ${path}.`);
  const body = await request.text();
  await tellPage(clientId, {
    type: "received",
    url: request.url,
    headers: [...request.headers],
    body,
  });
  const chat = readChatRequest(body, endpoint);
  if (chat === null) return refuse(400, "The body is not a chat request of this API.");
  const spoken = speakWire(endpoint.wire, chat, composeReply(readEvidence(chat)), Date.now());
  if (!chat.stream) {
    return {
      response: new Response(spoken.whole(), { headers: { "content-type": "application/json" } }),
      ended: Promise.resolve(),
    };
  }
  const { contentType, ...parts } = spoken.stream();
  const { body: stream, ended } = pacedStream(parts);
  return {
    response: new Response(stream, {
      headers: { "content-type": contentType, "cache-control": "no-store" },
    }),
    ended,
  };
}

interface Answered {
  readonly response: Response;
  readonly ended: Promise<void>;
}

/** Shows the page what came in, as a provider's own log would. It is kept nowhere. */
async function tellPage(clientId: string, received: ReceivedRequest): Promise<void> {
  const client = await self.clients.get(clientId);
  client?.postMessage(received);
}
