import { isRecord } from "../providers/openai-chat-content.ts";
import type { Json } from "../domain/json.ts";
import { RECORD_RELATIONS, type RecordRelation, type RecordTest } from "../domain/record-test.ts";

const MOST_CONDITIONS = 100;
const DEEPEST = 8;

/**
 * Mem0's `filters` as a condition on records: fields with a value or with operators, joined by `AND`, `OR` and `NOT`. A string says what
 * cannot be read.
 */
export function readFilters(filters: unknown): RecordTest | string {
  let conditions = 0;
  try {
    return group(filters, "filters", 0);
  } catch (problem) {
    if (problem instanceof Problem) return problem.message;
    throw problem;
  }

  function group(value: unknown, at: string, depth: number): RecordTest {
    if (depth > DEEPEST) throw new Problem(`${at} is nested too deeply`);
    if (!isRecord(value)) throw new Problem(`${at} must be an object`);
    return {
      all: Object.entries(value).map(([name, given]) => {
        const here = `${at}.${name}`;
        switch (name.toUpperCase()) {
          case "AND":
            return { all: several(given, here, depth) };
          case "OR":
            return { any: several(given, here, depth) };
          // Each of several is excluded.
          case "NOT":
            return { not: { any: several(given, here, depth) } };
          default:
            return field(name, given, here);
        }
      }),
    };
  }

  function several(value: unknown, at: string, depth: number): readonly RecordTest[] {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((part, place) => group(part, `${at}[${place}]`, depth + 1));
  }

  function field(name: string, given: unknown, at: string): RecordTest {
    if (!isRecord(given)) return condition(name, given === "*" ? "present" : "eq", given, at);
    return {
      all: Object.entries(given).map(([operator, value]) => {
        const is = RECORD_RELATIONS.find((known) => known === operator && known !== "present");
        if (is === undefined)
          throw new Problem(
            `${at}.${operator} is no operator; known are ${RECORD_RELATIONS.filter((known) => known !== "present").join(", ")}`,
          );
        if ((is === "in" || is === "nin") && !Array.isArray(value))
          throw new Problem(`${at}.${operator} must be a list`);
        return condition(name, is, value, at);
      }),
    };
  }

  function condition(name: string, is: RecordRelation, value: unknown, at: string): RecordTest {
    conditions += 1;
    if (conditions > MOST_CONDITIONS) throw new Problem(`${at} is one condition too many`);
    // It came as JSON.
    const plain = value as Json;
    return { field: name, is, value: isTime(name) ? epochOf(plain, at) : plain };
  }
}

class Problem extends Error {}

function isTime(field: string): boolean {
  return field === "created_at" || field === "updated_at";
}

function epochOf(value: Json, at: string): Json {
  const time = typeof value === "string" ? Date.parse(value) : value;
  if (typeof time !== "number" || Number.isNaN(time)) throw new Problem(`${at} must be a date`);
  return time;
}
