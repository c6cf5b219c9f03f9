import { refusedHeaders } from "../providers/refused-headers.ts";
import { type CallControls, NO_CONTROLS, takeControls } from "./controls.ts";

/** Larger bodies are not parsed: they hold files, and parsing would cost more than memory may add. Bytes. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

export type BodyReading =
  | { readonly kind: "json"; readonly value: unknown; readonly text: string }
  | { readonly kind: "too-large" }
  /** No JSON; `text` where it is text at all, `form` where it is a form. */
  | { readonly kind: "unsupported"; readonly text?: string; readonly form?: FormData };

/** A call of the app's as memory sees it: controls read and taken off, everything else as it was. */
export interface OutgoingRequest {
  readonly method: string;
  /** `null` where the URL cannot be resolved; fetch itself will say so. */
  readonly url: URL | null;
  readonly controls: CallControls;
  /** The app's headers, less the controls. */
  readonly headers: Headers;
  readonly signal: AbortSignal | null;
  readonly redirect: RequestRedirect;
  /** The request has to go as it is: a signature covers it, or the browser would refuse it otherwise. */
  readonly bodyIsFixed: boolean;
  /** Reads the body beside the request. Synchronous for strings and bytes. Once only. `whole`: whatever its size and type. */
  readBody(whole?: boolean): BodyReading | Promise<BodyReading>;
  /** Sends the app's own request, less the controls. */
  sendOwn(fetch: typeof globalThis.fetch): Promise<Response>;
  /** The same with another body and redirect mode. */
  sendChanged(
    fetch: typeof globalThis.fetch,
    body: string,
    redirect: RequestRedirect,
  ): Promise<Response>;
  /** Sends it elsewhere. `body` is `null` for the app's own, which has been read before. */
  sendTo(fetch: typeof globalThis.fetch, target: RequestTarget): Promise<Response>;
}

export interface RequestTarget {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | FormData | null;
  readonly redirect: RequestRedirect;
}

/** Reads what `fetch` was called with. Throws only what `fetch` itself would reject with. */
export function readRequest(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
): OutgoingRequest {
  return isRequest(input) ? fromRequest(input, init) : fromUrl(input, init);
}

function fromUrl(input: string | URL, init: RequestInit | undefined): OutgoingRequest {
  const headers = new Headers(init?.headers);
  const controls = takeControls(headers);
  const url = resolve(String(input));
  const lighter = takeRefused(url, headers);
  const own = controls === NO_CONTROLS && !lighter ? init : { ...copyInit(init), headers };
  let body = init?.body ?? null;
  return {
    method: (init?.method ?? "GET").toUpperCase(),
    url,
    controls,
    headers,
    signal: init?.signal ?? null,
    redirect: init?.redirect ?? "follow",
    bodyIsFixed: isBound(init?.keepalive, init?.mode) || isSigned(headers),
    readBody(whole = false) {
      if (!whole || !(body instanceof ReadableStream)) return readBody(body, whole);
      return new Response(body).blob().then((bytes) => {
        body = bytes;
        return readBody(bytes, whole);
      });
    },
    sendOwn: (fetch) => fetch(input, own),
    sendChanged(fetch, text, redirect) {
      const changed = new Headers(headers);
      changed.delete("content-length");
      return fetch(input, {
        ...copyInit(init),
        headers: changed,
        body: likeBody(body, text),
        redirect,
      });
    },
    sendTo: (fetch, target) =>
      fetch(target.url.href, {
        ...copyInit(init),
        // What the page said of the request's origin was said of another address.
        mode: "cors",
        headers: target.headers,
        body: target.body ?? body,
        redirect: target.redirect,
      }),
  };
}

