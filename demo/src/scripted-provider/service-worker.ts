import { readChatRequest } from "./chat-request.ts";
import { completionJson, completionStream } from "./completion-stream.ts";
import { composeReply } from "./compose-reply.ts";
import { readEvidence } from "./read-evidence.ts";

/**
 * Answers `scripted/v1/...` inside the browser, so that the demo needs no key and no network. Every other request of the page
 * is left alone.
 */
declare const self: ServiceWorkerGlobalScope;

const BASE = new URL("scripted/v1/", self.registration.scope).pathname;

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
  const answered = answer(event.request, url.pathname.slice(BASE.length));
  event.respondWith(answered.then(({ response }) => response));
  event.waitUntil(answered.then(({ ended }) => ended));
});

async function answer(
  request: Request,
  path: string,
): Promise<{ response: Response; ended: Promise<void> }> {
  if (path !== "chat/completions" || request.method !== "POST")
    return refusal(404, "The built-in demo model answers POST chat/completions only.");
  const chat = readChatRequest(await request.text());
  if (chat === null) return refusal(400, "The body is not a Chat Completions request.");
  const reply = composeReply(readEvidence(chat));
  const now = Date.now();
  if (!chat.stream) {
    return {
      response: new Response(completionJson(chat, reply, now), {
        headers: { "content-type": "application/json" },
      }),
      ended: Promise.resolve(),
    };
  }
  const { body, ended } = completionStream(chat, reply, now);
  return {
    response: new Response(body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    }),
    ended,
  };
}

function refusal(status: number, message: string): { response: Response; ended: Promise<void> } {
  const error = { error: { message, type: "invalid_request_error", param: null, code: null } };
  return { response: Response.json(error, { status }), ended: Promise.resolve() };
}
