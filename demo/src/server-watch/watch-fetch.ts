import type { LookAnswer, WireCall } from "./watch-messages.ts";

/** The fetch of a device with a plug that can be pulled, and an eye on what sync says through it. */
export interface WatchedFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Off: requests that are under way break, and no other goes out. */
  setNetwork(on: boolean): void;
  /** Whether calls are told of; sizes of answers cost a copy, so nobody pays for it who does not look. */
  watch(): void;
  /** Asks the server for what it holds of the vault, with the session that the device has. Never rejects. */
  look(): Promise<LookAnswer>;
}

export interface WatchedFetchDeps {
  readonly fetch: typeof globalThis.fetch;
  readonly tell: (call: WireCall) => void;
  readonly now: () => number;
  readonly randomId: () => string;
}

/** How far back a look goes: rows of a large vault are not all fetched to show some. More than a batch has, to meet its manifest. */
const TAIL_SEQS = 600;
const PAGE_BYTES = 262_144;
const MOST_PAGES = 6;

/** The device's session as its last request showed it. Stays in the worker: no page is told of it. */
interface SeenSession {
  readonly base: string;
  readonly authorization: string;
  readonly vaultId: string;
}

export function createWatchedFetch(deps: WatchedFetchDeps): WatchedFetch {
  let cut: AbortController | null = null;
  let plug = new AbortController();
  let isWatched = false;
  let session: SeenSession | null = null;

  const send: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input, globalThis.location?.href);
    const procedure = procedureOf(url);
    if (procedure !== null) session = sessionOf(url, init) ?? session;
    const sent = { procedure, at: deps.now(), sentBytes: sizeOf(init.body) };
    if (cut !== null) {
      told(sent, "kept", null);
      throw unplugged();
    }
    try {
      const response = await deps.fetch(input, { ...init, signal: either(init.signal) });
      void toldAnswer(sent, response);
      return response;
    } catch (error) {
      if (init.signal?.aborted !== true) told(sent, cut === null ? "failed" : "kept", null);
      throw error;
    }
  };

  return {
    fetch: send,
    watch() {
      isWatched = true;
    },
    setNetwork(on) {
      if (on === (cut === null)) return;
      if (on) {
        cut = null;
        plug = new AbortController();
      } else {
        cut = plug;
        plug.abort(unplugged());
      }
    },
    async look() {
      if (cut !== null) return { state: "no-answer", reason: "kept" };
      if (session === null) return { state: "no-answer", reason: "session" };
      const { vaultId } = session;
      try {
        const status = await ask(session, "vault.status", { vaultId });
        const [devices, snapshot, log, pages] = await Promise.all([
          ask(session, "device.list", { vaultId }),
          ask(session, "snapshot.latest", { vaultId }),
          ask(session, "log.get", { vaultId, from: 0 }),
          tailOf(session, status),
        ]);
        return { state: "told", vaultId, status, devices, snapshot, log, pages, at: deps.now() };
      } catch (error) {
        return { state: "no-answer", reason: error instanceof NoSession ? "session" : "failed" };
      }
    },
  };

  function either(signal: AbortSignal | null | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, plug.signal]) : plug.signal;
  }

  function told(
    { procedure, ...sent }: Sent,
    outcome: WireCall["outcome"],
    gotBytes: number | null,
  ): void {
    if (isWatched && procedure !== null)
      deps.tell({ ...sent, procedure, id: deps.randomId(), outcome, gotBytes });
  }

  async function toldAnswer(sent: Sent, response: Response): Promise<void> {
    if (!isWatched || sent.procedure === null) return;
    const outcome = response.ok ? "answered" : "refused";
    if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) {
      told(sent, outcome, null);
      return;
    }
    const bytes = await response
      .clone()
      .arrayBuffer()
      .then(
        ({ byteLength }) => byteLength,
        () => null,
      );
    told(sent, outcome, bytes);
  }

  async function tailOf(seen: SeenSession, status: unknown): Promise<readonly unknown[]> {
    const { head, storeId } = status as { readonly head: number; readonly storeId: string };
    let cursor: unknown = head > TAIL_SEQS ? { storeId, seq: head - TAIL_SEQS } : null;
    const pages: unknown[] = [];
    for (let more = true; more && pages.length < MOST_PAGES;) {
      const page = await ask(seen, "sync.pull", {
        vaultId: seen.vaultId,
        cursor,
        limitBytes: PAGE_BYTES,
      });
      pages.push(page);
      const { next, more: rest } = page as { readonly next: unknown; readonly more: boolean };
      cursor = next;
      more = rest;
    }
    return pages;
  }

  async function ask(
    { base, authorization }: SeenSession,
    name: string,
    input: unknown,
  ): Promise<unknown> {
    const response = await deps.fetch(`${base}/trpc/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body: JSON.stringify(input),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: plug.signal,
    });
    const answer = (await response.json()) as { readonly result?: { readonly data?: unknown } };
    if (response.status === 401) throw new NoSession();
    if (!response.ok || answer.result?.data === undefined) throw new Error("No answer to show.");
    return answer.result.data;
  }
}

interface Sent {
  readonly procedure: string | null;
  readonly at: number;
  readonly sentBytes: number;
}

class NoSession extends Error {}

/** What browsers say of a machine without a network. */
function unplugged(): TypeError {
  return new TypeError("Failed to fetch: the network of this device is switched off.");
}

/** `null`: no request of sync. */
function procedureOf({ pathname }: URL): string | null {
  const trpc = /\/trpc\/([a-z]+\.[a-z]+)$/iu.exec(pathname);
  if (trpc?.[1] !== undefined) return trpc[1];
  return /\/blob\/[\w-]+\/[\w-]+$/u.test(pathname) ? "blob" : null;
}

function sessionOf(url: URL, init: RequestInit): SeenSession | null {
  const authorization = new Headers(init.headers).get("authorization");
  if (authorization === null || typeof init.body !== "string") return null;
  const { vaultId } = JSON.parse(init.body) as { readonly vaultId?: unknown };
  if (typeof vaultId !== "string") return null;
  const base = url.href.slice(0, url.href.lastIndexOf("/trpc/"));
  return { base, authorization, vaultId };
}

function sizeOf(body: BodyInit | null | undefined): number {
  if (typeof body === "string") return new TextEncoder().encode(body).length;
  if (body instanceof Blob) return body.size;
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : 0;
}
