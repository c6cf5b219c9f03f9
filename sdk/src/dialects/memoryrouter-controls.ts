import type { Notice } from "./dialect.ts";
import { MODES, type Mode } from "../domain/mode.ts";
import { type Fields, readBoolean, readCount, readId } from "./request-fields.ts";

/** What a request says to MemoryRouter about memory, whichever of its channels says it. */
export interface MemoryRouterControls {
  readonly mode: Mode;
  readonly keepInput: boolean;
  readonly keepAnswer: boolean;
  /** A number of memories, not of tokens. */
  readonly limit?: number;
  readonly session?: string;
  readonly debug: boolean;
  readonly notices: readonly Notice[];
}

/** Both of the gateway's parsers are honoured: the one of the OpenAI route, and the one of the native routes (`x-context-limit`, ...). */
export const CONTROL_HEADERS = [
  "x-memory-mode",
  "x-memory-store",
  "x-memory-store-response",
  "x-memory-context-limit",
  "x-context-limit",
  "x-store-input",
  "x-store-response",
  "x-session-id",
  "x-debug",
] as const;

export const CONTROL_QUERY = [
  "memory",
  "mode",
  "store",
  "store_response",
  "limit",
  "debug",
] as const;

export const CONTROL_FIELDS = [
  "memory",
  "memory_mode",
  "memory_store",
  "memory_store_response",
  "memory_limit",
  "context_limit",
  "store_input",
  "store_response",
  "session_id",
] as const;

const OLD_MODES: ReadonlyMap<string, Mode> = new Map([
  ["default", "on"],
  ["auto", "on"],
  ["all", "on"],
  ["none", "off"],
  ["selective", "read"],
]);

/** The body goes before the query, the query before headers, and those before the key's suffix. */
export function readControls(
  suffix: Mode | undefined,
  headers: Headers,
  query: URLSearchParams,
  body: Fields,
): MemoryRouterControls {
  const notices: Notice[] = [];
  const modeOf = (field: string, value: unknown): Mode | undefined => {
    if (value === null || value === undefined) return undefined;
    const name = typeof value === "string" ? value.trim().toLowerCase() : "";
    const mode = MODES.find((known) => known === name) ?? OLD_MODES.get(name);
    if (mode === undefined) notices.push({ field, fix: `one of ${MODES.join(", ")}` });
    return mode;
  };
  const switchOf = (field: string, value: unknown): Mode | undefined => {
    if (value === null || value === undefined) return undefined;
    const on = readBoolean(value);
    return on === undefined ? modeOf(field, value) : on ? "on" : "off";
  };
  const flagOf = (field: string, ...values: readonly unknown[]): boolean | undefined => {
    const value = values.find((one) => one !== null && one !== undefined);
    const flag = readBoolean(value);
    if (value !== undefined && flag === undefined) notices.push({ field, fix: "true or false" });
    return flag;
  };
  const header = (name: (typeof CONTROL_HEADERS)[number]): string | null => headers.get(name);

  const memory = body["memory"];
  if (typeof memory === "object" && memory !== null)
    for (const name of Object.keys(memory))
      notices.push({ field: `memory.${name}`, fix: "`memory` is true, false or a mode" });
  const mode =
    modeOf("memory_mode", body["memory_mode"]) ??
    (typeof memory === "object" ? undefined : switchOf("memory", memory)) ??
    modeOf("?mode", query.get("mode")) ??
    switchOf("?memory", query.get("memory")) ??
    modeOf("x-memory-mode", header("x-memory-mode")) ??
    suffix ??
    "on";

  // In a body one field stands for both sides; `memory_store_response` then speaks for the answer.
  const both = flagOf("memory_store", body["memory_store"]);
  const keepInput =
    both ??
    flagOf(
      "store_input",
      body["store_input"],
      query.get("store"),
      header("x-memory-store"),
      header("x-store-input"),
    );
  const keepAnswer =
    flagOf("memory_store_response", body["memory_store_response"], body["store_response"]) ??
    both ??
    flagOf(
      "store_response",
      query.get("store_response"),
      header("x-memory-store-response"),
      header("x-store-response"),
    );
  const asked = [
    body["memory_limit"],
    body["context_limit"],
    query.get("limit"),
    header("x-memory-context-limit"),
    header("x-context-limit"),
  ].find((value) => value !== null && value !== undefined);
  const limit = readCount(asked);
  if (asked !== undefined && limit === undefined)
    notices.push({ field: "memory_limit", fix: "a whole number" });
  const session = readId(body["session_id"]) ?? readId(header("x-session-id"));
  return {
    mode,
    keepInput: keepInput ?? true,
    keepAnswer: keepAnswer ?? true,
    // The gateway's own bound; more than that it takes for a mistake.
    ...(limit === undefined ? {} : { limit: Math.min(limit, 10_000) }),
    ...(session === undefined ? {} : { session }),
    debug: readBoolean(header("x-debug") ?? query.get("debug")) ?? false,
    notices,
  };
}
