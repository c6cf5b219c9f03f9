import { bearerOf, providerBearer, routeModel } from "./provider-route.ts";
import { errorType } from "./answers.ts";
import type {
  CallFacts,
  CallMemory,
  Dialect,
  GatewayReading,
  GatewayRequest,
  LocalAnswer,
  Notice,
} from "./dialect.ts";
import {
  type Fields,
  fieldsOf,
  jsonBody,
  keyFields,
  providerHeaders,
  readCount,
  readId,
  without,
} from "./request-fields.ts";
import { GATEWAY_HOSTS, isGatewayHost, isGatewayKey } from "./gateway-hosts.ts";
import { isRecord } from "../providers/openai-chat-content.ts";
import type { Json } from "../domain/json.ts";
import { asMem0 } from "./mem0-memories.ts";
import { MEM0_OPTIONS_HEADER, MEM0_PROVIDER_HEADER } from "./mem0-headers.ts";
import { readFilters } from "./mem0-filters.ts";

const IDS = ["user_id", "agent_id", "run_id"] as const;
const OWN_FIELDS = [...IDS, "filters", "limit"];
/** Common names, which are Mem0's only beside one of its ids. */
const SHARED_FIELDS = ["metadata", "top_k"];
const DEFAULT_LIMIT = 10;
const KEY_HEADERS = ["authorization", "x-api-key", "api-key"];

/**
 * Mem0's OpenAI-compatible chat. In the original it is a class and no endpoint, so `@alcove/sdk/mem0` is what speaks this dialect; an
 * OpenAI client that points to Mem0's host is served as well.
 */
export const mem0: Dialect = {
  name: "mem0",
  hosts: GATEWAY_HOSTS.mem0,
  read(request) {
    if (request.method !== "POST" || !/\/chat\/completions\/?$/.test(request.url.pathname))
      return refusal(
        404,
        "Of Mem0 only chat completions are served on this device. What is stored is read by list() and search() of the memory.",
      );
    const fields = fieldsOf(request);
    if (fields === null) return refusal(400, "The body must be a JSON object.");
    return readCall(request, fields);
  },
  refuse: (_url, status, message) => errorAnswer(status, message),
};

function readCall(request: GatewayRequest, fields: Fields): GatewayReading {
  const memory = readMemory(fields);
  if (typeof memory === "string") return refusal(400, memory);
  const key = keyOf(request);
  const body = without(fields, [
    ...OWN_FIELDS,
    ...(memory === null ? [] : SHARED_FIELDS),
    ...keyFields(fields, key),
  ]);
  const target = targetOf(request, body);
  if ("problem" in target) return refusal(400, target.problem);
  const { headers, notices } = providerHeaders(request, target.url, {
    names: [MEM0_OPTIONS_HEADER, MEM0_PROVIDER_HEADER],
    prefixes: ["x-mem0-"],
    key,
  });
  target.authorize(headers);
  const model = target.model === undefined ? body : { ...body, model: target.model };
  return {
    kind: "call",
    notices: [...notices, ...noticesOf(request, memory)],
    call: {
      url: target.url,
      headers,
      body: jsonBody(model, request),
      ...(memory === null ? {} : { memory }),
      dress: ({ memories }: CallFacts) => ({
        headers: {},
        fields: { metadata: { memories: memories.map(asMem0) } },
      }),
    },
  };
}

/** Mem0's own key, where the request has it: its API calls it a token, OpenAI's client a bearer. */
function keyOf({ headers }: GatewayRequest): string | null {
  for (const name of KEY_HEADERS) {
    const key = (headers.get(name) ?? "").replace(/^(?:Bearer|Token)\s+/i, "").trim();
    if (isGatewayKey(key)) return key;
  }
  return null;
}

/** `null`: no id, so the call has no memory. A string says what is wrong. */
function readMemory(fields: Fields): CallMemory | string | null {
  const ids = new Map<(typeof IDS)[number], string>();
  for (const name of IDS) {
    const given = fields[name] ?? null;
    if (given === null) continue;
    const id = readId(given);
    if (id === undefined) return `${name} must be a text of 1 to 512 characters.`;
    ids.set(name, id);
  }
  if (ids.size === 0) return null;
  const { metadata, filters } = fields;
  if (metadata != null && !isRecord(metadata)) return "metadata must be an object.";
  const asked = fields["limit"] ?? fields["top_k"] ?? DEFAULT_LIMIT;
  const limit = readCount(asked);
  if (limit === undefined || limit > 1_000) return "limit must be a whole number from 0 to 1000.";
  const where = filters == null ? undefined : readFilters(filters);
  if (typeof where === "string") return `${where}.`;
  const user = ids.get("user_id");
  const agent = ids.get("agent_id");
  const run = ids.get("run_id");
  return {
    mode: "on",
    scope: {
      ...(user === undefined ? {} : { user }),
      ...(agent === undefined ? {} : { agent }),
      ...(run === undefined ? {} : { run }),
    },
    // Mem0 isolates by every id that is given.
    exact: ["agent", "run"],
    limit,
    ...(where === undefined ? {} : { where }),
    // It came as JSON.
    ...(isRecord(metadata) ? { metadata: metadata as Readonly<Record<string, Json>> } : {}),
  };
}

interface Target {
  readonly url: URL;
  readonly model?: string;
  authorize(headers: Headers): void;
}

function targetOf(request: GatewayRequest, body: Fields): Target | { readonly problem: string } {
  const named = request.headers.get(MEM0_PROVIDER_HEADER);
  if (named !== null) {
    const url = URL.canParse(named) ? new URL(named) : null;
    if (url === null || isGatewayHost(url))
      return { problem: "The client's base URL has to be the provider's own." };
    return {
      url,
      authorize(headers) {
        for (const name of KEY_HEADERS) {
          const value = headers.get(name) ?? "";
          if (isGatewayKey(bearerOf(value) ?? value)) headers.delete(name);
        }
      },
    };
  }
  const { model } = body;
  if (typeof model !== "string" || model === "") return { problem: "model must name a model." };
  return routeModel({
    wire: "openai",
    model,
    path: "chat/completions",
    providers: request.providers,
    key: providerBearer(request.headers.get("authorization")),
  });
}

function noticesOf({ headers }: GatewayRequest, memory: CallMemory | null): readonly Notice[] {
  const options = headers.get(MEM0_OPTIONS_HEADER)?.split(",") ?? [];
  return [
    ...options.map((field) => ({
      field,
      fix: "the memory is on this device and takes neither a key nor a configuration of Mem0's",
    })),
    ...(memory === null
      ? [{ field: "memory", fix: `give one of ${IDS.join(", ")} for a call that remembers` }]
      : []),
  ];
}

function errorAnswer(status: number, message: string): LocalAnswer {
  return {
    status,
    body: { error: { message, type: errorType(status), param: null, code: null } },
  };
}

function refusal(status: number, message: string): GatewayReading {
  return { kind: "answer", answer: errorAnswer(status, message) };
}
