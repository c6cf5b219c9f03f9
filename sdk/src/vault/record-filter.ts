import { MemoryError } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { MemoryFilter } from "../domain/memory-record.ts";
import { isReadable, SCOPE_FIELDS, type Scope } from "../domain/scope.ts";
import type { RecordDraft } from "../domain/stored-record.ts";

/** A place in the order of a list (newest first, later `seq` first among equal times). */
export interface ListPlace {
  readonly createdAt: number;
  readonly seq: number;
}

/** Whether a record passes a filter and may be read in a scope (`null`: all of the vault). Times are handled by `timeBounds`. */
export function recordMatcher(
  filter: MemoryFilter,
  scope: Scope | null,
  now: number,
): (row: RecordDraft) => boolean {
  const ids = filter.ids && new Set(filter.ids);
  const kinds = filter.kinds && new Set(filter.kinds);
  const text = filter.text?.toLowerCase();
  const metadata = Object.entries(filter.metadata ?? {});
  const { from, to } = timeBounds(filter);
  return (row) =>
    !(row.expiresAt !== undefined && row.expiresAt <= now) &&
    row.createdAt >= from &&
    row.createdAt < to &&
    (scope === null || isReadable(row.scope, scope)) &&
    (filter.scope === undefined || isWithin(row.scope, filter.scope)) &&
    (!ids || ids.has(row.id)) &&
    (!kinds || kinds.has(row.kind)) &&
    (filter.tags ?? []).every((tag) => row.tags.includes(tag)) &&
    metadata.every(
      ([key, value]) => Object.hasOwn(row.metadata, key) && sameJson(row.metadata[key], value),
    ) &&
    (text === undefined || row.text.toLowerCase().includes(text));
}

/** `from` (at or after) and `to` (before) in epoch milliseconds, open ends as infinities. */
export function timeBounds(filter: MemoryFilter): { readonly from: number; readonly to: number } {
  return {
    from: epochOf(filter.from, "from") ?? -Infinity,
    to: epochOf(filter.to, "to") ?? Infinity,
  };
}

export function writeCursor({ createdAt, seq }: ListPlace): string {
  return `${createdAt}~${seq}`;
}

/** @throws MemoryError `usage/invalid-input` for anything that no list has given. */
export function readCursor(cursor: string): ListPlace {
  const [createdAt, seq, ...rest] = cursor
    .split("~")
    .map((part) => (part === "" ? Number.NaN : Number(part)));
  if (
    createdAt === undefined ||
    seq === undefined ||
    rest.length > 0 ||
    !Number.isFinite(createdAt) ||
    !Number.isSafeInteger(seq)
  ) {
    throw new MemoryError("usage/invalid-input", "`cursor` must be the `next` of an earlier page.");
  }
  return { createdAt, seq };
}

function isWithin(scope: Scope, asked: Scope): boolean {
  return SCOPE_FIELDS.every((field) => asked[field] === undefined || scope[field] === asked[field]);
}

function epochOf(time: number | string | undefined, field: string): number | undefined {
  if (time === undefined) return undefined;
  const epoch = typeof time === "number" ? time : Date.parse(time);
  if (Number.isNaN(epoch))
    throw new MemoryError(
      "usage/invalid-input",
      `\`${field}\` must be epoch milliseconds or an ISO date.`,
      { details: { field } },
    );
  return epoch;
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((value: Json, i) => sameJson(value, b[i] as Json))
    );
  }
  const left = a as { readonly [key: string]: Json };
  const right = b as { readonly [key: string]: Json };
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
}
