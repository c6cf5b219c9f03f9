import type {
  CallFacts,
  CallMemory,
  Dialect,
  Dressing,
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
  without,
} from "./request-fields.ts";
import { bearerOf, routeModel } from "./provider-route.ts";
import { errorType } from "./answers.ts";
import { GATEWAY_HOSTS } from "./gateway-hosts.ts";
import { hashKey } from "./key-hash.ts";
import { isRecord } from "../providers/openai-chat-content.ts";

const DEFAULT_POLICY = "balanced";
const MAX_TAG = 256;

/**
 * The OpenAI-compatible gateway of UnifiedMemory: a `memory` object in the body says which container is used and how much of it may
 * go into the prompt. A container's memories are its own: what names no container is not of it.
 */
export const unifiedMemory: Dialect = {
  name: "unifiedmemory",
  hosts: GATEWAY_HOSTS.unifiedmemory,
  read(request) {
    const key = bearerOf(request.headers.get("authorization"));
    if (key === null) return refusal(401, "Missing or invalid key: Authorization: Bearer <key>.");
    const path = /^\/v1\/(chat\/completions|responses)\/?$/.exec(request.url.pathname)?.[1];
    if (path === undefined || request.method !== "POST")
      return refusal(
        404,
        "This route is not available: POST /v1/chat/completions, POST /v1/responses.",
      );
    return readCall(request, path, key);
  },
  refuse: (_url, status, message) => refused(status, message),
};

/** The container of calls that name none: the key decides it. */
export function containerOf(key: string): string {
  return `unifiedmemory-${hashKey("unifiedmemory", key)}`;
}

interface Wishes {
  readonly container: string | undefined;
  readonly policy: string;
  readonly maxTokens: number | undefined;
  readonly links: boolean;
  readonly notices: readonly Notice[];
}

function readCall(request: GatewayRequest, path: string, key: string): GatewayReading {
  const body = fieldsOf(request);
  if (body === null) return refusal(422, "The request body is not a JSON object.");
  const problem = problemOf(body, path);
  if (problem !== null) return refusal(422, problem);
  const wishes = readWishes(body["memory"]);
  if (typeof wishes === "string") return refusal(422, wishes);

  const model = String(body["model"]);
  const route = routeModel({ wire: "openai", model, path, providers: request.providers });
  if ("problem" in route) return refusal(404, route.problem);
  const { headers, notices } = providerHeaders(request, route.url, {
    names: [],
    prefixes: ["x-unified-memory-", "x-unifiedmemory-"],
    key,
  });
  route.authorize(headers);
  const sent = { ...without(body, ["memory", ...keyFields(body, key)]), model: route.model };
  const container = wishes.container ?? containerOf(key);
  const memory: CallMemory = {
    mode: "on",
    scope: { container },
    exactContainer: true,
    ...(wishes.maxTokens === undefined ? {} : { budgetTokens: wishes.maxTokens }),
  };
  return {
    kind: "call",
    notices: [...notices, ...wishes.notices],
    call: {
      url: route.url,
      headers,
      body: jsonBody(sent, request),
      memory,
      dress: (facts) => dress(facts, wishes),
    },
  };
}

function problemOf(body: Fields, path: string): string | null {
  const { model, messages, input } = body;
  if (typeof model !== "string" || model === "") return "`model` must be a non-empty string.";
  if (path === "responses")
    return (typeof input === "string" && input !== "") || (Array.isArray(input) && input.length > 0)
      ? null
      : "`input` must be a non-empty string or array.";
  if (!Array.isArray(messages) || messages.length === 0)
    return "`messages` must be a non-empty array.";
  const bad = messages.findIndex(
    (one: unknown) => !isRecord(one) || typeof one["role"] !== "string",
  );
  return bad < 0 ? null : `\`messages[${bad}]\` must be an object with a role.`;
}

/** A sentence where the `memory` object is not as it has to be. */
function readWishes(memory: unknown): Wishes | string {
  if (memory === undefined || memory === null) return readWishes({});
  if (!isRecord(memory)) return "`memory` must be an object.";
  const {
    container_tag: tag,
    trust_policy: policy,
    max_context_tokens: maxTokens,
    include_courtroom_links: links,
    ...unknown
  } = memory;
  if (tag != null && (typeof tag !== "string" || tag.trim() === "" || tag.length > MAX_TAG))
    return `\`memory.container_tag\` must be a string of 1 to ${MAX_TAG} characters.`;
  if (policy != null && typeof policy !== "string")
    return "`memory.trust_policy` must be a string.";
  if (
    maxTokens != null &&
    (typeof maxTokens !== "number" || !Number.isInteger(maxTokens) || maxTokens < 0)
  )
    return "`memory.max_context_tokens` must be a whole number from 0 on.";
  if (links != null && typeof links !== "boolean")
    return "`memory.include_courtroom_links` must be true or false.";
  return {
    container: tag == null ? undefined : tag.trim(),
    policy: policy ?? DEFAULT_POLICY,
    maxTokens: maxTokens == null ? undefined : Math.min(maxTokens, 100_000),
    links: links ?? false,
    notices: Object.keys(unknown).map((name) => ({
      field: `memory.${name}`,
      fix: "known are container_tag, trust_policy, max_context_tokens, include_courtroom_links",
    })),
  };
}

function dress(facts: CallFacts, { container, policy, links }: Wishes): Dressing {
  return {
    headers: {},
    fields: {
      memory: {
        container_tag: container ?? null,
        tokens_injected: facts.tokens,
        trust_policy: policy,
        cross_agent_candidates_suppressed: 0,
        ...(links
          ? {
              courtroom_links: facts.memories.map(({ id, why, createdAt, sources }) => ({
                memory_id: id,
                why_recalled: why,
                created_at: new Date(createdAt).toISOString(),
                sources,
              })),
            }
          : {}),
      },
    },
  };
}

function refused(status: number, message: string): LocalAnswer {
  return { status, body: { error: { message, type: errorType(status), code: status } } };
}

function refusal(status: number, message: string): GatewayReading {
  return { kind: "answer", answer: refused(status, message) };
}
