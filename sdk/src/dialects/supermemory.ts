import { atProvider, authorize, bearerOf } from "./provider-route.ts";
import type {
  CallFacts,
  Dialect,
  Dressing,
  GatewayReading,
  GatewayRequest,
  LocalAnswer,
} from "./dialect.ts";
import {
  fieldsOf,
  holdsKey,
  jsonBody,
  keyFields,
  providerHeaders,
  readId,
  without,
} from "./request-fields.ts";
import { GATEWAY_HOSTS, isGatewayHost, isGatewayKey } from "./gateway-hosts.ts";
import { familyOf, headerText } from "./answers.ts";
import { isLoopback } from "../providers/hosts.ts";

/** As much of a conversation as the router gave back before it began to leave parts out. Tokens. */
const HISTORY_TOKENS = 20_000;

const OWN_HEADERS = [
  "x-supermemory-api-key",
  // So it stands in some pages of the documentation.
  "x-supermemory--api-key",
  "x-sm-user-id",
  "x-sm-conversation-id",
  "x-sm-source",
];
const OWN_QUERY = new Set(["userId", "conversationId"]);
/** The router takes its key and ids in other places than headers too; the documentation names none of them. */
const OWN_NAME = /^(?:x-)?(?:sm[-_]|supermemory)/i;
const KEY_HEADERS = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

/**
 * The supermemory Memory Router, as its documentation described it until 2026: the provider's own URL behind a prefix, the provider's
 * own key, and ids that say whose call it is. The model's name is the provider's and stays.
 */
export const supermemoryRouter: Dialect = {
  name: "supermemory",
  hosts: GATEWAY_HOSTS.supermemory,
  read(request) {
    const target = targetOf(request.url);
    if (target === null)
      return refusal(
        404,
        "Only the Memory Router is served on this device: https://api.supermemory.ai/v3/ and the provider's URL behind it.",
      );
    if (isGatewayHost(target.url) || !isSafe(target.url))
      return refusal(400, "The provider's URL has to be an https URL, or one on this device.");
    return readCall(request, target);
  },
  refuse: (_url, status, message) => ({ status, body: { error: message } }),
};

interface Target {
  readonly url: URL;
  readonly userId: string | undefined;
  readonly conversationId: string | undefined;
}

/** The provider's URL in the router's, less the router's parameters. */
function targetOf({ href }: URL): Target | null {
  const prefixed = /^[^?#]*?\/v3\/(https?(?::|%3A).+)$/i.exec(href)?.[1];
  if (prefixed === undefined) return null;
  const plain = /^https?%3A/i.test(prefixed) ? decoded(prefixed) : prefixed;
  // Some clients and servers join slashes that stand together.
  const spelled = plain.replace(/^(https?):\/*/i, "$1://");
  if (!URL.canParse(spelled)) return null;
  const url = new URL(spelled);
  url.hash = "";
  let path = url.pathname;
  const ids = new Map<string, string>();
  // The list is made first: what is deleted would move what stands behind it.
  const given = Array.from(url.searchParams);
  for (const [name, value] of given) {
    // A base URL that ends in a query has the client's path behind its last value.
    const tail = /^(.*?)((?:\/(?:chat\/completions|responses|messages))+)$/.exec(value);
    if (tail !== null) path += tail[2] ?? "";
    if (OWN_QUERY.has(name)) ids.set(name, tail?.[1] ?? value);
    if (tail !== null) url.searchParams.set(name, tail[1] ?? "");
    if (OWN_QUERY.has(name) || OWN_NAME.test(name) || isGatewayKey(value))
      url.searchParams.delete(name);
  }
  // A base URL that is the whole endpoint has the client's path behind it once more.
  url.pathname = path.replace(/(\/chat\/completions|\/responses|\/messages)\1*\/*$/, "$1");
  return {
    url,
    userId: readId(ids.get("userId")),
    conversationId: readId(ids.get("conversationId")),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function readCall(request: GatewayRequest, target: Target): GatewayReading {
  const { provider, url } = atProvider(target.url, request.providers);
  if (isGatewayHost(url))
    return refusal(400, `The option providers.${provider ?? ""}.baseURL names a memory gateway.`);
  const routerKey =
    request.headers.get("x-supermemory-api-key") ?? request.headers.get("x-supermemory--api-key");
  const { headers, notices } = providerHeaders(request, url, {
    names: OWN_HEADERS,
    prefixes: ["x-supermemory-", "x-sm-"],
    key: routerKey,
  });
  const given = Array.from(url.searchParams);
  for (const [name, value] of given) if (holdsKey(value, routerKey)) url.searchParams.delete(name);
  for (const name of KEY_HEADERS) {
    const value = headers.get(name);
    const key = bearerOf(value) ?? value;
    if (key !== null && (isGatewayKey(key) || key === routerKey)) headers.delete(name);
  }
  const carriesKey = KEY_HEADERS.some((name) => headers.has(name)) || url.searchParams.has("key");
  if (!carriesKey) {
    const key = provider === null ? undefined : request.providers[provider]?.apiKey;
    if (key === undefined && !isLoopback(url.hostname))
      return refusal(
        401,
        `The provider's key is missing. Send it as before, or name it once: createMemory({ providers: { ${JSON.stringify(provider ?? "openai")}: { apiKey: "..." } } }).`,
      );
    if (provider !== null) authorize(headers, provider, familyOf(url), key ?? null);
  }
  if (provider === "anthropic") headers.set("anthropic-dangerous-direct-browser-access", "true");

  const body = fieldsOf(request);
  const ownFields = [
    ...Object.keys(body ?? {}).filter((name) => OWN_NAME.test(name)),
    ...keyFields(body ?? {}, routerKey),
  ];
  const user =
    readId(request.headers.get("x-sm-user-id")) ?? readId(body?.["user"]) ?? target.userId;
  const conversation = readId(request.headers.get("x-sm-conversation-id")) ?? target.conversationId;
  return {
    kind: "call",
    notices,
    call: {
      url,
      headers,
      body: body === null ? null : jsonBody(without(body, ownFields), request),
      ...(body === null || request.method !== "POST"
        ? {}
        : {
            memory: {
              mode: "on",
              scope: {
                ...(user === undefined ? {} : { user }),
                ...(conversation === undefined ? {} : { thread: conversation }),
              },
              ...(conversation === undefined ? {} : { historyTokens: HISTORY_TOKENS }),
            },
            dress: (facts: CallFacts) => dress(facts, conversation, request.body.text ?? ""),
          }),
    },
  };
}

function dress(facts: CallFacts, conversation: string | undefined, sent: string): Dressing {
  const processed = Math.ceil((facts.request?.after ?? sent).length / 4);
  const stores = facts.problem === undefined && (facts.mode === "on" || facts.mode === "write");
  const id = conversation ?? facts.threadId;
  return {
    headers: {
      ...(id === null ? {} : { "x-supermemory-conversation-id": headerText(id) }),
      "x-supermemory-context-modified": String(facts.modified),
      "x-supermemory-tokens-processed": String(processed),
      "x-supermemory-chunks-created": stores ? "1" : "0",
      "x-supermemory-chunks-retrieved": String(facts.memories.length),
      ...(facts.problem === undefined ? {} : { "x-supermemory-error": facts.problem }),
    },
  };
}

function refusal(status: number, message: string): GatewayReading {
  const answer: LocalAnswer = { status, body: { error: message } };
  return { kind: "answer", answer };
}
