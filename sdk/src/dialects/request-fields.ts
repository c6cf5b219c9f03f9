import { holdsGatewayKey } from "./gateway-hosts.ts";
import { isRecord } from "../providers/openai-chat-content.ts";
import type { GatewayRequest, Notice } from "./dialect.ts";
import { refusedHeaders } from "../providers/refused-headers.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** The body as an object; `null` where it is none. */
export function fieldsOf({ body }: GatewayRequest): Fields | null {
  return isRecord(body.json) ? body.json : null;
}

/** A copy without these fields; the same object where it has none of them. */
export function without(fields: Fields, names: readonly string[]): Fields {
  if (!names.some((name) => name in fields)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** The wire's list of messages in a body. */
export const MESSAGE_LISTS = ["messages", "input", "contents"] as const;

/**
 * Takes `memory` off every message. The app's own objects stay as they are; `unkept` are the places of messages that said `false`.
 */
export function takeMessageFlags(fields: Fields): {
  readonly fields: Fields;
  readonly unkept: readonly number[];
} {
  const flagged = MESSAGE_LISTS.filter((name) => {
    const list = fields[name];
    return Array.isArray(list) && list.some(isFlagged);
  });
  if (flagged.length === 0) return { fields, unkept: [] };
  const unkept: number[] = [];
  const clean = (message: unknown, at: number): unknown => {
    if (!isFlagged(message)) return message;
    const { memory, ...rest } = message;
    if (readBoolean(memory) === false) unkept.push(at);
    return rest;
  };
  const lists = flagged.map((name) => [name, (fields[name] as readonly unknown[]).map(clean)]);
  return { fields: { ...fields, ...Object.fromEntries(lists) }, unkept };
}

function isFlagged(message: unknown): message is Fields & { readonly memory: unknown } {
  return isRecord(message) && "memory" in message;
}

/** `true`, `"true"`, `"on"`, `"1"` and their opposites; anything else says nothing. */
export function readBoolean(value: unknown): boolean | undefined {
  const text = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (text === true || text === "true" || text === "on" || text === "1") return true;
  if (text === false || text === "false" || text === "off" || text === "0") return false;
  return undefined;
}

/** A whole number from 0 on, also as text. */
export function readCount(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : undefined;
  return typeof value === "string" && /^\s*\d{1,9}\s*$/.test(value) ? Number(value) : undefined;
}

/** A text that can name somebody or something. */
export function readId(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string") return undefined;
  const id = value.trim();
  return id === "" || id.length > 512 ? undefined : id;
}

/** What of a request is the gateway's. */
export interface OwnParts {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
  /** The gateway's key, as far as it tells by itself whose it is: it goes nowhere, under whatever name it stands. */
  readonly key?: string | null;
}

/**
 * The app's headers for the provider: without those named, without all that begin as the gateway's own do, without what the host
 * would refuse from a page. What the dialect does not know among its own is told.
 */
export function providerHeaders(
  request: GatewayRequest,
  to: URL,
  own: OwnParts,
): { readonly headers: Headers; readonly notices: readonly Notice[] } {
  const headers = new Headers(request.headers);
  const notices: Notice[] = [];
  // The list is made first: what is deleted would move what stands behind it.
  const given = Array.from(headers.keys());
  for (const name of given) {
    const value = headers.get(name) ?? "";
    if (own.names.includes(name) || holdsGatewayKey(value) || holdsKey(value, own.key))
      headers.delete(name);
    else if (own.prefixes.some((prefix) => name.startsWith(prefix))) {
      headers.delete(name);
      notices.push({ field: name, fix: `known are ${own.names.join(", ")}` });
    }
  }
  headers.delete("content-length");
  headers.delete("host");
  // The form is made again, with a boundary of its own.
  if (request.body.form !== undefined) headers.delete("content-type");
  if (globalThis.location !== undefined)
    for (const name of refusedHeaders(to, headers)) headers.delete(name);
  return { headers, notices };
}

/** A key of some letters may stand in any text by chance. */
const SHORTEST_KEY = 8;

/** Whether a header's or a parameter's value holds this key. */
export function holdsKey(value: string, key: string | null | undefined): boolean {
  return key != null && key.length >= SHORTEST_KEY && value.includes(key);
}

/** Top-level fields whose value is the gateway's key: some clients put it there. */
export function keyFields(fields: Fields, key: string | null | undefined): readonly string[] {
  return Object.keys(fields).filter((name) => {
    const value = fields[name];
    return typeof value === "string" && value.length < 512 && holdsKey(value, key);
  });
}

/** A JSON body for the provider. */
export function jsonBody(
  json: unknown,
  request: GatewayRequest,
): { readonly json: unknown; readonly text: string } {
  const { text } = request.body;
  return { json, text: json === request.body.json && text !== null ? text : JSON.stringify(json) };
}
