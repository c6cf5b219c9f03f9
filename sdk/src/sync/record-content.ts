import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { WireError } from "../wire/wire-error.ts";
import {
  decodeCbor,
  inOrder,
  own,
  writes,
  written,
  type CborValue,
  type CborWriter,
} from "./cbor.ts";
import { stampDevice, stampTime, type Stamp } from "./hlc.ts";
import { fromKey } from "./ledger.ts";
import {
  isForgotten,
  type LiveRecord,
  type Register,
  type SyncRecord,
  type TagState,
  type TextState,
  type TextVersion,
} from "./merge.ts";

const VERSION = 1;
const STAMP_BYTES = 24;
const TIME_BYTES = 8;

type CborMap = Readonly<Record<string, CborValue>>;

/**
 * A record as the content of an entry. A record that was never edited has one stamp; it stands once, as `b`, and fields that carry it
 * leave it out:
 *
 * - `v`: version, 1. Forgotten: `x`, the stamp, and nothing else.
 * - `b`: the smallest stamp in the record. `f`: fields of that stamp, by name. `g`: other fields, [stamp, value].
 * - `t`: versions of the text, newest first: [text, stamp or null for `b`, then space and vector where there is one].
 * - `c`: by device in hex, the time that is covered; left out where it is just that of the versions.
 * - `l`: tags of that stamp that were never removed, in order. `a`: other tags, [added, removed or null].
 * - `m`: maxima.
 *
 * Empty parts are left out.
 */
export function encodeRecord(record: SyncRecord): Bytes {
  return written((to) => writeRecord(to, record));
}

/**
 * Reads what `encodeRecord` writes.
 *
 * @throws {WireError} for anything that it would not write
 */
export function decodeRecord(bytes: Uint8Array): SyncRecord {
  const content = asMap(decodeCbor(bytes));
  if (content["v"] !== VERSION)
    throw new WireError("A record has an unknown version.", "unsupported");
  const record = "x" in content ? { forgotten: readStamp(content["x"]) } : readLive(content);
  // One record, one run of bytes: whatever is superfluous, unsorted or unknown shows here.
  if (!writes((to) => writeRecord(to, record), bytes)) throw malformed();
  return record;
}

/**
 * What `encodeRecord` makes of the record when `versions` stand in the place of its own, each with the stamp of the one before. Only the
 * part that holds them is written: the others hang on the stamps alone. `content`: what it makes of the record as it is.
 */
export function withVersions(
  content: Uint8Array,
  record: LiveRecord,
  versions: readonly TextVersion[],
): Bytes {
  const base = smallestStamp(record);
  const end = (to: CborWriter, of: readonly TextVersion[]): void => {
    writeTexts(to, of, base);
    writeFormat(to);
  };
  const kept = content.length - written((to) => end(to, record.text.versions)).length;
  return written((to) => {
    to.raw(content.subarray(0, kept));
    end(to, versions);
  });
}

/** Parts stand in the order of their names, as in any map. */
function writeRecord(to: CborWriter, record: SyncRecord): void {
  if (isForgotten(record)) {
    to.map(2);
    writeFormat(to);
    to.text("x");
    return writeStamp(to, record.forgotten);
  }
  const base = smallestStamp(record);
  const { text, tags, fields, maxima } = record;
  const [same, other] = parted(fields, ({ stamp }) => stamp === base);
  const [plain, odd] = parted(tags, ({ added, removed }) => added === base && removed === null);
  const covered = impliesCover(text) ? [] : Object.keys(text.covered);
  const raised = Object.keys(maxima);
  const parts = [odd, covered, same, other, plain, raised, text.versions];
  const filled = parts.reduce((sum, { length }) => sum + (length > 0 ? 1 : 0), 0);
  to.map(1 + (base === undefined ? 0 : 1) + filled);
  writeMap(to, "a", tags, odd, ({ added, removed }) => {
    to.list(2);
    writeStamp(to, added);
    if (removed === null) to.value(null, 3);
    else writeStamp(to, removed);
  });
  if (base !== undefined) {
    to.text("b");
    writeStamp(to, base);
  }
  writeMap(to, "c", text.covered, covered, (time) => to.bytes(fromKey(time)));
  writeMap(to, "f", fields, same, ({ value }) => to.value(value, 2));
  writeMap(to, "g", fields, other, ({ stamp, value }) => {
    to.list(2);
    writeStamp(to, stamp);
    to.value(value, 3);
  });
  writeList(to, "l", plain.toSorted(), to.text);
  writeMap(to, "m", maxima, raised, (value) => to.value(value, 2));
  writeTexts(to, text.versions, base);
  writeFormat(to);
}

function writeTexts(
  to: CborWriter,
  versions: readonly TextVersion[],
  base: Stamp | undefined,
): void {
  writeList(to, "t", versions, ({ stamp, text, embedding }) => {
    to.list(embedding ? 4 : 2);
    to.text(text);
    if (stamp === base) to.value(null, 3);
    else writeStamp(to, stamp);
    if (!embedding) return;
    to.text(embedding.space);
    to.bytes(embedding.vector);
  });
}

function writeFormat(to: CborWriter): void {
  to.text("v");
  to.value(VERSION, 1);
}

