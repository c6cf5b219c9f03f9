import { Refusal } from "./command-line.ts";

/** A hub's files, by the addresses that Hugging Face and its mirrors use. */
export interface Hub {
  /** The commit that a branch stands at. */
  commitOf(model: string, revision: string): Promise<string>;
  /** A file from byte `from` on. `start` is where the answer really begins: 0 if the hub cannot resume. */
  open(model: string, commit: string, path: string, from: number): Promise<HubFile>;
}

export interface HubFile {
  readonly body: AsyncIterable<Uint8Array>;
  readonly start: number;
  /** Of the whole file. */
  readonly total: number | null;
  /** What the hub says the file is: SHA-256 of large files, git's own hash of small ones. */
  readonly sha256: string | null;
  readonly gitSha1: string | null;
}

export interface HubDeps {
  readonly hub: string;
  readonly token: string | null;
  readonly fetch: typeof globalThis.fetch;
}

const COMMIT = /^[0-9a-f]{40}$/;
const MAX_REDIRECTS = 5;
/** The answer to a range that begins at the end of a file or behind it. */
const PAST_THE_END = 416;

export function createHub(deps: HubDeps): Hub {
  return {
    async commitOf(model, revision) {
      if (COMMIT.test(revision)) return revision;
      const { response } = await ask(
        deps,
        `${deps.hub}api/models/${model}/revision/${encodeURIComponent(revision)}`,
        {},
      );
      const answer = (await response.json().catch(() => null)) as { readonly sha?: unknown } | null;
      if (typeof answer?.sha === "string" && COMMIT.test(answer.sha)) return answer.sha;
      throw new Refusal(
        `${deps.hub} does not say which commit "${revision}" of ${model} is: name the commit itself.`,
      );
    },
    async open(model, commit, path, from) {
      const url = `${deps.hub}${model}/resolve/${commit}/${path}`;
      const rest = from > 0 ? await ask(deps, url, { range: `bytes=${from}-` }) : null;
      // All of it is there, or more than there is: whatever that was, it is loaded from the beginning.
      const { response, etag, size } =
        rest === null || rest.response.status === PAST_THE_END ? await ask(deps, url, {}) : rest;
      const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
      const start = response.status === 206 && range !== null ? Number(range[1]) : 0;
      const told =
        range?.[2] ??
        (response.headers.has("content-encoding") ? null : response.headers.get("content-length"));
      const total = size ?? (told === null || told === "*" ? null : Number(told));
      if (response.body === null) throw new Refusal(`${url} answered nothing.`);
      return {
        body: response.body,
        start,
        total,
        sha256: /^[0-9a-f]{64}$/.test(etag) ? etag : null,
        gitSha1: /^[0-9a-f]{40}$/.test(etag) ? etag : null,
      };
    },
  };
}

interface Answer {
  readonly response: Response;
  readonly etag: string;
  readonly size: number | null;
}

/** Redirects are followed by hand: only the first answer says what the file is, and only the hub itself gets the token. */
async function ask(deps: HubDeps, first: string, headers: Record<string, string>): Promise<Answer> {
  let url = first;
  let etag = "";
  let size: number | null = null;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const own = new URL(url).origin === new URL(deps.hub).origin;
    const authorization =
      own && deps.token !== null ? { authorization: `Bearer ${deps.token}` } : {};
    let response: Response;
    try {
      response = await deps.fetch(url, {
        redirect: "manual",
        headers: { ...headers, ...authorization, "accept-encoding": "identity" },
      });
    } catch (error) {
      throw new Refusal(unreachable(deps.hub, error));
    }
    etag ||= bare(response.headers.get("x-linked-etag") ?? response.headers.get("etag"));
    const linked = response.headers.get("x-linked-size");
    size ??= linked === null ? null : Number(linked);
    const next = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && next !== null) {
      url = new URL(next, url).href;
      continue;
    }
    if (response.ok || response.status === PAST_THE_END) return { response, etag, size };
    throw new Refusal(refused(first, response.status));
  }
  throw new Refusal(`${first} is redirected in a circle.`);
}

/** `W/"abc"` as `abc`. */
const bare = (etag: string | null): string => (etag ?? "").replace(/^W\//, "").replaceAll('"', "");

function unreachable(hub: string, error: unknown): string {
  const cause =
    error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return (
    `${hub} could not be reached (${cause}).\n` +
    "Models are loaded from a hub once, at this place only. Without a network, copy DIR from a machine that has one, or name a " +
    "mirror with --hub. Without --model this command needs no network."
  );
}

function refused(url: string, status: number): string {
  if (status === 401 || status === 403)
    return `${url} asks for a login (${status}). Accept the model's terms on the hub, and give a token in HF_TOKEN.`;
  if (status === 404) return `${url} does not exist (404).`;
  return `${url} answered ${status}. Try again later: what is loaded stays.`;
}
