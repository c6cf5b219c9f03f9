import { isMemoryError } from "../domain/errors.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import type { ThreadPatch, TurnNode, VaultBatch } from "./vault.ts";

let lastId = 0;

/** A draft with every required field. Ids are unique in a run. */
export function draft(over: Partial<RecordDraft> = {}): RecordDraft {
  lastId += 1;
  const text = over.text ?? `Memory number ${lastId}`;
  return {
    id: `id-${lastId}`,
    kind: "note",
    text,
    scope: {},
    tags: [],
    metadata: {},
    origin: "app",
    pinned: false,
    createdAt: 1_700_000_000_000 + lastId,
    updatedAt: 1_700_000_000_000 + lastId,
    sources: [],
    live: true,
    textHash: `text:${text}`,
    nearHash: `near:${text}`,
    slots: [],
    factKeys: [],
    dates: [],
    entities: [],
    ...over,
  };
}

export function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

export function batchOf(...drafts: RecordDraft[]): VaultBatch {
  return { records: drafts.map((one, i) => ({ draft: one, entry: bytes(1, 2, 3, i & 255) })) };
}

export function nodeOf(over: Partial<TurnNode> = {}): TurnNode {
  return {
    chain: "c1",
    threadId: "t1",
    parent: null,
    depth: 0,
    role: "user",
    turn: "h1",
    leaf: true,
    recordId: null,
    writtenAt: 1,
    ...over,
  };
}

export function threadOf(over: Partial<ThreadPatch> = {}): ThreadPatch {
  return { id: "t1", scopeKey: "[null,null,null]", leaf: "c1", at: 1, ...over };
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return isMemoryError(error) ? error.code : `no MemoryError: ${String(error)}`;
  }
  return "no error";
}
