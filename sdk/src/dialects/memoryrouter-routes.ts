import type {
  GatewayReading,
  GatewayRequest,
  GatewayVault,
  LocalAnswer,
  LocalTools,
  LocalWork,
} from "./dialect.ts";
import type { ChatMessage } from "../domain/chat.ts";
import { estimateTokens } from "../text/tokens.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import { isRecord } from "../providers/openai-chat-content.ts";
import { listModels } from "./model-list.ts";
import { readCount, readId } from "./request-fields.ts";

/** The gateway's own bound for one upload. */
const MAX_LINES = 10_000;
const DEFAULT_TOKENS = 1_000;

/**
 * The gateway's routes that no provider has a part in; `null` for any other. Fields are those of its API reference and its source. No
 * public page shows the answers of `prepare` and `ingest`: theirs are ours, `context` being the text to put into a prompt.
 */
export function localRoute(request: GatewayRequest, scope: Scope): GatewayReading | null {
  const path = request.url.pathname.replace(/^\/v1(?=\/)/, "").replace(/\/+$/, "");
  const session = readId(request.headers.get("x-session-id"));
  const here: Scope = session === undefined ? scope : { ...scope, thread: session };
  switch (`${request.method} ${path}`) {
    case "POST /memory/prepare":
      return messageRoute(request, (messages, body) => prepare(messages, body, here));
    case "POST /memory/ingest":
      return messageRoute(request, (messages, body) => ingest(messages, body, here));
    case "POST /memory/upload":
      return upload(request, here, session);
    case "POST /memory/warmup":
      return local((tools) => warmUp(tools, scope));
    case "GET /memory/stats":
      return local((tools) => stats(tools, scope));
    case "DELETE /memory":
      return local((tools) =>
        clear(tools, scope, session, request.url.searchParams.get("reset") === "true"),
      );
    case "GET /models":
      return local((tools) => listModels(request.providers, tools));
    case "POST /keys":
      return local(() => Promise.resolve(newKey(request)));
    default:
      return null;
  }
}

function local(work: LocalWork): GatewayReading {
  return { kind: "local", work };
}

function bad(status: number, error: string, message: string): GatewayReading {
  return { kind: "answer", answer: { status, body: { error, message } } };
}

function messageRoute(
  { body }: GatewayRequest,
  work: (messages: readonly ChatMessage[], body: Readonly<Record<string, unknown>>) => LocalWork,
): GatewayReading {
  if (!isRecord(body.json)) return bad(400, "Invalid JSON body", "Send a JSON object.");
  const messages = readMessages(body.json["messages"]);
  if (messages === null)
    return bad(
      400,
      "Missing required field: messages (must be a non-empty array)",
      "Each message has a role and content.",
    );
  return local(work(messages, body.json));
}

/** Flags of single messages count here too: what is not to be kept is not taken in. */
function readMessages(list: unknown): readonly ChatMessage[] | null {
  if (!Array.isArray(list) || list.length === 0) return null;
  const messages: ChatMessage[] = [];
  for (const message of list as readonly unknown[]) {
    if (!isRecord(message) || typeof message["role"] !== "string") return null;
    const { role, content, name } = message;
    if (message["memory"] === false || (role !== "user" && role !== "assistant")) continue;
    if (typeof content !== "string" && !Array.isArray(content)) continue;
    messages.push({
      role,
      content: content as NonNullable<ChatMessage["content"]>,
      ...(typeof name === "string" ? { name } : {}),
    });
  }
  return messages;
}

function prepare(
  messages: readonly ChatMessage[],
  body: Readonly<Record<string, unknown>>,
  scope: Scope,
): LocalWork {
  return async ({ vault, signal }) => {
    const limit = readCount(body["memory_limit"] ?? body["context_limit"] ?? body["limit"]);
    const found = await vault(withSession(scope, body)).prepare(messages, {
      budgetTokens: Math.min(readCount(body["max_tokens"]) ?? DEFAULT_TOKENS, 100_000),
      ...(limit === undefined ? {} : { limit: Math.min(limit, 10_000) }),
      ...(signal ? { signal } : {}),
    });
    return {
      status: 200,
      body: {
        context: found.text,
        memories: found.memories.map(({ id, text, createdAt, score }) => ({
          id,
          content: text,
          timestamp: createdAt,
          score,
        })),
        tokens: found.tokens,
        tokens_retrieved: found.tokens,
        memories_retrieved: found.memories.length,
        session_id: withSession(scope, body).thread ?? null,
      },
    };
  };
}

