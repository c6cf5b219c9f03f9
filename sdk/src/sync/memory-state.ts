import type { Json } from "../domain/json.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import { slotTag, type Slot } from "../domain/slots.ts";
import type { LocalMemory } from "../vault/sync-store.ts";
import type { TurnNode } from "../vault/vault.ts";
import { compareBytes } from "../wire/bytes.ts";
import { WireError } from "../wire/wire-error.ts";
import { encodeCbor, type CborValue } from "./cbor.ts";
import {
  addTag,
  EMPTY_RECORD,
  raise,
  removeTag,
  tagsOf,
  writeField,
  writeText,
  type LiveRecord,
} from "./merge.ts";
import type { Stamp } from "./hlc.ts";

/**
 * A memory as fields of a shared record, and back. What is as it mostly is (no metadata, not pinned, live) is left out.
 *
 * `found` is what the rules found in the text: it is written with every text, so that it is always that of the text that is shown.
 */
const PLAIN = [
  "kind",
  "role",
  "name",
  "origin",
  "createdAt",
  "expiresAt",
  "supersedes",
  "supersededBy",
  "threadId",
  "position",
  "state",
  "callerId",
  "duplicateOf",
  "duplicate",
] as const;
const TEXTS = [
  "role",
  "name",
  "supersedes",
  "supersededBy",
  "threadId",
  "state",
  "callerId",
  "duplicateOf",
  "duplicate",
] as const;
const FLAGS = { pinned: false, live: true } as const;
const SCOPE = ["user", "agent", "thread", "run", "container"] as const;
const FOUND = ["textHash", "nearHash", "slots", "factKeys", "dates", "entities"] as const;

/** A state that holds what the vault holds now: what differs is written with `stamp`. `shown`: whether its newest text is the one there. */
export function withLocal(
  base: LiveRecord | null,
  { record, nodes }: LocalMemory,
  keepsText: boolean,
  stamp: () => Stamp,
): LiveRecord {
  let state = base ?? EMPTY_RECORD;
  const textChanged = base === null || !keepsText;
  if (textChanged) state = writeText(state, stamp(), record.text);
  for (const [name, value] of Object.entries(fieldsOf(record, nodes))) {
    const known = state.fields[name]?.value ?? null;
    if (same(known, value) && !(name === "found" && textChanged)) continue;
    if (value === null && known === null) continue;
    state = writeField(state, stamp(), name, value);
  }
  const before = new Set(tagsOf(state));
  const now = new Set(record.tags);
  for (const tag of now) if (!before.has(tag)) state = addTag(state, stamp(), tag);
  for (const tag of before) if (!now.has(tag)) state = removeTag(state, tag);
  return raise(state, "updatedAt", record.updatedAt);
}

/** Whether a user's own words or marks differ, which are as old as the record says; all other changes are the vault's own. */
export function isEdited(base: LiveRecord | null, { record }: LocalMemory): boolean {
  return base === null || (base.maxima["updatedAt"] ?? 0) < record.updatedAt;
}

/** @throws {WireError} for a state that is no memory */
export function toMemory(
  id: string,
  state: LiveRecord,
): { readonly draft: RecordDraft; readonly nodes: readonly TurnNode[] } {
  const [version] = state.text.versions;
  if (version === undefined) throw notOne();
  const field = (name: string): CborValue => state.fields[name]?.value ?? null;
  const all: Record<string, unknown> = {};
  for (const name of PLAIN) {
    const value = field(name);
    if (value !== null) all[name] = value;
  }
  all["pinned"] = field("pinned") ?? FLAGS.pinned;
  all["live"] = field("live") ?? FLAGS.live;
  all["id"] = id;
  all["text"] = version.text;
  const scope: Record<string, unknown> = {};
  for (const [i, value] of list(field("scope"), SCOPE.length).entries())
    if (value !== null) scope[SCOPE[i] ?? ""] = value;
  all["scope"] = scope;
  const found = list(field("found"), FOUND.length);
  all["tags"] = [
    ...tagsOf(state).filter((tag) => !tag.startsWith("slot:")),
    ...list(found[2], Infinity).map((slot) => slotTag(slot as Slot)),
  ];
  all["metadata"] = JSON.parse(text(field("metadata") ?? "{}")) as Json;
  all["sources"] = list(field("sources"), Infinity);
  all["updatedAt"] = state.maxima["updatedAt"] ?? 0;
  for (const [i, name] of FOUND.entries())
    all[name] = found[i] ?? (name === "textHash" || name === "nearHash" ? "" : []);
  const draft = all as unknown as RecordDraft;
  if (!isMemory(draft)) throw notOne();
  return { draft, nodes: toNodes(draft, field("turn")) };
}