function fromRequest(input: Request, init: RequestInit | undefined): OutgoingRequest {
  const headers = new Headers(init?.headers ?? input.headers);
  const controls = takeControls(headers);
  const url = resolve(input.url);
  const lighter = takeRefused(url, headers);
  // Made on first reading: it takes the body over at once, as `fetch(request)` does, so that `bodyUsed` is what the app expects.
  let taken: Request | null = null;
  let bytes: Blob | null = null;

  const again = (
    fetch: typeof globalThis.fetch,
    request: Request,
    change: RequestInit,
  ): Promise<Response> =>
    // Any init resets the referrer of a request, so it is named again.
    fetch(
      new Request(request, {
        referrer: request.referrer,
        referrerPolicy: request.referrerPolicy,
        headers,
        ...change,
      }),
    );

  return {
    method: (init?.method ?? input.method).toUpperCase(),
    url,
    controls,
    headers,
    signal: init?.signal ?? input.signal,
    redirect: init?.redirect ?? input.redirect,
    bodyIsFixed:
      isBound(init?.keepalive ?? input.keepalive, init?.mode ?? input.mode) || isSigned(headers),
    async readBody(whole = false) {
      const type = headers.get("content-type");
      if (!whole && type !== null && !/json|text\/plain/i.test(type))
        return { kind: "unsupported" };
      taken = new Request(input, init);
      bytes = await taken.blob();
      return type !== null && /^multipart\/form-data\b/i.test(type)
        ? readForm(bytes, type)
        : readBody(bytes, whole);
    },
    sendOwn(fetch) {
      // A request without a body stays one; a body that was read is used up and has to be given again, also an empty one.
      if (taken !== null) return again(fetch, taken, taken.body === null ? {} : { body: bytes });
      return controls === NO_CONTROLS && !lighter
        ? fetch(input, init)
        : again(fetch, new Request(input, init), {});
    },
    sendChanged(fetch, text, redirect) {
      const changed = new Headers(headers);
      changed.delete("content-length");
      return again(fetch, taken ?? new Request(input, init), {
        body: text,
        headers: changed,
        redirect,
      });
    },
    sendTo: (fetch, target) =>
      fetch(target.url.href, {
        method: init?.method ?? input.method,
        signal: init?.signal ?? input.signal,
        credentials: input.credentials,
        cache: input.cache,
        keepalive: input.keepalive,
        referrerPolicy: input.referrerPolicy,
        mode: "cors",
        headers: target.headers,
        body: target.body ?? (taken?.body == null ? null : bytes),
        redirect: target.redirect,
      }),
  };
}

/** Takes off what the host would refuse from a page; outside of pages nobody refuses it. Tells whether anything went. */
function takeRefused(url: URL | null, headers: Headers): boolean {
  if (url === null || globalThis.location === undefined) return false;
  const names = refusedHeaders(url, headers);
  for (const name of names) headers.delete(name);
  return names.length > 0;
}

function isRequest(input: unknown): input is Request {
  return Object.prototype.toString.call(input) === "[object Request]";
}

/** Relative URLs are the page's own. */
function resolve(url: string): URL | null {
  const base: string | undefined = globalThis.location?.href;
  return URL.canParse(url, base) ? new URL(url, base) : null;
}

/** The browser bounds the size of a `keepalive` body, and refuses a `no-cors` request that may not follow redirects. */
function isBound(keepalive: boolean | undefined, mode: RequestMode | undefined): boolean {
  return keepalive === true || mode === "no-cors";
}

/** Request signatures and digests cover the body: with one of these the body stays as it is. */
function isSigned(headers: Headers): boolean {
  return (
    ["x-amz-content-sha256", "content-digest", "digest", "signature", "content-encoding"].some(
      (name) => headers.has(name),
    ) || /^AWS4-/i.test(headers.get("authorization") ?? "")
  );
}

const INIT_FIELDS = [
  "method",
  "headers",
  "body",
  "referrer",
  "referrerPolicy",
  "mode",
  "credentials",
  "cache",
  "redirect",
  "integrity",
  "keepalive",
  "signal",
  "priority",
  "window",
  "duplex",
] as const;

/** A copy that also holds what the app's object only inherits (`fetch(url, request)` is legal) and fields that only some runtimes know. */
function copyInit(init: RequestInit | undefined): RequestInit {
  const copy: Record<string, unknown> = { ...init };
  for (const field of INIT_FIELDS) {
    const value: unknown = (init as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (value !== undefined) copy[field] = value;
  }
  return copy;
}

function readBody(body: BodyInit | null, whole: boolean): BodyReading | Promise<BodyReading> {
  const most = whole ? Infinity : MAX_BODY_BYTES;
  if (typeof body === "string") {
    if (body.length > most || (body.length * 3 > most && utf8Length(body) > most))
      return { kind: "too-large" };
    return parse(body);
  }
  if (body instanceof Blob)
    return body.size > most ? { kind: "too-large" } : body.arrayBuffer().then(parseBytes);
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body))
    return body.byteLength > most ? { kind: "too-large" } : parseBytes(body);
  return { kind: "unsupported", ...(body instanceof FormData ? { form: body } : {}) };
}

/** A form's bytes name their own boundary, so that a changed copy has to be made of its fields. */
async function readForm(bytes: Blob, type: string): Promise<BodyReading> {
  try {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    return { kind: "unsupported", form };
  } catch {
    return { kind: "unsupported" };
  }
}

function parseBytes(bytes: ArrayBuffer | ArrayBufferView): BodyReading {
  try {
    return parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { kind: "unsupported" };
  }
}

function parse(text: string): BodyReading {
  try {
    return { kind: "json", value: JSON.parse(text) as unknown, text };
  } catch {
    return { kind: "unsupported", text };
  }
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** The same kind of body as before: the kind decides which `content-type` the browser adds by itself. */
function likeBody(body: BodyInit | null, text: string): BodyInit {
  if (body instanceof Blob) return new Blob([text], { type: body.type });
  return typeof body === "string" ? text : new TextEncoder().encode(text);
}
