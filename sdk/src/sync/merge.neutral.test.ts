import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes } from "../wire/bytes.ts";
import { WireError } from "../wire/wire-error.ts";
import type { CborValue } from "./cbor.ts";
import { createClock, type Clock, type Stamp } from "./hlc.ts";
import {
  EMPTY_RECORD,
  addTag,
  isForgotten,
  mergeRecords,
  newestStamp,
  raise,
  removeTag,
  tagsOf,
  writeField,
  writeText,
  type LiveRecord,
  type SyncRecord,
} from "./merge.ts";
import { decodeRecord, encodeRecord } from "./record-content.ts";

const REPLICAS = 4;

type Action =
  | {
      readonly do: "text" | "field" | "add" | "remove" | "raise";
      readonly at: number;
      readonly value: number;
    }
  | { readonly do: "forget" | "merge"; readonly at: number; readonly value: number }
  | { readonly do: "skew"; readonly at: number; readonly value: number };

const action = (forgets: boolean): fc.Arbitrary<Action> =>
  fc.record({
    do: fc.constantFrom(
      "text" as const,
      "text" as const,
      "field" as const,
      "add" as const,
      "remove" as const,
      "raise" as const,
      "merge" as const,
      "merge" as const,
      "skew" as const,
      ...(forgets ? ["forget" as const] : []),
    ),
    at: fc.nat(REPLICAS - 1),
    value: fc.nat(5),
  });

interface Replica {
  readonly clock: Clock;
  record: SyncRecord;
}

/** Devices that edit one record and hear from each other now and then, with clocks that are days apart. */
function play(actions: readonly Action[]): readonly SyncRecord[] {
  const skews = Array.from({ length: REPLICAS }, () => 0);
  let tick = 1_000_000_000;
  const replicas: readonly Replica[] = skews.map((_, i) => ({
    clock: createClock({
      deviceId: String(i).repeat(32),
      now: () => tick + (skews[i] ?? 0) * 3_600_000,
    }),
    record: EMPTY_RECORD,
  }));
  for (const { do: what, at, value } of actions) {
    tick += 1;
    const replica = replicas[at];
    const other = replicas[value % REPLICAS];
    if (!replica || !other) continue;
    if (what === "skew") skews[at] = value * 7 - 20;
    else if (what === "merge") replica.record = mergeRecords(replica.record, other.record);
    else replica.record = edit(replica, what, value);
  }
  return replicas.map(({ record }) => record);
}

function edit({ clock, record }: Replica, what: string, value: number): SyncRecord {
  if (isForgotten(record)) return record;
  const stamp = clock.next(newestStamp(record));
  switch (what) {
    case "text":
      return writeText(
        record,
        stamp,
        `text ${value}`,
        value % 2 ? { space: "s", vector: new Uint8Array([value]) } : null,
      );
    case "field":
      return writeField(
        record,
        stamp,
        ["pinned", "__proto__", "constructor"][value % 3] ?? "",
        value,
      );
    case "add":
      return addTag(record, stamp, ["a", "constructor", "b"][value % 3] ?? "");
    case "remove":
      return removeTag(record, ["a", "constructor", "b"][value % 3] ?? "");
    case "raise":
      return raise(record, "uses", value);
    default:
      return { forgotten: stamp };
  }
}

const same = (a: SyncRecord, b: SyncRecord) => expect(encodeRecord(a)).toEqual(encodeRecord(b));
const history = (forgets = true) => fc.array(action(forgets), { maxLength: 40 });