function fieldsOf(
  record: LocalMemory["record"],
  nodes: readonly TurnNode[],
): Readonly<Record<string, CborValue>> {
  const metadata = JSON.stringify(record.metadata);
  const scope = SCOPE.map((name) => record.scope[name] ?? null);
  return {
    ...Object.fromEntries(PLAIN.map((name) => [name, record[name] ?? null])),
    ...Object.fromEntries(
      Object.entries(FLAGS).map(([name, usual]) => {
        const value = record[name as keyof typeof FLAGS];
        return [name, value === usual ? null : value];
      }),
    ),
    scope: scope.every((name) => name === null) ? null : scope,
    metadata: metadata === "{}" ? null : metadata,
    sources: record.sources.length === 0 ? null : record.sources,
    found: FOUND.map((name) => record[name] as CborValue),
    turn: nodes.length === 0 ? null : nodes.map(fromNode),
  };
}

/** Role and record are told by where it stands: only the first has a record, and roles of the others are their own. */
function fromNode({ chain, parent, turn, depth, role, answer, writtenAt }: TurnNode): CborValue {
  return [chain, parent, turn, depth, role, answer ?? null, writtenAt];
}

function toNodes(draft: RecordDraft, value: CborValue): readonly TurnNode[] {
  const { threadId } = draft;
  if (value === null || threadId === undefined) return [];
  return list(value, Infinity).map((node, i) => {
    const [chain, parent, turn, depth, role, answer, writtenAt] = list(node, 7);
    if (typeof depth !== "number" || typeof writtenAt !== "number") throw notOne();
    if (role !== "user" && role !== "assistant") throw notOne();
    return {
      chain: text(chain),
      threadId,
      parent: parent === null ? null : text(parent),
      depth,
      role,
      turn: text(turn),
      leaf: i === 0,
      recordId: i === 0 ? draft.id : null,
      ...(answer === null ? {} : { answer: text(answer) }),
      writtenAt,
    };
  });
}

/** Whether all of it is of the kind that the vault, its index and its indexes on rows can hold. */
function isMemory(draft: RecordDraft): boolean {
  const { kind, scope, metadata, sources } = draft;
  const all = draft as unknown as Readonly<Record<string, unknown>>;
  const optional = (name: string, type: string): boolean =>
    all[name] === undefined || typeof all[name] === type;
  return (
    ["turn", "note", "derived"].includes(kind) &&
    ["origin", "textHash", "nearHash"].every((name) => typeof all[name] === "string") &&
    [draft.createdAt, draft.updatedAt].every((at) => typeof at === "number") &&
    [draft.pinned, draft.live].every((flag) => typeof flag === "boolean") &&
    TEXTS.every((name) => optional(name, "string")) &&
    ["expiresAt", "position"].every((name) => optional(name, "number")) &&
    [Object.values(scope), sources, draft.slots, draft.factKeys, draft.dates, draft.entities].every(
      areTexts,
    ) &&
    typeof metadata === "object" &&
    metadata !== null
  );
}

function areTexts(values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => typeof value === "string");
}

function same(a: CborValue, b: CborValue): boolean {
  return a === b || compareBytes(encodeCbor(a), encodeCbor(b)) === 0;
}

function list(value: CborValue | undefined, most: number): readonly CborValue[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value) || value.length > most) throw notOne();
  return value as readonly CborValue[];
}

function text(value: CborValue | undefined): string {
  if (typeof value !== "string") throw notOne();
  return value;
}

function notOne(): WireError {
  return new WireError("A record is no memory.", "refused");
}
