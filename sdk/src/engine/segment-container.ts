/** "ALCX" in little-endian bytes. */
const MAGIC = 0x58434c41;
const VERSION = 1;
const HEADER = 16;
const ROW = 12;

/**
 * The outer format of an index segment: magic, version, number of documents, then a table of tagged sections, each at a
 * multiple of 8 bytes so that typed arrays can look at it in place. A reader passes over tags it does not know, so further
 * sections (vectors, signatures) can stand beside these without a new version.
 */
export function packSections(
  documents: number,
  sections: readonly (readonly [tag: number, bytes: Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  let at = aligned(HEADER + sections.length * ROW);
  const places = sections.map(([, bytes]) => {
    const place = at;
    at = aligned(at + bytes.length);
    return place;
  });
  const packed = new Uint8Array(at);
  const view = new DataView(packed.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, VERSION, true);
  view.setUint16(6, sections.length, true);
  view.setUint32(8, documents, true);
  sections.forEach(([tag, bytes], index) => {
    const place = places[index] ?? 0;
    view.setUint32(HEADER + index * ROW, tag, true);
    view.setUint32(HEADER + index * ROW + 4, place, true);
    view.setUint32(HEADER + index * ROW + 8, bytes.length, true);
    packed.set(bytes, place);
  });
  return packed;
}

/** Throws a `RangeError` on bytes that are no segment of this version. */
export function unpackSections(bytes: Uint8Array): {
  readonly documents: number;
  section(tag: number): Uint8Array;
  /** `null` where the segment was packed before there were such sections. */
  laterSection(tag: number): Uint8Array | null;
} {
  const base = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  const view = new DataView(base.buffer, base.byteOffset, base.byteLength);
  if (base.length < HEADER || view.getUint32(0, true) !== MAGIC)
    throw new RangeError("Not an index segment.");
  if (view.getUint16(4, true) !== VERSION)
    throw new RangeError("An index segment of an unknown version.");
  const found = new Map<number, Uint8Array>();
  const rows = view.getUint16(6, true);
  if (base.length < HEADER + rows * ROW)
    throw new RangeError("An index segment that is cut short.");
  for (let index = 0; index < rows; index += 1) {
    const place = view.getUint32(HEADER + index * ROW + 4, true);
    const length = view.getUint32(HEADER + index * ROW + 8, true);
    if (place % 8 !== 0 || place + length > base.length)
      throw new RangeError("An index segment that is cut short.");
    found.set(view.getUint32(HEADER + index * ROW, true), base.subarray(place, place + length));
  }
  return {
    documents: view.getUint32(8, true),
    section(tag) {
      const section = found.get(tag);
      if (section === undefined)
        throw new RangeError("An index segment without one of its sections.");
      return section;
    },
    laterSection: (tag) => found.get(tag) ?? null,
  };
}

function aligned(at: number): number {
  return (at + 7) & ~7;
}
