import type {
  GatewayReading,
  GatewayRequest,
  LocalAnswer,
  LocalTools,
  LocalWork,
} from "./dialect.ts";
import {
  type GatewayThread,
  recordsOf,
  scopeOf,
  threadClaim,
  threadsOf,
} from "./mastra-threads.ts";
import { errorType } from "./answers.ts";
import { isRecord } from "../providers/openai-chat-content.ts";
import { readCount, readId } from "./request-fields.ts";

/** Bounds of the gateway's lists. */
const PAGE = { messages: 50, observations: 10, most: 200 } as const;

/** The gateway's `/v1/memory` routes over the vault; `null` for any other. */
export function memoryRoute(request: GatewayRequest): GatewayReading | null {
  const { url, headers } = request;
  const segments = url.pathname
    .replace(/^\/v1\/memory\/?/, "")
    .replace(/\/+$/, "")
    .split("/");
  const [root, id, part, more] = segments.map(decoded);
  if (root !== "threads" || (more !== undefined && more !== "history")) return null;
  const resource =
    readId(url.searchParams.get("resourceId")) ??
    readId(url.searchParams.get("resource_id")) ??
    readId(headers.get("x-resource-id"));
  const window = {
    offset: readCount(url.searchParams.get("offset")) ?? 0,
    limit: readCount(url.searchParams.get("limit")),
  };
  if (id === undefined) {
    if (request.method === "GET") return local((tools) => listThreads(tools, resource, window));
    return request.method === "POST" ? createThread(request, resource) : null;
  }
  const on = (
    work: (tools: LocalTools, thread: GatewayThread) => Promise<LocalAnswer>,
  ): GatewayReading => local((tools) => withThread(tools, id, resource, work));
  switch (`${request.method} ${part ?? ""}`) {
    case "GET ":
      return on(async ({ now }, thread) => answer({ thread: describe(thread, now()) }));
    case "DELETE ":
      return on(deleteThread);
    case "GET messages":
      return on((tools, thread) => listMessages(tools, thread, window));
    case "GET observations":
    case "GET observational-memory":
      return on((tools, thread) => listObservations(tools, thread, window));
    default:
      return null;
  }
}

interface Description {
  readonly updatedAt: string;
  readonly [field: string]: unknown;
}

interface Window {
  readonly offset: number;
  readonly limit: number | undefined;
}

function local(work: LocalWork): GatewayReading {
  return { kind: "local", work };
}

function answer(body: unknown, status = 200): LocalAnswer {
  return { status, body };
}

function notFound(thread: string): LocalAnswer {
  return answer({ error: { message: `Thread not found: ${thread}`, type: errorType(404) } }, 404);
}

/** A thread of another resource is not there, for who asks as a resource. */
async function withThread(
  tools: LocalTools,
  id: string,
  resource: string | undefined,
  work: (tools: LocalTools, thread: GatewayThread) => Promise<LocalAnswer>,
): Promise<LocalAnswer> {
  const known = (await threadsOf(tools, resource)).find((thread) => thread.id === id);
  if (known !== undefined) return work(tools, known);
  // Begun, and nothing said in it yet: then only who names the resource can be told apart.
  const isOwn =
    resource !== undefined && (await tools.claims.isOwner(threadClaim(id), resource)) === true;
  return isOwn ? work(tools, { id, resource }) : notFound(id);
}

async function listThreads(
  tools: LocalTools,
  resource: string | undefined,
  window: Window,
): Promise<LocalAnswer> {
  const threads = await threadsOf(tools, resource);
  const described = threads.map((thread) => describe(thread, tools.now()));
  const newest = described.toSorted((a, b) => b.updatedAt.localeCompare(a.updatedAt));
  const { page, ...rest } = pageOf(newest, window, PAGE.messages);
  return answer({ threads: page, ...rest });
}

function describe({ id, resource, said }: GatewayThread, now: number): Description {
  return {
    id,
    resourceId: resource,
    title: null,
    metadata: {},
    messageCount: said?.turns ?? 0,
    createdAt: new Date(said?.from ?? now).toISOString(),
    updatedAt: new Date(said?.to ?? now).toISOString(),
  };
}

async function listMessages(
  { vault }: LocalTools,
  thread: GatewayThread,
  window: Window,
): Promise<LocalAnswer> {
  const turns = await recordsOf(vault(scopeOf(thread)), ["turn"]);
  const { page, ...rest } = pageOf(turns, window, PAGE.messages);
  return answer({
    messages: page.map(({ id, role, text, createdAt }) => ({
      id,
      threadId: thread.id,
      resourceId: thread.resource,
      role: role ?? "user",
      type: "text",
      content: text,
      createdAt: new Date(createdAt).toISOString(),
    })),
    ...rest,
  });
}

/** What was drawn from the thread's turns, by whatever draws it. */
async function listObservations(
  { vault }: LocalTools,
  thread: GatewayThread,
  window: Window,
): Promise<LocalAnswer> {
  const drawn = await recordsOf(vault(scopeOf(thread)), ["derived"]);
  const { page, ...rest } = pageOf(drawn.toReversed(), window, PAGE.observations);
  return answer({
    observations: page.map(({ id, text, createdAt, sources, tags }) => ({
      id,
      threadId: thread.id,
      resourceId: thread.resource,
      content: text,
      sources,
      tags,
      createdAt: new Date(createdAt).toISOString(),
    })),
    ...rest,
  });
}

function pageOf<T>(
  all: readonly T[],
  { offset, limit }: Window,
  usual: number,
): {
  readonly page: readonly T[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly hasMore: boolean;
} {
  const size = Math.min(limit ?? usual, PAGE.most);
  const page = all.slice(offset, offset + size);
  return {
    page,
    total: all.length,
    limit: size,
    offset,
    hasMore: offset + page.length < all.length,
  };
}

function createThread(request: GatewayRequest, named: string | undefined): GatewayReading {
  const body = isRecord(request.body.json) ? request.body.json : {};
  const resource = readId(body["resourceId"]) ?? readId(body["resource_id"]) ?? named;
  if (resource === undefined)
    return {
      kind: "answer",
      answer: answer({ error: { message: "resourceId is required.", type: errorType(400) } }, 400),
    };
  const id = readId(body["id"]) ?? readId(body["threadId"]) ?? crypto.randomUUID();
  return local(async (tools) => {
    if (!(await tools.claims.take(threadClaim(id), resource))) return notFound(id);
    return answer({ thread: describe({ id, resource }, tools.now()) }, 201);
  });
}

async function deleteThread(
  { vault, claims }: LocalTools,
  thread: GatewayThread,
): Promise<LocalAnswer> {
  const { forgotten } = await vault({ user: thread.resource }).forget({
    filter: { scope: { thread: thread.id } },
  });
  await claims.release(threadClaim(thread.id));
  return answer({ success: true, id: thread.id, deleted: forgotten.length });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
