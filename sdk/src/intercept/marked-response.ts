/** A body may not be given to a response of these. */
const NULL_BODY_STATUS = new Set([101, 103, 204, 205, 304]);

/**
 * The response with headers added. A response of `fetch` cannot be changed, so it is made again around `body`; what a new one
 * would lose (`url`, `redirected`, `type`) is carried over, also to its clones. An opaque response is given back as it is.
 */
export function markResponse(
  response: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  headers: Readonly<Record<string, string>>,
): Response {
  if (!canBeMade(response)) return response;
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  const made = new Response(NULL_BODY_STATUS.has(response.status) ? null : body, {
    status: response.status,
    statusText: response.statusText,
    headers: all,
  });
  return keepOrigin(made, {
    url: response.url,
    redirected: response.redirected,
    type: response.type,
  });
}

/** Whether the answer can be watched. Some browsers give an (empty) stream with a status that has no body. */
export function isReadable(
  response: Response,
): response is Response & { readonly body: NonNullable<Response["body"]> } {
  return canBeMade(response) && response.body !== null && !NULL_BODY_STATUS.has(response.status);
}

function canBeMade(response: Response): boolean {
  return response.status >= 200 && response.status <= 599;
}

function keepOrigin(
  response: Response,
  origin: { readonly url: string; readonly redirected: boolean; readonly type: ResponseType },
): Response {
  const clone = response.clone.bind(response);
  Object.defineProperties(response, {
    url: { value: origin.url, configurable: true },
    redirected: { value: origin.redirected, configurable: true },
    type: { value: origin.type, configurable: true },
    clone: { value: () => keepOrigin(clone(), origin), configurable: true },
  });
  return response;
}
