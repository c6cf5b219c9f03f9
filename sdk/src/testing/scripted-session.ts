import type { RecordedRequest, ScriptedAnswer } from "./scripted-provider-types.ts";

/** One test's own corner of the scripted provider. Works in Node and in a page. */
export interface ScriptedSession {
  /** What a client takes as base URL, ending in `/v1`. */
  readonly baseURL: string;
  /** The same without `/v1`, for clients that add a version themselves. */
  readonly root: string;
  /** The answers to come; the last one repeats. */
  script(...answers: readonly ScriptedAnswer[]): Promise<void>;
  /** Everything that came in, without CORS preflights. */
  requests(): Promise<readonly SeenRequest[]>;
  preflights(): Promise<readonly SeenRequest[]>;
  /** Waits until a request fulfils it; fails after two seconds. */
  until(condition: (requests: readonly SeenRequest[]) => boolean): Promise<readonly SeenRequest[]>;
}

export interface SeenRequest extends RecordedRequest {
  /** The body as text. */
  readonly body: string;
  /** The body as JSON; `undefined` where it is none. */
  readonly json: unknown;
}

export function openSession(origin: string): ScriptedSession {
  const root = `${origin}/s${crypto.randomUUID()}`;
  // Bound once: a test may patch the global.
  const fetch = globalThis.fetch.bind(globalThis);
  const all = async (): Promise<readonly SeenRequest[]> => {
    const response = await fetch(`${root}/requests`);
    return ((await response.json()) as readonly RecordedRequest[]).map(see);
  };
  const requests = async (): Promise<readonly SeenRequest[]> =>
    (await all()).filter((request) => request.method !== "OPTIONS");
  return {
    baseURL: `${root}/v1`,
    root,
    async script(...answers) {
      await fetch(`${root}/script`, { method: "PUT", body: JSON.stringify(answers) });
    },
    requests,
    preflights: async () => (await all()).filter((request) => request.method === "OPTIONS"),
    async until(condition) {
      const giveUpAt = Date.now() + 2_000;
      for (;;) {
        const seen = await requests();
        if (condition(seen)) return seen;
        if (Date.now() > giveUpAt)
          throw new Error(
            `The provider did not see it: ${seen.map((one) => `${one.method} ${one.url} ${one.aborted ? "aborted" : one.answered ? "answered" : "open"}`).join("; ")}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

function see(request: RecordedRequest): SeenRequest {
  const body = new TextDecoder().decode(
    Uint8Array.from(request.bodyLatin1, (character) => character.charCodeAt(0)),
  );
  return { ...request, body, json: parse(body) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