describe("merging", () => {
  test("does not depend on order or grouping, and adds nothing to what is known", () => {
    fc.assert(
      fc.property(history(), (actions) => {
        const [a, b, c] = play(actions) as [SyncRecord, SyncRecord, SyncRecord];
        same(mergeRecords(a, b), mergeRecords(b, a));
        same(mergeRecords(mergeRecords(a, b), c), mergeRecords(a, mergeRecords(b, c)));
        same(mergeRecords(a, a), a);
        same(mergeRecords(mergeRecords(a, b), b), mergeRecords(a, b));
      }),
      { numRuns: 500 },
    );
  });

  test("brings all devices to one record, whoever hears from whom in which order", () => {
    fc.assert(
      fc.property(
        history(),
        fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
        (actions, order) => {
          const records = [...play(actions)];
          const expected = records.reduce(mergeRecords);
          for (const pick of order) {
            const [to, from] = [pick % REPLICAS, (pick >> 4) % REPLICAS];
            records[to] = mergeRecords(records[to] ?? EMPTY_RECORD, records[from] ?? EMPTY_RECORD);
          }
          for (const record of records) same(records.reduce(mergeRecords, record), expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("never loses the newest text, nor any that nobody has seen and replaced", () => {
    fc.assert(
      fc.property(history(false), (actions) => {
        const records = play(actions) as readonly LiveRecord[];
        const merged = records.reduce<SyncRecord>(mergeRecords, EMPTY_RECORD) as LiveRecord;
        const texts = records.flatMap(({ text }) => text.versions);
        const newest = texts
          .map(({ stamp }) => stamp)
          .toSorted()
          .at(-1);
        expect(merged.text.versions[0]?.stamp).toBe(newest);
        expect(merged.text.versions.length).toBeLessThanOrEqual(REPLICAS);
        for (const version of texts) {
          const kept = merged.text.versions.some(({ stamp }) => stamp === version.stamp);
          const seen = records.some(
            ({ text }) =>
              (text.covered[version.stamp.slice(16)] ?? "") >= version.stamp.slice(0, 16) &&
              !text.versions.some(({ stamp }) => stamp === version.stamp),
          );
          expect(kept).toBe(!seen);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const clockOf = (digit: string, ms: number) =>
  createClock({ deviceId: digit.repeat(32), now: () => ms });

test("a forgotten record stays forgotten, whatever was written beside it or later", () => {
  const [mine, theirs] = [clockOf("1", 1_000), clockOf("2", 9_000_000)];
  const base = writeText(EMPTY_RECORD, mine.next(), "old");
  const tombstone = { forgotten: mine.next(newestStamp(base)) };
  const edited = writeText(base, theirs.next(newestStamp(base)), "new");
  expect(mergeRecords(edited, tombstone)).toEqual(tombstone);
  expect(mergeRecords(tombstone, edited)).toEqual(tombstone);
  const again = { forgotten: theirs.next() };
  expect(mergeRecords(tombstone, again)).toEqual(again);
  same(decodeRecord(encodeRecord(tombstone)), tombstone);
});

test("texts written beside each other are both kept, until one is written knowing both", () => {
  const [mine, theirs] = [clockOf("1", 5_000), clockOf("2", 1_000)];
  const base = writeText(EMPTY_RECORD, mine.next(), "base");
  const here = writeText(base, mine.next(newestStamp(base)), "here");
  const there = writeText(base, theirs.next(newestStamp(base)), "there");
  const merged = mergeRecords(here, there) as LiveRecord;
  expect(merged.text.versions.map(({ text }) => text).toSorted()).toEqual(["here", "there"]);
  const settled = writeText(merged, theirs.next(newestStamp(merged)), "settled");
  for (const late of [here, there, base, merged]) {
    expect(
      (mergeRecords(late, settled) as LiveRecord).text.versions.map(({ text }) => text),
    ).toEqual(["settled"]);
  }
});

test("an edit of other fields brings no old text back", () => {
  const [mine, theirs] = [clockOf("1", 1_000), clockOf("2", 1_000)];
  const base = writeText(EMPTY_RECORD, mine.next(), "base");
  const retold = writeText(base, mine.next(newestStamp(base)), "retold");
  const pinned = writeField(base, theirs.next(newestStamp(base)), "pinned", true);
  const merged = mergeRecords(retold, pinned) as LiveRecord;
  expect(merged.text.versions.map(({ text }) => text)).toEqual(["retold"]);
  expect(merged.fields["pinned"]?.value).toBe(true);
});

test("a tag that is added beside its removal is there", () => {
  const [mine, theirs] = [clockOf("1", 9_000), clockOf("2", 1_000)];
  const base = addTag(EMPTY_RECORD, theirs.next(), "home");
  const removed = removeTag(base, "home");
  const added = addTag(base, mine.next(newestStamp(base)), "home");
  expect(tagsOf(removed)).toEqual([]);
  expect(tagsOf(mergeRecords(removed, added) as LiveRecord)).toEqual(["home"]);
  expect(tagsOf(mergeRecords(removed, base) as LiveRecord)).toEqual([]);
});

describe("content", () => {
  test("a record comes back from its bytes, and from no others", () => {
    fc.assert(
      fc.property(history(), fc.nat(), fc.integer({ min: 1, max: 255 }), (actions, at, flip) => {
        for (const record of play(actions)) {
          const bytes = encodeRecord(record);
          expect(decodeRecord(bytes)).toEqual(record);
          const changed = new Uint8Array(bytes);
          const i = at % bytes.length;
          changed[i] = (changed[i] ?? 0) ^ flip;
          let other: SyncRecord;
          try {
            other = decodeRecord(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
            continue;
          }
          expect(compareBytes(encodeRecord(other), changed)).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a record that was never edited carries one stamp", () => {
    const stamp: Stamp = clockOf("1", 1_000).next();
    const fields: readonly [string, CborValue][] = [
      ["kind", "turn"],
      ["role", "user"],
      ["createdAt", 1_700_000_000_000],
      ["scope", { user: "me" }],
    ];
    let record = addTag(writeText(EMPTY_RECORD, stamp, "x".repeat(100)), stamp, "slot:diet");
    for (const [name, value] of fields) record = writeField(record, stamp, name, value);
    expect(encodeRecord(record).length).toBeLessThan(100 + 24 + 120);
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
  });

  test.each([
    ["no map", [1]],
    ["a later version", { v: 2 }],
    ["an unknown part", { v: 1, z: 1 }],
    ["an empty part", { v: 1, f: {} }],
    ["a stamp too short", { v: 1, x: new Uint8Array(23) }],
    ["a tombstone with a text", { v: 1, x: new Uint8Array(24), t: [["a", null]] }],
    ["a text without a stamp", { v: 1, t: [["a", null]] }],
    ["a maximum that is none", { v: 1, m: { uses: "1" } }],
    ["a field of no form", { v: 1, g: { pinned: true } }],
    [
      "a vector without a space",
      { v: 1, b: new Uint8Array(24), t: [["a", null, new Uint8Array(1)]] },
    ],
    ["a cover of nobody", { v: 1, c: { me: new Uint8Array(8) } }],
  ] as const)("%s is refused", async (_, content) => {
    const { encodeCbor } = await import("./cbor.ts");
    expect(() => decodeRecord(encodeCbor(content))).toThrow(WireError);
  });
});
