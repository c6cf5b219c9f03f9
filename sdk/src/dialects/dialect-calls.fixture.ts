/** One chat call of a dialect, as its clients make it. */
export interface DialectUnderTest {
  readonly name: string;
  /** The gateway's address of its chat route. */
  readonly url: string;
  /** What the dialect calls the model, and how its provider knows it. */
  readonly model: string;
  readonly key: string;
  /** Headers and body fields of a call with memory, for one of the app's people. */
  readonly headers: (user: string) => Readonly<Record<string, string>>;
  readonly fields: (user: string) => Readonly<Record<string, unknown>>;
  /** A header or a field of the dialect's own that it does not know. */
  readonly unknown: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly fields?: Readonly<Record<string, unknown>>;
    /** How it is told. */
    readonly told: string;
  };
  /** The URL names the provider, so that no option has to. */
  readonly namesProvider?: true;
  /** Clients send their new turns only. */
  readonly sendsNewTurns?: true;
}

export interface DialectCall {
  readonly signal?: AbortSignal;
  readonly model?: string;
  readonly messages?: unknown;
  readonly stream?: boolean;
  /** Whose call it is. @defaultValue "ann" */
  readonly user?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly url?: string;
}

/** What `fetch` is called with for one chat call. */
export function requestOf(
  dialect: DialectUnderTest,
  content: string,
  how: DialectCall = {},
): { readonly url: string; readonly init: RequestInit & { readonly body: string } } {
  const { user = "ann", model = dialect.model, messages, stream, signal } = how;
  return {
    url: how.url ?? dialect.url,
    init: {
      method: "POST",
      headers: { "content-type": "application/json", ...dialect.headers(user), ...how.headers },
      body: JSON.stringify({
        model,
        messages: messages ?? [{ role: "user", content }],
        ...(stream === undefined ? {} : { stream }),
        ...dialect.fields(user),
        ...how.fields,
      }),
      ...(signal === undefined ? {} : { signal }),
    },
  };
}

export function callDialect(
  dialect: DialectUnderTest,
  fetch: typeof globalThis.fetch,
  content: string,
  how: DialectCall = {},
): Promise<Response> {
  const { url, init } = requestOf(dialect, content, how);
  return fetch(url, init);
}

const UNIFIED_KEY = "um-not-a-real-key";

export const DIALECT_CALLS = {
  memoryrouter: {
    name: "memoryrouter",
    url: "https://api.memoryrouter.ai/v1/chat/completions",
    model: "openai/gpt-5.5",
    key: "mk_not_a_real_key_of_",
    headers: (user) => ({
      authorization: `Bearer mk_not_a_real_key_of_${user}`,
      "x-session-id": "s",
    }),
    fields: () => ({}),
    unknown: { headers: { "x-memory-flavour": "sweet" }, told: "x-memory-flavour" },
  },
  supermemory: {
    name: "supermemory",
    url: "https://api.supermemory.ai/v3/https://api.openai.com/v1/chat/completions",
    model: "gpt-5",
    key: "sm_not_a_real_key_at_all",
    headers: (user) => ({
      authorization: "Bearer sk-provider-test-key",
      "x-supermemory-api-key": "sm_not_a_real_key_at_all",
      "x-sm-user-id": user,
      "x-sm-conversation-id": "c",
    }),
    fields: () => ({}),
    unknown: { headers: { "x-sm-flavour": "sweet" }, told: "x-sm-flavour" },
    namesProvider: true,
    sendsNewTurns: true,
  },
  mastra: {
    name: "mastra",
    url: "https://gateway-api.mastra.ai/v1/chat/completions",
    model: "openai/gpt-x",
    key: "msk_not_a_real_key",
    headers: (user) => ({
      authorization: "Bearer msk_not_a_real_key",
      "x-thread-id": `thread of ${user}`,
      "x-resource-id": user,
    }),
    fields: () => ({}),
    unknown: { headers: { "x-gateway-flavour": "sweet" }, told: "x-gateway-flavour" },
    sendsNewTurns: true,
  },
  unifiedmemory: {
    name: "unifiedmemory",
    url: "https://edge-api.jithendranara.dev/v1/chat/completions",
    model: "minimax/MiniMax-M2.7",
    key: UNIFIED_KEY,
    headers: () => ({ authorization: `Bearer ${UNIFIED_KEY}` }),
    fields: (user) => ({ memory: { container_tag: `of-${user}` } }),
    unknown: {
      fields: { memory: { container_tag: "of-ann", flavour: "sweet" } },
      told: "memory.flavour",
    },
  },
  mem0: {
    name: "mem0",
    url: "https://api.mem0.ai/v1/chat/completions",
    model: "gpt-4.1-nano-2025-04-14",
    key: "m0-not-a-real-key",
    headers: () => ({ authorization: "Bearer m0-not-a-real-key" }),
    fields: (user) => ({ user_id: user }),
    unknown: { headers: { "x-mem0-flavour": "sweet" }, told: "x-mem0-flavour" },
  },
} as const satisfies Readonly<Record<string, DialectUnderTest>>;

/** What must never leave the page, whichever dialect is spoken. */
export const DIALECT_SECRETS: readonly string[] = Object.values(DIALECT_CALLS).map(
  ({ key }) => key,
);