function writeMap<T>(
  to: CborWriter,
  part: string,
  of: Readonly<Record<string, T>>,
  names: readonly string[],
  write: (value: T) => void,
): void {
  if (names.length === 0) return;
  to.text(part);
  to.map(names.length);
  for (const name of inOrder(names)) {
    to.text(name);
    write(of[name] as T);
  }
}

function writeList<T>(
  to: CborWriter,
  part: string,
  items: readonly T[],
  write: (item: T) => void,
): void {
  if (items.length === 0) return;
  to.text(part);
  to.list(items.length);
  for (const item of items) write(item);
}

function writeStamp(to: CborWriter, stamp: Stamp): void {
  const bytes = fromKey(stamp);
  if (bytes.length !== STAMP_BYTES) throw malformed();
  to.bytes(bytes);
}

function readLive(content: CborMap): LiveRecord {
  const base = content["b"] === undefined ? undefined : readStamp(content["b"]);
  const baseStamp = (): Stamp => {
    if (base === undefined) throw malformed();
    return base;
  };
  const versions = asList(content["t"] ?? []).map((version) => readVersion(version, baseStamp));
  const tags: Record<string, TagState> = {};
  for (const tag of asList(content["l"] ?? []))
    own(tags, asText(tag), { added: baseStamp(), removed: null });
  for (const [tag, state] of Object.entries(asMap(content["a"] ?? {}))) {
    const [added, removed] = asList(state);
    const taken = removed === null ? null : readStamp(removed);
    own(tags, tag, { added: readStamp(added), removed: taken });
  }
  const fields: Record<string, Register> = {};
  for (const [name, value] of Object.entries(asMap(content["f"] ?? {})))
    own(fields, name, { stamp: baseStamp(), value });
  for (const [name, register] of Object.entries(asMap(content["g"] ?? {}))) {
    const [stamp, value = null] = asList(register);
    own(fields, name, { stamp: readStamp(stamp), value });
  }
  const covered = content["c"] === undefined ? coverOf(versions) : readCover(asMap(content["c"]));
  return {
    text: { versions, covered },
    tags,
    fields,
    maxima: Object.fromEntries(
      Object.entries(asMap(content["m"] ?? {})).map(([name, value]) => {
        if (typeof value !== "number") throw malformed();
        return [name, value];
      }),
    ),
  };
}

function readVersion(value: CborValue, base: () => Stamp): TextVersion {
  const [text, stamp, space, vector] = asList(value);
  if (space !== undefined && !(vector instanceof Uint8Array)) throw malformed();
  return {
    stamp: stamp === null ? base() : readStamp(stamp),
    text: asText(text),
    embedding: vector instanceof Uint8Array ? { space: asText(space), vector } : null,
  };
}

function readCover(cover: CborMap): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(cover).map(([device, time]) => {
      if (!(time instanceof Uint8Array) || time.length !== TIME_BYTES) throw malformed();
      if (!/^[\da-f]{32}$/.test(device)) throw malformed();
      return [device, bytesKey(time)];
    }),
  );
}

/** What versions cover by being there. */
function coverOf(versions: readonly TextVersion[]): Readonly<Record<string, string>> {
  const cover: Record<string, string> = {};
  for (const { stamp } of versions) {
    const [device, time] = [stampDevice(stamp), stampTime(stamp)];
    if ((cover[device] ?? "") < time) cover[device] = time;
  }
  return cover;
}

function impliesCover({ versions, covered }: TextState): boolean {
  const devices = Object.keys(covered);
  // As it mostly is: one version, by a device that has written no other.
  if (versions.length === 1 && devices.length === 1)
    return versions.every(({ stamp }) =>
      devices.every((device) => stamp === `${covered[device] ?? ""}${device}`),
    );
  const implied = Object.entries(coverOf(versions));
  return (
    implied.length === devices.length && implied.every(([device, time]) => covered[device] === time)
  );
}

function smallestStamp({ text, tags, fields }: LiveRecord): Stamp | undefined {
  let smallest: Stamp | undefined;
  const see = (stamp: Stamp): void => {
    if (smallest === undefined || stamp < smallest) smallest = stamp;
  };
  for (const { stamp } of text.versions) see(stamp);
  for (const { added } of Object.values(tags)) see(added);
  for (const { stamp } of Object.values(fields)) see(stamp);
  return smallest;
}

/** Names of what is as it mostly is, and of the rest. */
function parted<T>(
  of: Readonly<Record<string, T>>,
  isFirst: (value: T) => boolean,
): readonly [first: readonly string[], second: readonly string[]] {
  const [first, second]: [string[], string[]] = [[], []];
  for (const name of Object.keys(of)) (isFirst(of[name] as T) ? first : second).push(name);
  return [first, second];
}

function readStamp(value: CborValue | undefined): Stamp {
  if (!(value instanceof Uint8Array) || value.length !== STAMP_BYTES) throw malformed();
  return bytesKey(value);
}

function asMap(value: CborValue | undefined): CborMap {
  if (
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    value instanceof Uint8Array
  ) {
    throw malformed();
  }
  return value as CborMap;
}

function asList(value: CborValue | undefined): readonly CborValue[] {
  if (!Array.isArray(value)) throw malformed();
  return value as readonly CborValue[];
}

function asText(value: CborValue | undefined): string {
  if (typeof value !== "string") throw malformed();
  return value;
}

function malformed(): WireError {
  return new WireError("A record is malformed.");
}
