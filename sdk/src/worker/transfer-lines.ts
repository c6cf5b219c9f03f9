import type { Json } from "../domain/json.ts";
import type { MemoryKind, MemoryOrigin } from "../domain/memory-record.ts";
import { SCOPE_FIELDS, type Scope } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { publicThread } from "../capture/threads.ts";

/**
 * The lines of an export file (JSONL, UTF-8, one object a line).
 *
 * | line | fields |
 * | --- | --- |
 * | header | `alcove: 1`, `exportedAt` (epoch ms) |
 * | record | `record`: the public record and, for turns, `thread`, `position`, `callerId`, `state`; turns of a branch that was left stay behind |
 * | version | `version`: `recordId`, `until` (epoch ms) and the public fields of that state |
 *
 * A line of MemoryRouter's upload format is `{ content, role = "user", timestamp = now }` (ms, s or ISO).
 */
export interface ImportLine {
  readonly kind: MemoryKind;
  readonly text: string;
  readonly origin: MemoryOrigin;
  readonly createdAt: number | null;
  readonly scope: Scope | null;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, Json>>;
  readonly pinned: boolean;
  readonly sources: readonly string[];
  readonly id?: string;
  readonly role?: "user" | "assistant";
  readonly name?: string;
  readonly thread?: string;
  readonly callerId?: string;
  readonly expiresAt?: number;
}

export type ParsedLine =
  | { readonly type: "header" }
  | { readonly type: "version" }
  | {
      readonly type: "record";
      readonly format: "alcove" | "memoryrouter";
      readonly line: ImportLine;
    }
  | { readonly type: "problem"; readonly problem: string };

/** Only turns of the live branch travel: a branch that was left has no place in a flat file. */
export function recordLine(row: StoredRecord): string {
  const {
    id,
    kind,
    text,
    role,
    name,
    scope,
    tags,
    metadata,
    origin,
    pinned,
    createdAt,
    updatedAt,
    expiresAt,
    supersedes,
    sources,
  } = row;
  const { threadId, position, callerId, state } = row;
  const thread = threadId === undefined ? undefined : publicThread(threadId);
  return JSON.stringify({
    record: {
      id,
      kind,
      text,
      role,
      name,
      scope,
      tags,
      metadata,
      origin,
      pinned,
      createdAt,
      updatedAt,
      expiresAt,
      supersedes,
      sources,
      thread,
      position,
      callerId,
      state,
    },
  });
}

export function versionLine(row: StoredRecord, until: number): string {
  const { id, text, tags, metadata, pinned, updatedAt } = row;
  return JSON.stringify({
    version: { recordId: id, text, tags, metadata, pinned, from: updatedAt, until },
  });
}

/** One line of a file that nobody vouches for. */
export function parseLine(source: string, now: number): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    return { type: "problem", problem: "This is not JSON. Each line must be one JSON object." };
  }
  if (!isObject(value)) return { type: "problem", problem: "Each line must be one JSON object." };
  if (value["alcove"] === 1) return { type: "header" };
  if ("alcove" in value)
    return {
      type: "problem",
      problem: "This file was written by a newer Alcove. Update, then import it again.",
    };
  if (isObject(value["version"])) return { type: "version" };
  if (isObject(value["record"])) return parseRecord(value["record"]);
  if ("content" in value) return parseMemoryRouter(value, now);
  return {
    type: "problem",
    problem: "Neither an Alcove record (`record`) nor a MemoryRouter line (`content`).",
  };
}

function parseRecord(value: Readonly<Record<string, unknown>>): ParsedLine {
  const { text, kind = "note", role, origin, createdAt } = value;
  if (typeof text !== "string" || text === "")
    return { type: "problem", problem: "`record.text` must be a non-empty string." };
  if (kind !== "turn" && kind !== "note" && kind !== "derived")
    return { type: "problem", problem: "`record.kind` must be `turn`, `note` or `derived`." };
  if (role !== undefined && role !== "user" && role !== "assistant")
    return { type: "problem", problem: "`record.role` must be `user` or `assistant`." };
  if (kind === "turn" && role === undefined)
    return { type: "problem", problem: "A record of kind `turn` needs `record.role`." };
  const at = parseTime(createdAt);
  if (createdAt !== undefined && at === null)
    return {
      type: "problem",
      problem: "`record.createdAt` must be epoch milliseconds or an ISO date.",
    };
  const expiresAt = parseTime(value["expiresAt"]);
  return {
    type: "record",
    format: "alcove",
    line: {
      kind,
      text,
      origin: isOrigin(origin) ? origin : "import",
      createdAt: at,
      scope: parseScope(value["scope"]),
      tags: strings(value["tags"]),
      metadata: isObject(value["metadata"]) ? (value["metadata"] as Record<string, Json>) : {},
      pinned: value["pinned"] === true,
      sources: strings(value["sources"]),
      ...(typeof value["id"] === "string" ? { id: value["id"] } : {}),
      ...(role === undefined ? {} : { role }),
      ...(typeof value["name"] === "string" ? { name: value["name"] } : {}),
      ...(typeof value["thread"] === "string" ? { thread: value["thread"] } : {}),
      ...(typeof value["callerId"] === "string" ? { callerId: value["callerId"] } : {}),
      ...(expiresAt === null ? {} : { expiresAt }),
    },
  };
}

function parseMemoryRouter(value: Readonly<Record<string, unknown>>, now: number): ParsedLine {
  const { content, role = "user", timestamp } = value;
  if (typeof content !== "string" || content === "")
    return { type: "problem", problem: "`content` must be a non-empty string." };
  if (role !== "user" && role !== "assistant")
    return { type: "problem", problem: "`role` must be `user` or `assistant`." };
  const at = timestamp === undefined ? now : parseTime(timestamp);
  if (at === null)
    return { type: "problem", problem: "`timestamp` must be epoch milliseconds or an ISO date." };
  return {
    type: "record",
    format: "memoryrouter",
    line: {
      kind: "turn",
      text: content,
      origin: role,
      role,
      createdAt: at,
      scope: null,
      tags: [],
      metadata: {},
      pinned: false,
      sources: [],
    },
  };
}

/** Epoch seconds are told from milliseconds by size: 1e11 ms is March 1973, 1e11 s is the year 5138. */
function parseTime(value: unknown): number | null {
  if (typeof value === "string") {
    const at = Date.parse(value);
    return Number.isNaN(at) ? null : at;
  }
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return null;
  return value < 1e11 ? Math.round(value * 1000) : Math.round(value);
}

function parseScope(value: unknown): Scope | null {
  if (!isObject(value)) return null;
  return Object.fromEntries(
    SCOPE_FIELDS.flatMap((field) =>
      typeof value[field] === "string" ? [[field, value[field]]] : [],
    ),
  );
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function isOrigin(value: unknown): value is MemoryOrigin {
  return (
    value === "user" ||
    value === "assistant" ||
    value === "app" ||
    value === "import" ||
    value === "tool"
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
