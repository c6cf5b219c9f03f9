import { anthropicError, familyOf, googleError, headerText } from "./answers.ts";
import type {
  CallFacts,
  Dialect,
  Dressing,
  GatewayReading,
  GatewayRequest,
  LocalAnswer,
} from "./dialect.ts";
import {
  CONTROL_FIELDS,
  CONTROL_HEADERS,
  CONTROL_QUERY,
  readControls,
} from "./memoryrouter-controls.ts";
import type { MemoryRouterControls } from "./memoryrouter-controls.ts";
import { bearerOf, type GatewayWire, providerBearer, routeModel } from "./provider-route.ts";
import {
  fieldsOf,
  jsonBody,
  keyFields,
  providerHeaders,
  takeMessageFlags,
  without,
} from "./request-fields.ts";
import { GATEWAY_HOSTS, holdsGatewayKey } from "./gateway-hosts.ts";
import { hashKey } from "./key-hash.ts";
import { localRoute } from "./memoryrouter-routes.ts";
import { MODES, type Mode } from "../domain/mode.ts";

/**
 * MemoryRouter (memoryrouter.ai), as its public repository (February 2026) and its documentation (November 2026) describe it: a memory
 * key selects a vault, models are named with their provider, and headers, query and body say what memory does.
 */
export const memoryRouter: Dialect = {
  name: "memoryrouter",
  hosts: GATEWAY_HOSTS.memoryrouter,
  read(request) {
    if (request.method === "GET" && /^\/(?:v1\/)?health\/?$/.test(request.url.pathname))
      return answer({ status: 200, body: { status: "ok" } });
    const key = readKey(request);
    if (key === null)
      return answer({
        status: 401,
        body: {
          error: "Missing or invalid authentication",
          hint: "Give the memory key as Authorization: Bearer mk_xxx, x-api-key: mk_xxx or X-Memory-Key: mk_xxx",
        },
      });
    const scope = { user: userOf(key.key) };
    const local = localRoute(request, scope);
    if (local !== null) return local;
    return request.method === "POST" ? readCall(request, key) : answer(unknownRoute(request.url));
  },
  refuse,
};

/** Whose memory a memory key selects. Of the key itself nothing is kept. */
export function userOf(key: string): string {
  return `memoryrouter-${hashKey("memoryrouter", key)}`;
}

interface MemoryKey {
  readonly key: string;
  readonly suffix: Mode | undefined;
  /** The provider's key, where the request carries it. */
  readonly providerKey: string | null;
}

/** In the gateway's own order: a header of its own, then where clients put their keys. */
function readKey({ headers, url }: GatewayRequest): MemoryKey | null {
  const own = memoryKey(headers.get("x-memory-key"));
  const found =
    own ??
    memoryKey(bearerOf(headers.get("authorization"))) ??
    memoryKey(headers.get("x-api-key")) ??
    memoryKey(headers.get("x-goog-api-key")) ??
    memoryKey(url.searchParams.get("key"));
  if (found === null) return null;
  const passed = providerBearer(`Bearer ${headers.get("x-provider-key") ?? ""}`);
  const beside =
    providerBearer(headers.get("authorization")) ??
    providerBearer(`Bearer ${headers.get("x-api-key") ?? headers.get("x-goog-api-key") ?? ""}`);
  return { ...found, providerKey: passed ?? (own === null ? null : beside) };
}

function memoryKey(
  value: string | null,
): { readonly key: string; readonly suffix: Mode | undefined } | null {
  const parts = /^\s*(mk[_-][^\s:]+)(?::(\w+))?\s*$/.exec(value ?? "");
  if (parts?.[1] === undefined) return null;
  return { key: parts[1], suffix: MODES.find((mode) => mode === parts[2]) };
}

interface Endpoint {
  readonly wire: GatewayWire;
  readonly path: string;
  /** Memory has a part in it. */
  readonly chat: boolean;
}

