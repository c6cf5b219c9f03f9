import fc from "fast-check";
import { expect, test } from "vitest";
import { WireError } from "../wire/wire-error.ts";
import { encodeCbor, type CborValue } from "./cbor.ts";
import { stampDevice, stampTime, type Stamp } from "./hlc.ts";
import { fromKey } from "./ledger.ts";
import { isForgotten, type LiveRecord, type SyncRecord, type TextVersion } from "./merge.ts";
import { decodeRecord, encodeRecord, withVersions } from "./record-content.ts";

/** What the description of `encodeRecord` says, part by part, as a value: slower, and nothing of it is left to the writer. */
function contentOf(record: SyncRecord): CborValue {
  if (isForgotten(record)) return { v: 1, x: fromKey(record.forgotten) };
  const { text, tags, fields, maxima } = record;
  const base = [
    ...text.versions.map(({ stamp }) => stamp),
    ...Object.values(tags).map(({ added }) => added),
    ...Object.values(fields).map(({ stamp }) => stamp),
  ].toSorted()[0];
  const isPlain = (tag: string): boolean =>
    tags[tag]?.added === base && tags[tag]?.removed === null;
  const implied = new Map<string, string>();
  for (const { stamp } of text.versions.toSorted((a, b) => (a.stamp < b.stamp ? -1 : 1)))
    implied.set(stampDevice(stamp), stampTime(stamp));
  const sorted = (cover: Iterable<readonly [string, string]>): string =>
    JSON.stringify([...cover].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const says = sorted(implied) !== sorted(Object.entries(text.covered));
  const entries = Object.entries(fields);
  const parts: Readonly<Record<string, CborValue>> = {
    f: Object.fromEntries(
      entries.flatMap(([name, { stamp, value }]) => (stamp === base ? [[name, value]] : [])),
    ),
    g: Object.fromEntries(
      entries.flatMap(([name, { stamp, value }]) =>
        stamp === base ? [] : [[name, [fromKey(stamp), value]]],
      ),
    ),
    t: text.versions.map(({ stamp, text: said, embedding }) => [
      said,
      stamp === base ? null : fromKey(stamp),
      ...(embedding ? [embedding.space, embedding.vector] : []),
    ]),
    c: says
      ? Object.fromEntries(
          Object.entries(text.covered).map(([device, time]) => [device, fromKey(time)]),
        )
      : {},
    l: Object.keys(tags).filter(isPlain).toSorted(),
    a: Object.fromEntries(
      Object.entries(tags)
        .filter(([tag]) => !isPlain(tag))
        .map(([tag, { added, removed }]) => [
          tag,
          [fromKey(added), removed === null ? null : fromKey(removed)],
        ]),
    ),
    m: maxima,
  };
  const filled = Object.entries(parts).filter(([, part]) => Object.keys(part as object).length > 0);
  return {
    v: 1,
    ...(base === undefined ? {} : { b: fromKey(base) }),
    ...Object.fromEntries(filled),
  };
}

const stamp: fc.Arbitrary<Stamp> = fc
  .tuple(fc.constantFrom("01", "02", "a9"), fc.constantFrom("1", "9", "c"))
  .map(([ms, device]) => ms.padStart(12, "0") + "0000" + device.repeat(32));
const anyName = fc.oneof(
  fc.constantFrom("kind", "role", "found", "10", "9", "__proto__", "constructor", "\uff5ea"),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);
const value = fc.constantFrom<CborValue>(null, 0, -3, 1.5, "user", [1, ["x"]], { b: 1, aa: [] });
const embedding = fc.constantFrom<TextVersion["embedding"]>(null, {
  space: "s",
  vector: new Uint8Array([1, 2]),
});
const named = <T>(what: fc.Arbitrary<T>) =>
  fc.dictionary(anyName, what, { maxKeys: 4, noNullPrototype: true });
const live: fc.Arbitrary<LiveRecord> = fc
  .record({
    versions: fc.uniqueArray(
      fc.record({ stamp, text: fc.string({ unit: "grapheme", maxLength: 90 }), embedding }),
      { maxLength: 3, selector: (version) => version.stamp },
    ),
    more: fc.array(stamp, { maxLength: 2 }),
    tags: named(fc.record({ added: stamp, removed: fc.option(stamp) })),
    fields: named(fc.record({ stamp, value })),
    maxima: named(fc.nat()),
  })
  .map(({ versions, more, ...rest }) => {
    const covered: Record<string, string> = {};
    for (const one of [...versions.map((version) => version.stamp), ...more].toSorted())
      covered[stampDevice(one)] = stampTime(one);
    return { text: { versions, covered }, ...rest };
  });
const record = fc.oneof({ weight: 9, arbitrary: live }, fc.record({ forgotten: stamp }));

test("every record is written as the value that its description says", () => {
  fc.assert(
    fc.property(record, (one) => {
      const bytes = encodeRecord(one);
      expect(bytes).toEqual(encodeCbor(contentOf(one)));
      expect(decodeRecord(bytes)).toEqual(one);
    }),
    { numRuns: 1_000 },
  );
});

test("other texts in the place of a record's own are written as if they were", () => {
  const other = fc.record({ text: fc.string({ unit: "grapheme", maxLength: 90 }), embedding });
  fc.assert(
    fc.property(live, fc.array(other, { minLength: 3, maxLength: 3 }), (one, others) => {
      const versions = one.text.versions.map((version, i) => ({ ...version, ...others[i] }));
      const whole = encodeRecord({ ...one, text: { ...one.text, versions } });
      expect(withVersions(encodeRecord(one), one, versions)).toEqual(whole);
    }),
    { numRuns: 1_000 },
  );
});

test("a byte changed, left out or put in anywhere: no record, or another one in the only form that it has", () => {
  fc.assert(
    fc.property(record, fc.integer({ min: 1, max: 255 }), (one, flip) => {
      const bytes = encodeRecord(one);
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ flip);
        for (const other of [
          changed,
          new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]),
          new Uint8Array([...bytes.subarray(0, at), flip, ...bytes.subarray(at)]),
        ])
          onlyForm(other);
      }
    }),
    { numRuns: 30 },
  );
});

/** Values that are nearly contents: right by themselves, and in parts where they do not stand. */
test("what stands where it is not written is refused", () => {
  fc.assert(
    fc.property(
      live,
      live,
      fc.constantFrom("a", "b", "c", "f", "g", "l", "m", "t", "v"),
      (one, other, part) => {
        const content = contentOf(one) as Readonly<Record<string, CborValue>>;
        const { [part]: taken } = contentOf(other) as Readonly<Record<string, CborValue>>;
        const without = Object.fromEntries(
          Object.entries(content).filter(([name]) => name !== part),
        );
        onlyForm(encodeCbor(taken === undefined ? without : { ...content, [part]: taken }));
      },
    ),
    { numRuns: 1_000 },
  );
});

function onlyForm(bytes: Uint8Array): void {
  let read: SyncRecord;
  try {
    read = decodeRecord(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return;
  }
  expect([...encodeCbor(contentOf(read))]).toEqual([...bytes]);
}
