import { asMem0 } from "./dialects/mem0-memories.ts";
import { createMemory, type Memory } from "./memory.ts";
import { MEM0_BASE, MEM0_OPTIONS_HEADER, MEM0_PROVIDER_HEADER } from "./dialects/mem0-headers.ts";
import { checkUrl } from "./embedder-option.ts";
import { createCheck } from "./option-check.ts";
import { gatewaySettings, type ProviderOptions } from "./options.ts";
import { routeModel } from "./dialects/provider-route.ts";
import { sendChat } from "./mem0/send-chat.ts";
import type {
  Mem0ChatCompletion,
  Mem0ChatRequest,
  Mem0ChatStream,
  Mem0RequestOptions,
  OpenAiClient,
} from "./mem0/chat-types.ts";

export type { Mem0Memory } from "./dialects/mem0-memories.ts";
export { ProviderError } from "./mem0/provider-error.ts";
export type {
  Mem0ChatChunk,
  Mem0ChatCompletion,
  Mem0ChatRequest,
  Mem0ChatStream,
  Mem0Choice,
  Mem0Message,
  Mem0Metadata,
  Mem0RequestOptions,
  Mem0ToolCall,
  OpenAiClient,
} from "./mem0/chat-types.ts";

export interface Mem0Options {
  /** Where memories are kept. @defaultValue `createMemory({ providers })`, on the default vault */
  readonly memory?: Memory;
  /** The app's own client of the `openai` package; calls go through it, with its key, base URL and retries. */
  readonly client?: OpenAiClient;
  /** Keys and base URLs, as in `createMemory({ providers })`, for calls without a client. @defaultValue those of `memory` */
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
  /** The hosted product's key. It is not used, and goes nowhere; told once by the memory's `error` event. */
  readonly apiKey?: string;
  /** The self-hosted product's configuration. The same holds. */
  readonly config?: unknown;
}

export interface Mem0Completions {
  create(
    request: Mem0ChatRequest & { readonly stream: true },
    options?: Mem0RequestOptions,
  ): Promise<Mem0ChatStream>;
  create(
    request: Mem0ChatRequest & { readonly stream?: false | null },
    options?: Mem0RequestOptions,
  ): Promise<Mem0ChatCompletion>;
  create(
    request: Mem0ChatRequest,
    options?: Mem0RequestOptions,
  ): Promise<Mem0ChatCompletion | Mem0ChatStream>;
}

/**
 * Mem0's OpenAI-compatible client, with the memories on this device.
 *
 * Reads: the messages of the call and the vault. Sends: the app's own request to the app's own provider, with the relevant memories in
 * it. Stores: the user's turn and the answer, on this device. Nothing is ever sent to Mem0.
 *
 * @throws {@link MemoryError} `usage/invalid-option` - one error that lists every problem.
 *
 * @example
 * ```ts no-run (needs a provider key)
 * const mem0 = new Mem0({ providers: { openai: { apiKey } } });
 * const answer = await mem0.chat.completions.create({
 *   messages: [{ role: "user", content: "Suggest dinner options in San Francisco." }],
 *   model: "gpt-4.1-nano-2025-04-14",
 *   user_id: "alice",
 * });
 * ```
 */
// A class, because code that was written for the original says `new`.
export class Mem0 {
  readonly chat: { readonly completions: Mem0Completions };
  /** The memory behind the calls: to list, search and forget, to listen, to close. */
  readonly memory: Memory;

  constructor(options: Mem0Options = {}) {
    checkOptions(options);
    const { client, providers } = options;
    this.memory = options.memory ?? createMemory(providers === undefined ? {} : { providers });
    this.chat = { completions: createCompletions(this.memory, client ?? null, options) };
  }
}

function createCompletions(
  memory: Memory,
  client: OpenAiClient | null,
  options: Mem0Options,
): Mem0Completions {
  const ignored = (["apiKey", "config"] as const).filter((name) => options[name] !== undefined);
  const { providers } = gatewaySettings({ providers: options.providers ?? {} });
  return { create: create as Mem0Completions["create"] };

  async function create(
    request: Mem0ChatRequest,
    requestOptions: Mem0RequestOptions = {},
  ): Promise<object> {
    let last: Response | null = null;
    const through = (to: (headers: Headers, url: string) => void): typeof globalThis.fetch =>
      async function mem0Fetch(input, init) {
        const headers = new Headers(init?.headers);
        if (ignored.length > 0) headers.set(MEM0_OPTIONS_HEADER, ignored.join(","));
        to(headers, input instanceof Request ? input.url : String(input));
        last = await memory.fetch(`${MEM0_BASE}/chat/completions`, { ...init, headers });
        return last;
      };
    const answer =
      client === null
        ? await sendDirectly(through, request, requestOptions)
        : await callClient(client, through, request, requestOptions);
    const memories = last === null ? [] : (memory.trace(last)?.memories ?? []).map(asMem0);
    // A whole answer has them already, from where it was read.
    return Object.assign(answer, { metadata: { memories } });
  }

  async function sendDirectly(
    through: (to: (headers: Headers, url: string) => void) => typeof globalThis.fetch,
    request: Mem0ChatRequest,
    requestOptions: Mem0RequestOptions,
  ): Promise<object> {
    const route = routeModel({
      wire: "openai",
      model: request.model,
      path: "chat/completions",
      providers,
    });
    // Without a provider of our own the memory's are asked, which also say what is missing.
    const isOwn = options.providers !== undefined && !("problem" in route);
    const fetch = through((headers) => {
      if (!isOwn) return;
      headers.set(MEM0_PROVIDER_HEADER, route.url.href);
      route.authorize(headers);
    });
    const body = isOwn ? { ...request, model: route.model } : request;
    return sendChat(fetch, `${MEM0_BASE}/chat/completions`, body, requestOptions);
  }
}

/** The client's own request, which memory sends on to where the client would have. */
function callClient(
  client: OpenAiClient,
  through: (to: (headers: Headers, url: string) => void) => typeof globalThis.fetch,
  request: Mem0ChatRequest,
  requestOptions: Mem0RequestOptions,
): Promise<object> {
  const fetch = through((headers, url) => headers.set(MEM0_PROVIDER_HEADER, url));
  const { completions } = client.withOptions({ fetch }).chat as {
    readonly completions: {
      create(body: Mem0ChatRequest, options: Mem0RequestOptions): Promise<object>;
    };
  };
  return completions.create({ ...request }, requestOptions);
}

function checkOptions(options: Mem0Options): void {
  const check = createCheck("new Mem0()");
  check.object("", options, {
    memory: (path, value) =>
      typeof (value as Partial<Memory> | undefined)?.fetch === "function" || value === undefined
        ? undefined
        : check.problem(path, "what createMemory() returned"),
    client: (path, value) =>
      typeof (value as Partial<OpenAiClient> | undefined)?.withOptions === "function" ||
      value === undefined
        ? undefined
        : check.problem(path, "a client of the openai package"),
    providers: (path, value) =>
      check.record(path, value, (at, provider) =>
        check.object(at, provider, {
          apiKey: (p, v) => check.string(p, v),
          baseURL: (p, v) => checkUrl(check, p, v),
        }),
      ),
    apiKey: () => undefined,
    config: () => undefined,
  });
  check.finish();
}
