import { compareBytes } from "../wire/bytes.ts";
import { encodeCbor, type CborValue } from "./cbor.ts";
import { stampDevice, stampTime, type Stamp } from "./hlc.ts";

/** A field of which the latest writing counts. */
export interface Register {
  readonly stamp: Stamp;
  readonly value: CborValue;
}

export interface TextVersion {
  readonly stamp: Stamp;
  readonly text: string;
  /** The vector of this text, so that a new device searches at once. */
  readonly embedding: { readonly space: string; readonly vector: Uint8Array } | null;
}

/** Every text that nobody has seen and replaced. */
export interface TextState {
  /** Newest first. The first is shown; the others were written beside it, and are offered. */
  readonly versions: readonly TextVersion[];
  /** By device, the time of its newest writing that these versions replace or are. */
  readonly covered: Readonly<Record<string, string>>;
}

export interface TagState {
  readonly added: Stamp;
  /** The newest adding that a removal had seen; `null`: never removed. */
  readonly removed: Stamp | null;
}

/** What devices share of one record. */
export interface LiveRecord {
  readonly text: TextState;
  readonly tags: Readonly<Record<string, TagState>>;
  readonly fields: Readonly<Record<string, Register>>;
  /** Numbers that only grow: counters, the time of the last use. */
  readonly maxima: Readonly<Record<string, number>>;
}

export interface ForgottenRecord {
  readonly forgotten: Stamp;
}

export type SyncRecord = LiveRecord | ForgottenRecord;

/** Of a tombstone that nobody gave one: it absorbs what it meets, whatever its own is. */
export const ANY_STAMP: Stamp = "0".repeat(48);

export const EMPTY_RECORD: LiveRecord = {
  text: { versions: [], covered: {} },
  tags: {},
  fields: {},
  maxima: {},
};

/**
 * What two states of one record come to. The same in whatever order and grouping, and for a state with itself, so that devices that have
 * seen the same writings hold the same record, byte for byte.
 */
export function mergeRecords(a: SyncRecord, b: SyncRecord): SyncRecord {
  if (isForgotten(a) || isForgotten(b)) {
    const stamps = [a, b].flatMap((record) => (isForgotten(record) ? [record.forgotten] : []));
    return { forgotten: stamps.reduce(laterStamp) };
  }
  return {
    text: mergeText(a.text, b.text),
    tags: mergeMaps(a.tags, b.tags, mergeTag),
    fields: mergeMaps(a.fields, b.fields, mergeRegister),
    maxima: mergeMaps(a.maxima, b.maxima, Math.max),
  };
}

export function isForgotten(record: SyncRecord): record is ForgottenRecord {
  return "forgotten" in record;
}

/** The newest stamp in a record: the next edit is given a later one. */
export function newestStamp(record: SyncRecord): Stamp | undefined {
  if (isForgotten(record)) return record.forgotten;
  const { text, tags, fields } = record;
  return [
    ...text.versions.map(({ stamp }) => stamp),
    ...Object.entries(text.covered).map(([device, time]) => time + device),
    ...Object.values(tags).flatMap(({ added, removed }) =>
      removed === null ? [added] : [added, removed],
    ),
    ...Object.values(fields).map(({ stamp }) => stamp),
  ].reduce<Stamp | undefined>(
    (newest, stamp) => (newest === undefined ? stamp : laterStamp(newest, stamp)),
    undefined,
  );
}

/** Replaces every text that this device knows of. */
export function writeText(
  record: LiveRecord,
  stamp: Stamp,
  text: string,
  embedding: TextVersion["embedding"] = null,
): LiveRecord {
  const covered = { ...record.text.covered, [stampDevice(stamp)]: stampTime(stamp) };
  return { ...record, text: { versions: [{ stamp, text, embedding }], covered } };
}

export function writeField(
  record: LiveRecord,
  stamp: Stamp,
  name: string,
  value: CborValue,
): LiveRecord {
  return { ...record, fields: { ...record.fields, [name]: { stamp, value } } };
}

export function addTag(record: LiveRecord, stamp: Stamp, tag: string): LiveRecord {
  const removed = own(record.tags, tag)?.removed ?? null;
  return { ...record, tags: { ...record.tags, [tag]: { added: stamp, removed } } };
}

/** Takes back the addings that this device has seen; one made beside it wins. */
export function removeTag(record: LiveRecord, tag: string): LiveRecord {
  const known = own(record.tags, tag);
  if (!known) return record;
  return { ...record, tags: { ...record.tags, [tag]: { ...known, removed: known.added } } };
}

export function raise(record: LiveRecord, name: string, value: number): LiveRecord {
  const before = own(record.maxima, name);
  return before !== undefined && before >= value
    ? record
    : { ...record, maxima: { ...record.maxima, [name]: value } };
}

/** The tags that are there, in order. */
export function tagsOf({ tags }: LiveRecord): readonly string[] {
  return Object.entries(tags)
    .filter(([, { added, removed }]) => removed === null || added > removed)
    .map(([tag]) => tag)
    .toSorted();
}

function mergeText(a: TextState, b: TextState): TextState {
  const kept = new Map<Stamp, TextVersion>();
  for (const [mine, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const theirs = new Set(other.versions.map(({ stamp }) => stamp));
    for (const version of mine.versions) {
      const { stamp } = version;
      const replaced = (other.covered[stampDevice(stamp)] ?? "") >= stampTime(stamp);
      if (replaced && !theirs.has(stamp)) continue;
      const known = kept.get(stamp);
      kept.set(stamp, known ? greaterVersion(known, version) : version);
    }
  }
  return {
    versions: [...kept.values()].toSorted((x, y) => (x.stamp < y.stamp ? 1 : -1)),
    covered: mergeMaps(a.covered, b.covered, laterStamp),
  };
}

/** Two texts of one stamp are a faulty device's: one of them is taken, the same one everywhere. */
function greaterVersion(a: TextVersion, b: TextVersion): TextVersion {
  return compareBytes(encodeVersion(a), encodeVersion(b)) >= 0 ? a : b;
}

function encodeVersion({ text, embedding }: TextVersion): Uint8Array {
  return encodeCbor([text, embedding && [embedding.space, embedding.vector]]);
}

function mergeTag(a: TagState, b: TagState): TagState {
  return {
    added: laterStamp(a.added, b.added),
    removed:
      a.removed === null
        ? b.removed
        : b.removed === null
          ? a.removed
          : laterStamp(a.removed, b.removed),
  };
}

function mergeRegister(a: Register, b: Register): Register {
  if (a.stamp !== b.stamp) return a.stamp > b.stamp ? a : b;
  return compareBytes(encodeCbor(a.value), encodeCbor(b.value)) >= 0 ? a : b;
}

function mergeMaps<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  merge: (a: T, b: T) => T,
): Readonly<Record<string, T>> {
  const merged = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) {
    const known = merged.get(name);
    merged.set(name, known === undefined ? value : merge(known, value));
  }
  return Object.fromEntries(merged);
}

function laterStamp(a: string, b: string): string {
  return a > b ? a : b;
}

/** Names come from users: `constructor` is one as good as any. */
function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
