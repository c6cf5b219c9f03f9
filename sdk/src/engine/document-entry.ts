import { isolationFields, type IsolationFields } from "./scope-fields.ts";
import { FLAG, STATE } from "../domain/document-flags.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import { slotBits } from "../domain/slots.ts";
import { ANALYZER, indexTerms, UNSTEMMED_ANALYZER } from "../text/index-terms.ts";
import { tellsSomething } from "../text/own-statement.ts";
import type { Stems } from "../text/stems.ts";
import { textKey } from "../text/text-key.ts";
import { hasTimeWord } from "../text/time-words.ts";
import { measureTokens } from "../text/tokens.ts";
import { words } from "../text/words.ts";
import { createByteReader, createByteWriter } from "./bytes.ts";

/** What the index knows of one record: its columns and the stems of its text with their counts. */
export interface DocumentEntry {
  readonly createdAt: number;
  /** `textKey`: equal for texts that read the same. */
  readonly textHash: number;
  readonly flags: number;
  readonly slots: number;
  readonly position: number;
  /** Tokens of `name: text` and its line end by the built-in estimate, in sixteenths. */
  readonly tokens: number;
  readonly thread: string;
  readonly speaker: string;
  readonly scope: IsolationFields;
  /** Days the text speaks of, as days since 1970-01-01. */
  readonly days: readonly number[];
  readonly state: number;
  /** Epoch milliseconds, 0 for never. */
  readonly expiresAt: number;
  /** Number of plain terms, repeats counted; what a stemmer adds to them says the same again. */
  readonly length: number;
  readonly terms: ReadonlyMap<string, number>;
  /** The `ANALYZER` that cut them. */
  readonly analyzer: number;
}

/** The first one did not say by which analyzer it was made. */
const FIRST_VERSION = 1;
const FIRST_ANALYZER = 1;
const VERSION = 2;
const MOST_DAYS = 8;

/**
 * `stems` is `null` where they could not be had: the entry says that it lacks them. `cut`: as in `indexTerms`. `spoken`: the words of its
 * text.
 */
export function entryFrom(
  draft: RecordDraft,
  stems: Stems | null,
  cut?: (word: string) => readonly string[],
  spoken: readonly string[] = words(draft.text),
): DocumentEntry {
  const counts = new Map<string, number>();
  const count = (term: string): void => {
    counts.set(term, (counts.get(term) ?? 0) + 1);
  };
  const plain = indexTerms(draft.text, spoken, cut);
  plain.forEach(count);
  const stemmed = stems?.termsOf(spoken);
  stemmed?.terms.forEach(count);
  const speaker = draft.name ?? "";
  return {
    createdAt: draft.createdAt,
    textHash: textKey(draft.text),
    flags: flagsOf(draft),
    slots: slotBits(draft.slots),
    position: draft.position ?? 0,
    tokens: Math.ceil(
      16 * measureTokens(`${speaker === "" ? (draft.role ?? "note") : speaker}: ${draft.text}\n`),
    ),
    thread: draft.threadId ?? "",
    speaker: speaker.toLowerCase(),
    scope: isolationFields(draft.scope),
    days: draft.dates
      .slice(0, MOST_DAYS)
      .map((day) => Math.floor(Date.parse(`${day}T00:00:00Z`) / 86_400_000))
      .filter(Number.isFinite),
    state: stateOf(draft),
    expiresAt: draft.expiresAt ?? 0,
    length: plain.length,
    terms: counts,
    analyzer: stemmed?.whole === true ? ANALYZER : UNSTEMMED_ANALYZER,
  };
}

export function stateOf(row: Pick<RecordDraft, "live" | "pinned" | "supersededBy">): number {
  return (
    (row.live ? STATE.live : 0) |
    (row.pinned ? STATE.pinned : 0) |
    (row.supersededBy === undefined ? 0 : STATE.superseded)
  );
}

function flagsOf(draft: RecordDraft): number {
  return (
    (draft.role === "user" ? FLAG.user : draft.role === "assistant" ? FLAG.assistant : 0) |
    FLAG[draft.kind] |
    (draft.origin === "user" ? FLAG.ownWords : 0) |
    (/[?？؟]/u.test(draft.text) ? FLAG.question : 0) |
    (hasTimeWord(draft.text) ? FLAG.timeWord : 0) |
    (draft.origin === "user" && tellsSomething(draft.text) ? FLAG.tells : 0) |
    (draft.duplicateOf === undefined ? 0 : FLAG.repeats)
  );
}

/** The tail entry: all columns and terms of one document. */
export function encodeEntry(entry: DocumentEntry): Uint8Array<ArrayBuffer> {
  const out = createByteWriter(160 + entry.terms.size * 12);
  out.varint(VERSION);
  out.varint(entry.analyzer);
  out.float(entry.createdAt);
  out.float(entry.expiresAt);
  for (const value of [
    entry.textHash,
    entry.flags,
    entry.slots,
    entry.position,
    entry.tokens,
    entry.state,
    entry.length,
  ])
    out.varint(value);
  out.string(entry.thread);
  out.string(entry.speaker);
  out.string(JSON.stringify(entry.scope));
  out.varint(entry.days.length);
  for (const day of entry.days) out.float(day);
  out.varint(entry.terms.size);
  for (const [term, count] of entry.terms) {
    out.string(term);
    out.varint(count);
  }
  return out.take();
}

/** Throws a `RangeError` on bytes that are no entry. */
export function decodeEntry(bytes: Uint8Array): DocumentEntry {
  const input = createByteReader(bytes);
  const version = input.varint();
  if (version !== VERSION && version !== FIRST_VERSION)
    throw new RangeError("An index entry of an unknown version.");
  const analyzer = version === FIRST_VERSION ? FIRST_ANALYZER : input.varint();
  const createdAt = input.float();
  const expiresAt = input.float();
  const [textHash, flags, slots, position, tokens, state, length] = [
    input.varint(),
    input.varint(),
    input.varint(),
    input.varint(),
    input.varint(),
    input.varint(),
    input.varint(),
  ];
  const thread = input.string();
  const speaker = input.string();
  const scope = JSON.parse(input.string()) as IsolationFields;
  const days = Array.from({ length: input.varint() }, () => input.float());
  const counts = new Map<string, number>();
  for (let rest = input.varint(); rest > 0; rest -= 1) counts.set(input.string(), input.varint());
  return {
    createdAt,
    expiresAt,
    textHash,
    flags,
    slots,
    position,
    tokens,
    state,
    length,
    thread,
    speaker,
    scope,
    days,
    terms: counts,
    analyzer,
  };
}
