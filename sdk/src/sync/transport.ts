import { MemoryError } from "../domain/errors.ts";
import { concatBytes } from "../wire/bytes.ts";
import { LIMITS } from "../wire/limits.ts";
import { ANSWERS } from "../wire/answer-shapes.ts";
import { problemShape } from "../wire/problem.ts";
import type { ProcedureInput, ProcedureName, ProcedureOutput } from "../wire/procedure-table.ts";
import type { Base64url, LiveEvent, LiveInput } from "../wire/procedures.ts";
import { readShape } from "../wire/read-shape.ts";
import { readEvents } from "./event-stream.ts";
import { ServerProblem } from "./server-problem.ts";

/** Every procedure that is asked and answered once. */
export type CallName = Exclude<ProcedureName, "sync.live">;

export interface CallOptions {
  /** Of `auth.session`. */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

/** One server, as the protocol's table of procedures describes it. Knows nothing of vaults, keys or sessions. */
export interface Transport {
  /** Without a slash at its end. */
  readonly url: string;
  /**
   * @throws {@link ServerProblem} for an answer that is a problem
   * @throws {@link MemoryError} `sync/offline` where nothing answers in time, `sync/server` for what is no answer of this protocol
   */
  call<Name extends CallName>(
    name: Name,
    input: ProcedureInput<Name>,
    options?: CallOptions,
  ): Promise<ProcedureOutput<Name>>;
  /**
   * A blob's bytes from `offset` on, as many as came before the answer ended, broke off or took too long: at least one. Throws like
   * `call`.
   */
  blob(
    name: { readonly vaultId: Base64url; readonly hash: Base64url; readonly offset: number },
    options: CallOptions,
  ): Promise<Uint8Array>;
  /** Hints that there is something to pull, until the stream ends: it ends often, and without a fault. Throws like `call`. */
  live(input: LiveInput, signal: AbortSignal): AsyncGenerator<LiveEvent, void, undefined>;
}

export interface TransportDeps {
  readonly url: string;
  readonly fetch?: typeof globalThis.fetch;
  /** For an answer; pushes and pages carry up to a megabyte and get three times as long. Default 20,000. */
  readonly timeoutMs?: number;
  /** Without a word from a stream of hints for so long it counts as broken: the server says something every 15 s. Default 40,000. */
  readonly silenceMs?: number;
}

/** A page has a mebibyte in base64, with what stands around it. */
const MOST_JSON_BYTES = 8 * LIMITS.pageBytes;
const LARGE: ReadonlySet<string> = new Set(["sync.push", "sync.pull", "blob.part", "blob.commit"]);

/**
 * tRPC's HTTP form, spoken by hand: one POST a call, JSON or octets in, `{ result: { data } }` or `{ error: { data } }` out. Its client
 * library would add links, batching, transformers and a proxy, a fifth of what sync and cryptography may weigh together, and none of
 * them is used: queries go as POST so that ids stay out of addresses, bodies may be octets, and live hints need a ticket of their own
 * for every connection. The answers are checked by the same shapes that the server's schemas are made of.
 */
export function createHttpTransport(deps: TransportDeps): Transport {
  const { timeoutMs = 20_000, silenceMs = 40_000 } = deps;
  const url = serverUrl(deps.url);
  const send: typeof globalThis.fetch = (...given) => (deps.fetch ?? globalThis.fetch)(...given);

  return {
    url,
    async call(name, input, { token = null, signal } = {}) {
      const octets = input instanceof Uint8Array;
      const time = LARGE.has(name) ? 3 * timeoutMs : timeoutMs;
      const response = await answered(`${url}/trpc/${name}`, time, signal, {
        method: "POST",
        headers: {
          "content-type": octets ? "application/octet-stream" : "application/json",
          ...bearer(token),
        },
        ...(octets
          ? { body: input as Uint8Array<ArrayBuffer> }
          : input !== undefined && { body: JSON.stringify(input) }),
      });
      const { result } = await readJson(response);
      return checked(() => readShape<unknown>(ANSWERS[name], result?.data)) as ProcedureOutput<
        typeof name
      >;
    },
    async blob({ vaultId, hash, offset }, { token = null, signal }) {
      const response = await answered(`${url}/blob/${vaultId}/${hash}`, 3 * timeoutMs, signal, {
        headers: { ...bearer(token), ...(offset > 0 && { range: `bytes=${offset}-` }) },
      });
      if (!response.ok) await readJson(response);
      if (offset > 0 && response.status !== 206) throw notOurs();
      const bytes = await bodyOf(response, LIMITS.blobBytes, true);
      signal?.throwIfAborted();
      if (bytes.length === 0) throw notOurs();
      return bytes;
    },
    async *live(input, signal) {
      // The ticket may stand in the address: it is good once, and for ten seconds.
      const at = `${url}/trpc/sync.live?input=${encodeURIComponent(JSON.stringify(input))}`;
      const silence = createSilence(silenceMs, signal);
      try {
        const response = await arrived(
          send(at, { headers: { accept: "text/event-stream" }, ...PLAIN, signal: silence.signal }),
        );
        if (!response.ok || response.body === null) {
          await readJson(response);
          throw notOurs();
        }
        for await (const { event, data } of readEvents(response.body, silence.heard)) {
          if (event === "return") return;
          if (event === "serialized-error") throw problemOf(parsed(data));
          if (event === "") yield checked(() => readShape(ANSWERS["sync.live"], parsed(data)));
        }
      } catch (error) {
        if (signal.aborted || silence.signal.aborted) return;
        throw error;
      } finally {
        silence.end();
      }
    },
  };

  async function answered(
    at: string,
    time: number,
    signal: AbortSignal | undefined,
    init: RequestInit,
  ): Promise<Response> {
    const limit = AbortSignal.timeout(time);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      return await send(at, { ...init, ...PLAIN, signal: either });
    } catch (cause) {
      signal?.throwIfAborted();
      throw offline(cause);
    }
  }
}