/** What the gateway passes to providers. */
function endpointOf({ pathname }: URL): Endpoint | null {
  const path = pathname.replace(/^\/(?:v1beta|v1alpha|v1)\//, "/").replace(/\/+$/, "");
  if (/^\/(?:chat\/completions|responses)$/.test(path))
    return { wire: "openai", path: path.slice(1), chat: true };
  if (path === "/messages" || path === "/messages/count_tokens")
    return { wire: "anthropic", path: path.slice(1), chat: path === "/messages" };
  const action = /^\/models\/[^/]+:(generateContent|streamGenerateContent)$/.exec(path)?.[1];
  if (action !== undefined) return { wire: "gemini", path: `models/{model}:${action}`, chat: true };
  return /^\/(?:completions|embeddings|moderations|audio\/\w+|images\/\w+)$/.test(path)
    ? { wire: "openai", path: path.slice(1), chat: false }
    : null;
}

function readCall(request: GatewayRequest, key: MemoryKey): GatewayReading {
  const { url } = request;
  const endpoint = endpointOf(url);
  if (endpoint === null) return answer(unknownRoute(url));
  const given = fieldsOf(request);
  if (given === null && (endpoint.chat || request.body.text !== null))
    return answer(refuse(url, 400, "Invalid JSON body"));
  const body = given ?? {};
  const { form } = request.body;
  const named =
    endpoint.wire === "gemini" ? modelInPath(url) : (form?.get("model") ?? body["model"]);
  if (given !== null && (typeof named !== "string" || named === ""))
    return answer(refuse(url, 400, "Missing required field: model"));
  const list =
    endpoint.wire === "gemini" ? "contents" : endpoint.path === "responses" ? "input" : "messages";
  if (endpoint.chat && !isFilled(body[list], list))
    return answer(refuse(url, 400, `Missing required field: ${list} (must be a non-empty array)`));

  const route = routeModel({
    wire: endpoint.wire,
    // A stream's model cannot be read; it goes to OpenAI, whose audio and image routes these are.
    model: typeof named === "string" ? named : "openai/",
    path: endpoint.path,
    providers: request.providers,
    key: key.providerKey,
  });
  if ("problem" in route) return answer(refuse(url, 400, route.problem));
  for (const [name, value] of url.searchParams)
    if (!(CONTROL_QUERY as readonly string[]).includes(name) && name !== "key")
      if (!holdsGatewayKey(value)) route.url.searchParams.append(name, value);

  const controls = readControls(key.suffix, request.headers, url.searchParams, body);
  const flags = takeMessageFlags(without(body, [...CONTROL_FIELDS, ...keyFields(body, key.key)]));
  const { headers, notices } = providerHeaders(request, route.url, {
    names: [...CONTROL_HEADERS, "x-memory-key", "x-provider-key"],
    prefixes: ["x-memory-", "x-memoryrouter-"],
    key: key.key,
  });
  route.authorize(headers);
  const sent =
    "model" in flags.fields && flags.fields["model"] !== route.model
      ? { ...flags.fields, model: route.model }
      : flags.fields;
  return {
    kind: "call",
    notices: [...notices, ...controls.notices],
    call: {
      url: route.url,
      headers,
      body: given === null ? null : jsonBody(sent, request),
      ...(form === undefined ? {} : { form: cleanForm(form, route.model) }),
      ...(endpoint.chat
        ? {
            memory: {
              mode: controls.mode,
              scope: {
                user: userOf(key.key),
                ...(controls.session === undefined ? {} : { thread: controls.session }),
              },
              keepInput: controls.keepInput,
              keepAnswer: controls.keepAnswer,
              unkeptMessages: flags.unkept,
              ...(controls.limit === undefined ? {} : { limit: controls.limit }),
              ...(controls.limit === 0 ? { budgetTokens: 0 } : {}),
            },
            dress: (facts: CallFacts) => dress(facts, controls, route.provider, route.model),
          }
        : {}),
    },
  };
}

/** A copy with the provider's name of the model, and without the gateway's fields. */
function cleanForm(form: FormData, model: string): FormData {
  const clean = new FormData();
  for (const [name, value] of form)
    if (name === "model") clean.append(name, model);
    else if (!(CONTROL_FIELDS as readonly string[]).includes(name)) clean.append(name, value);
  return clean;
}

function modelInPath({ pathname }: URL): string {
  const model = /\/models\/([^/]+):\w+$/.exec(pathname)?.[1] ?? "";
  try {
    return `google/${decodeURIComponent(model).replace(/^google\//, "")}`;
  } catch {
    return `google/${model}`;
  }
}

function isFilled(list: unknown, name: string): boolean {
  if (name !== "messages" && typeof list === "string") return list !== "";
  if (name === "contents" && typeof list === "object" && !Array.isArray(list)) return list !== null;
  return Array.isArray(list) && list.length > 0;
}

function dress(
  facts: CallFacts,
  { session, debug }: MemoryRouterControls,
  provider: string,
  model: string,
): Dressing {
  const ms = (value: number): string => String(Math.round(value));
  const found = facts.memories.length;
  const headers = {
    "X-Memory-Tokens-Retrieved": String(facts.tokens),
    "X-Memory-Chunks-Retrieved": String(found),
    "X-Memory-Tokens-Injected": String(facts.tokens),
    "X-Memory-Injection-Format": facts.tokens > 0 ? "fenced" : "none",
    "X-Memory-Mode": facts.mode,
    "X-Provider-Detected": provider,
    "X-Embedding-Ms": "0",
    "X-MR-Processing-Ms": ms(facts.addedMs),
    "X-MR-Overhead-Ms": ms(facts.addedMs),
    "X-Provider-Response-Ms": ms(facts.totalMs - facts.addedMs),
    "X-Total-Ms": ms(facts.totalMs),
    ...(session === undefined ? {} : { "X-Session-ID": headerText(session) }),
  };
  if (!debug) return { headers };
  return {
    headers,
    fields: {
      _memory: {
        // The gateway repeats the key here; it is not put anywhere on this device.
        key: null,
        session_id: session ?? null,
        storage: "device",
        tokens_retrieved: facts.tokens,
        memories_retrieved: found,
        tokens_injected: facts.tokens,
        injection_format: facts.tokens > 0 ? "fenced" : null,
        memories: facts.memories.map(({ id, text, createdAt, score, why }) => ({
          id,
          content: text,
          timestamp: createdAt,
          score,
          why,
        })),
        latency_ms: Math.round(facts.totalMs),
      },
      _latency: {
        embedding_ms: 0,
        mr_processing_ms: Math.round(facts.addedMs),
        provider_ms: Math.round(facts.totalMs - facts.addedMs),
        total_ms: Math.round(facts.totalMs),
      },
      _debug: {
        original_messages: messagesIn(facts.request?.before),
        augmented_messages: messagesIn(facts.request?.after),
        model,
        provider,
      },
    },
  };
}

function messagesIn(body: string | undefined): unknown {
  if (body === undefined) return null;
  const { messages, input, contents } = JSON.parse(body) as Readonly<Record<string, unknown>>;
  return messages ?? input ?? contents ?? null;
}

function answer(local: LocalAnswer): GatewayReading {
  return { kind: "answer", answer: local };
}

function unknownRoute(url: URL): LocalAnswer {
  return {
    ...refuse(url, 404, "Not Found"),
    ...(familyOf(url) === "openai"
      ? {
          body: {
            error: "Not Found",
            hint: "Available endpoints: POST /v1/chat/completions, POST /v1/messages, GET /v1/memory/stats",
          },
        }
      : {}),
  };
}

function refuse(url: URL, status: number, message: string): LocalAnswer {
  const family = familyOf(url);
  if (family === "anthropic") return anthropicError(status, message);
  return family === "gemini" ? googleError(status, message) : { status, body: { error: message } };
}
