import { MemoryError } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { MemoryKind, MemoryOrigin } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import { slotTag } from "../domain/slots.ts";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { TurnAnalysis } from "./turn-analysis.ts";

export interface DraftParts {
  readonly id: string;
  readonly kind: MemoryKind;
  readonly analysis: TurnAnalysis;
  readonly scope: Scope;
  readonly origin: MemoryOrigin;
  readonly createdAt: number;
  readonly now: number;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly role?: "user" | "assistant";
  readonly name?: string;
  readonly callerId?: string;
  readonly threadId?: string;
  readonly position?: number;
  readonly state?: NonNullable<StoredRecord["state"]>;
  readonly tags?: readonly string[];
  readonly pinned?: boolean;
  readonly expiresAt?: number;
  readonly sources?: readonly string[];
}

/** A new record, with what capture found in its text. */
export function draftOf(parts: DraftParts): RecordDraft {
  const { analysis, now, tags, pinned, sources, ...given } = parts;
  return {
    ...given,
    text: analysis.text,
    tags: withSlotTags(tags ?? [], analysis),
    pinned: pinned ?? false,
    updatedAt: now,
    sources: sources ?? (parts.callerId === undefined ? [] : [parts.callerId]),
    live: true,
    textHash: analysis.textHash,
    nearHash: analysis.nearHash,
    slots: analysis.slots,
    factKeys: analysis.factKeys,
    dates: analysis.dates,
    entities: analysis.entities,
  };
}

/** The app's tags and the rules' tags; a slot tag that the app gives itself counts as the app's only where the rules agree. */
export function withSlotTags(
  tags: readonly string[],
  analysis: Pick<TurnAnalysis, "slots">,
): readonly string[] {
  return [
    ...new Set([...tags.filter((tag) => !tag.startsWith("slot:")), ...analysis.slots.map(slotTag)]),
  ];
}

/** A time as the public interface takes it, as epoch milliseconds. The door has checked that it is one. */
export function epochMs(time: number | string | null | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  return typeof time === "number" ? time : Date.parse(time);
}

/** For a text of which nothing is left to store. */
export function emptyError(field: string): MemoryError {
  return new MemoryError(
    "usage/invalid-input",
    `\`${field}\` would be empty after secrets and Alcove's own blocks are taken out. Give another text, or forget the record.`,
    { details: { field } },
  );
}