function ingest(
  messages: readonly ChatMessage[],
  body: Readonly<Record<string, unknown>>,
  scope: Scope,
): LocalWork {
  return async ({ vault, signal }) => {
    const here = withSession(scope, body);
    const report = await vault(here).ingest(messages, signal ? { signal } : {});
    return {
      status: 200,
      body: {
        status: "stored",
        stored: report.stored.length,
        skipped: report.skipped.length,
        session_id: here.thread ?? null,
      },
    };
  };
}

function withSession(scope: Scope, body: Readonly<Record<string, unknown>>): Scope {
  const session = readId(body["session_id"]);
  return session === undefined ? scope : { ...scope, thread: session };
}

/** The lines are checked before any is stored: the gateway takes all or nothing. */
function upload(
  { body }: GatewayRequest,
  scope: Scope,
  session: string | undefined,
): GatewayReading {
  const lines = (body.text ?? "").split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0)
    return bad(
      400,
      "Empty request body",
      'Send JSONL: {"content": "memory text", "role": "user|assistant", "timestamp": 1234567890}',
    );
  if (lines.length > MAX_LINES)
    return bad(
      413,
      "Batch too large",
      `Maximum ${MAX_LINES} memories per upload. You provided ${lines.length}.`,
    );
  for (const [at, line] of lines.entries()) {
    const problem = problemOf(line);
    if (problem !== null) return bad(400, "Invalid JSONL", `Line ${at + 1} ${problem}`);
  }
  return local(async ({ vault, signal }) => {
    const report = await vault(scope).import(lines.join("\n"), signal ? { signal } : {});
    return {
      status: 200,
      body: {
        status: report.invalid === 0 ? "complete" : "partial",
        vault: session === undefined ? "core" : "session",
        sessionId: session ?? null,
        stats: {
          total: lines.length,
          processed: report.imported,
          inputItems: lines.length,
          chunks: report.imported,
          stored: report.imported,
          failed: report.invalid,
        },
        message: `Successfully stored ${report.imported} memories`,
        ...(report.problems.length === 0
          ? {}
          : {
              errors: report.problems
                .slice(0, 10)
                .map(({ line, problem }) => `Line ${line}: ${problem}`),
            }),
      },
    };
  });
}

function problemOf(line: string): string | null {
  try {
    const item: unknown = JSON.parse(line);
    return isRecord(item) && typeof item["content"] === "string" && item["content"].trim() !== ""
      ? null
      : "has no content";
  } catch {
    return "is not valid JSON";
  }
}

async function stats({ vault, threads }: LocalTools, scope: Scope): Promise<LocalAnswer> {
  const all = await allRecords(vault(scope));
  const sessions = (await threads()).filter((thread) => thread.scope.user === scope.user);
  const timeOf = (record: MemoryRecord | undefined): string | null =>
    record === undefined ? null : new Date(record.createdAt).toISOString();
  return {
    status: 200,
    body: {
      storage: "device",
      vectorCount: all.length,
      totalTokens: all.reduce((sum, { text }) => sum + estimateTokens(text), 0),
      oldestMemory: timeOf(all.at(-1)),
      newestMemory: timeOf(all[0]),
      memories: all.length,
      sessions: sessions.length,
    },
  };
}

/** Newest first. */
async function allRecords(vault: GatewayVault): Promise<readonly MemoryRecord[]> {
  const all: MemoryRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<GatewayVault["list"]>> = await vault.list(
      {},
      { limit: 1_000, ...(cursor === null ? {} : { cursor }) },
    );
    all.push(...page.records);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

async function warmUp(tools: LocalTools, scope: Scope): Promise<LocalAnswer> {
  const started = performance.now();
  const { records } = await tools.vault(scope).stats();
  const timeMs = Math.round(performance.now() - started);
  return {
    status: 200,
    body: {
      status: "warm",
      vaults: [{ vault: "core", vectors: records, timeMs }],
      totalVectors: records,
      warmupTimeMs: timeMs,
    },
  };
}

/** With a session only its memories go; without one, all of the key's, whatever their session. */
async function clear(
  { vault }: LocalTools,
  scope: Scope,
  session: string | undefined,
  reset: boolean,
): Promise<LocalAnswer> {
  const filter = session === undefined ? {} : { scope: { thread: session } };
  const { forgotten } = await vault(scope).forget({ filter });
  return {
    status: 200,
    body: {
      sessionCleared: session ?? null,
      deleted: forgotten.length,
      reset,
      message: reset ? "Memory reset" : "Memory cleared successfully",
    },
  };
}

/** Any key of this shape selects memories of its own, so that a new one needs nobody's leave. */
function newKey({ body }: GatewayRequest): LocalAnswer {
  const given = isRecord(body.json) ? body.json["name"] : undefined;
  const name = typeof given === "string" && given !== "" ? given : "New Key";
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const key = `mk_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return { status: 201, body: { key, name } };
}
