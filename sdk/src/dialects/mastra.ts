import { anthropicError, errorType, familyOf } from "./answers.ts";
import type {
  CallMemory,
  Dialect,
  GatewayReading,
  GatewayRequest,
  LocalAnswer,
  Notice,
} from "./dialect.ts";
import { bearerOf, providerBearer, routeModel } from "./provider-route.ts";
import {
  fieldsOf,
  jsonBody,
  keyFields,
  providerHeaders,
  readId,
  without,
} from "./request-fields.ts";
import { GATEWAY_HOSTS } from "./gateway-hosts.ts";
import { memoryRoute } from "./mastra-routes.ts";
import { threadClaim } from "./mastra-threads.ts";

/** What the gateway leaves of a conversation as it was, before its observations stand for it. Tokens. */
const HISTORY_TOKENS = 30_000;

const OWN_HEADERS = [
  "x-thread-id",
  "x-resource-id",
  "x-gateway-tools",
  "x-memory-gateway-authorization",
];

/**
 * The Mastra Memory Gateway (gateway.mastra.ai, November 2026): memory by thread and resource, of which clients send the new message
 * only. Both ids switch it on; a thread belongs to the resource that began it.
 */
export const mastraGateway: Dialect = {
  name: "mastra",
  hosts: GATEWAY_HOSTS.mastra,
  read(request) {
    const key = readKey(request);
    if (key === null)
      return refusal(request.url, 401, "A valid API key is required. Keys begin with msk_.");
    const { pathname } = request.url;
    if (/^\/v1\/memory(?:\/|$)/.test(pathname))
      return memoryRoute(request) ?? refusal(request.url, 404, "Not found");
    const path = /^(?:\/v1)?\/(chat\/completions|responses|messages(?:\/count_tokens)?)\/?$/.exec(
      pathname,
    )?.[1];
    if (path === undefined || request.method !== "POST")
      return refusal(request.url, 404, "Not found");
    return readCall(request, path, key);
  },
  refuse,
};

interface GatewayKey {
  readonly key: string;
  readonly providerKey: string | null;
}

/** The gateway's key may stand in three places; in a header of its own it leaves room for the provider's. */
function readKey({ headers }: GatewayRequest): GatewayKey | null {
  const own = headers.get("x-memory-gateway-authorization");
  if (own !== null) {
    if (!isOwnKey(bearerOf(own) ?? own)) return null;
    const beside = headers.get("x-api-key");
    return {
      key: (bearerOf(own) ?? own).trim(),
      providerKey:
        providerBearer(headers.get("authorization")) ??
        (beside === null ? null : providerBearer(`Bearer ${beside}`)),
    };
  }
  const given = [bearerOf(headers.get("authorization")), headers.get("x-api-key")];
  const key = given.find((one) => one !== null && isOwnKey(one));
  return key == null ? null : { key: key.trim(), providerKey: null };
}

function isOwnKey(key: string): boolean {
  return /^msk_\S+$/.test(key.trim());
}

function readCall(
  request: GatewayRequest,
  path: string,
  { key, providerKey }: GatewayKey,
): GatewayReading {
  const { url } = request;
  const body = fieldsOf(request);
  if (body === null) return refusal(url, 400, "The request body is not a JSON object.");
  const model = body["model"];
  if (typeof model !== "string" || model === "")
    return refusal(url, 400, "`model` is required, as provider/model.");
  const list = path === "responses" ? body["input"] : body["messages"];
  if (
    !(Array.isArray(list) && list.length > 0) &&
    !(path === "responses" && typeof list === "string")
  )
    return refusal(
      url,
      400,
      path === "responses" ? "`input` is required." : "`messages` must be a non-empty array.",
    );
  const thread = readId(request.headers.get("x-thread-id"));
  const resource = readId(request.headers.get("x-resource-id"));
  if (thread !== undefined && resource === undefined)
    return refusal(url, 400, "x-resource-id is required when x-thread-id is set.");

  const native = path.startsWith("messages");
  const route = routeModel({
    wire: native ? "anthropic" : "openai",
    model,
    path,
    providers: request.providers,
    key: providerKey,
  });
  if ("problem" in route) return refusal(url, 400, route.problem);
  const { headers, notices } = providerHeaders(request, route.url, {
    names: OWN_HEADERS,
    prefixes: ["x-gateway-", "x-memory-gateway-"],
    key,
  });
  route.authorize(headers);
  const clean = without(body, keyFields(body, key));
  const sent = model === route.model ? clean : { ...clean, model: route.model };
  return {
    kind: "call",
    notices: [...notices, ...toolNotices(request.headers)],
    call: {
      url: route.url,
      headers,
      body: jsonBody(sent, request),
      ...(path === "messages/count_tokens" ? {} : { memory: memoryOf(url, thread, resource) }),
    },
  };
}

function memoryOf(url: URL, thread: string | undefined, resource: string | undefined): CallMemory {
  if (thread === undefined || resource === undefined) return { mode: "off", scope: {} };
  return {
    mode: "on",
    scope: { user: resource, thread },
    historyTokens: HISTORY_TOKENS,
    observes: true,
    async admit({ claims }) {
      const isOwn = await claims.take(threadClaim(thread), resource);
      return isOwn ? null : refuse(url, 404, `Thread not found: ${thread}`);
    },
  };
}

/** Tools of the gateway's own run on its servers. */
function toolNotices(headers: Headers): readonly Notice[] {
  const tools = headers.get("x-gateway-tools");
  return tools === null || tools.trim() === "none"
    ? []
    : [
        {
          field: "x-gateway-tools",
          fix: "the gateway's own tools do not exist on a device; ask the provider for its own in `tools`",
        },
      ];
}

function refuse(url: URL, status: number, message: string): LocalAnswer {
  return familyOf(url) === "anthropic"
    ? anthropicError(status, message)
    : { status, body: { error: { message, type: errorType(status) } } };
}

function refusal(url: URL, status: number, message: string): GatewayReading {
  return { kind: "answer", answer: refuse(url, status, message) };
}
