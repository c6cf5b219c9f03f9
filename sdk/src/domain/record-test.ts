import type { Json } from "./json.ts";
import type { MemoryRecord } from "./memory-record.ts";

/** A condition on records, as plain data. */
export type RecordTest =
  | { readonly all: readonly RecordTest[] }
  | { readonly any: readonly RecordTest[] }
  | { readonly not: RecordTest }
  | { readonly field: string; readonly is: RecordRelation; readonly value: Json };

/** `present`: the record has the field at all; the value says nothing. Text is compared as it stands but in `icontains`. */
export const RECORD_RELATIONS = [
  "eq",
  "ne",
  "in",
  "nin",
  "gt",
  "gte",
  "lt",
  "lte",
  "contains",
  "icontains",
  "present",
] as const;
export type RecordRelation = (typeof RECORD_RELATIONS)[number];

/**
 * Fields are those of a record's metadata, and `user_id`, `agent_id`, `run_id`, `created_at`, `updated_at`, `categories` (its tags) and
 * `memory` (its text), which metadata of the same name cannot hide.
 */
export function passesTest(record: MemoryRecord, test: RecordTest): boolean {
  if ("all" in test) return test.all.every((part) => passesTest(record, part));
  if ("any" in test) return test.any.some((part) => passesTest(record, part));
  if ("not" in test) return !passesTest(record, test.not);
  return HOLDS[test.is](fieldOf(record, test.field), test.value);
}

function fieldOf(record: MemoryRecord, field: string): Json | undefined {
  switch (field) {
    case "user_id":
      return record.scope.user;
    case "agent_id":
      return record.scope.agent;
    case "run_id":
      return record.scope.run;
    case "created_at":
      return record.createdAt;
    case "updated_at":
      return record.updatedAt;
    case "categories":
      return record.tags;
    case "memory":
      return record.text;
    default:
      return Object.hasOwn(record.metadata, field) ? record.metadata[field] : undefined;
  }
}

const HOLDS: Readonly<Record<RecordRelation, (held: Json | undefined, value: Json) => boolean>> = {
  present: (held) => held !== undefined && held !== null,
  eq: equal,
  ne: (held, value) => !equal(held, value),
  in: isAmong,
  nin: (held, value) => !isAmong(held, value),
  contains: (held, value) => contains(held, value, (text) => text),
  icontains: (held, value) => contains(held, value, (text) => text.toLowerCase()),
  gt: (held, value) => compares(held, value, (order) => order > 0),
  gte: (held, value) => compares(held, value, (order) => order >= 0),
  lt: (held, value) => compares(held, value, (order) => order < 0),
  lte: (held, value) => compares(held, value, (order) => order <= 0),
};

function isAmong(held: Json | undefined, value: Json): boolean {
  return Array.isArray(value) && value.some((one: Json) => equal(held, one));
}

function equal(held: Json | undefined, value: Json): boolean {
  if (Array.isArray(held) && !Array.isArray(value))
    return held.some((one: Json) => equal(one, value));
  return JSON.stringify(held) === JSON.stringify(value);
}

function contains(held: Json | undefined, value: Json, fold: (text: string) => string): boolean {
  if (typeof value !== "string") return Array.isArray(held) && equal(held, value);
  const texts = Array.isArray(held) ? (held as readonly Json[]) : [held];
  return texts.some((text) => typeof text === "string" && fold(text).includes(fold(value)));
}

/** Numbers with numbers, a time (a number) with an ISO date, texts with texts; anything else cannot be compared. */
function compares(held: Json | undefined, value: Json, fits: (order: number) => boolean): boolean {
  if (typeof held === "number") {
    const other = typeof value === "string" ? Date.parse(value) : value;
    return typeof other === "number" && !Number.isNaN(other) && fits(held - other);
  }
  if (typeof held !== "string" || typeof value !== "string") return false;
  return fits(held < value ? -1 : Number(held > value));
}