/** No cookies, no caches, no way to be sent elsewhere with a token in hand. */
const PLAIN = {
  cache: "no-store",
  credentials: "omit",
  redirect: "error",
  referrerPolicy: "no-referrer",
} as const;

/** @throws {@link MemoryError} `usage/invalid-input` for what is no address of a server */
export function serverUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
    throw new MemoryError(
      "usage/invalid-input",
      'The address of a sync server begins with "https://" (or "http://" on this machine) and has no query.',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

interface Answer {
  readonly result?: { readonly data?: unknown };
}

/** @throws {@link ServerProblem} where the answer is one */
async function readJson(response: Response): Promise<Answer> {
  const body = parsed(new TextDecoder().decode(await bodyOf(response, MOST_JSON_BYTES, false)));
  const answer = (typeof body === "object" && body !== null ? body : {}) as Answer & {
    readonly error?: unknown;
  };
  if (answer.error !== undefined) throw problemOf(answer.error);
  if (response.ok && answer.result !== undefined) return answer;
  // A proxy in between says in its own words that the server is away.
  if (response.status >= 502 && response.status <= 504) throw offline(null);
  throw notOurs();
}

/** No more of it than may be there, whatever it says of its own length and however it is packed. */
async function bodyOf({ body }: Response, mostBytes: number, partly: boolean): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (;;) {
    try {
      const { value } = (await reader?.read()) ?? {};
      if (value === undefined) break;
      parts.push(value);
      length += value.length;
    } catch (cause) {
      if (partly && length > 0) break;
      throw offline(cause);
    }
    if (length > mostBytes) {
      reader?.cancel().catch(() => undefined);
      throw notOurs();
    }
  }
  return concatBytes(...parts);
}

function problemOf(error: unknown): Error {
  const data = (error as { readonly data?: { readonly alcove?: unknown } } | null)?.data;
  return new ServerProblem(checked(() => readShape(problemShape, data?.alcove)));
}

function parsed(text: string): unknown {
  return checked(() => JSON.parse(text) as unknown);
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw notOurs(cause);
  }
}

/** A connection that breaks in the middle of an answer is one that was not there. */
async function arrived<T>(part: Promise<T>): Promise<T> {
  try {
    return await part;
  } catch (cause) {
    throw offline(cause);
  }
}

function offline(cause: unknown): MemoryError {
  return new MemoryError("sync/offline", "The sync server does not answer.", {
    ...(cause !== null && { cause }),
    retryable: true,
  });
}

function notOurs(cause?: unknown): MemoryError {
  return new MemoryError(
    "sync/server",
    "What answers at this address does not speak the sync protocol of this version.",
    cause === undefined ? {} : { cause },
  );
}

/** Aborts when nothing was heard for a while, or when the caller does. */
function createSilence(
  silenceMs: number,
  signal: AbortSignal,
): { readonly signal: AbortSignal; heard(): void; end(): void } {
  const broken = new AbortController();
  let timer = setTimeout(() => broken.abort(), silenceMs);
  return {
    signal: AbortSignal.any([signal, broken.signal]),
    heard() {
      clearTimeout(timer);
      timer = setTimeout(() => broken.abort(), silenceMs);
    },
    end: () => clearTimeout(timer),
  };
}
