import { rowLayout } from "../kernels/row-layout.ts";
import type { VectorSegmentHead, VectorStore } from "../../vault/vector-store.ts";
import { SEGMENT_ROWS } from "./flat-vector-index.ts";
import type { RowFile } from "./row-file.ts";
import type { RowReader, WantedRows } from "./row-reader.ts";
import { readRows } from "./stored-vectors.ts";

export interface FileRowReaderDeps {
  readonly file: RowFile;
  readonly space: string;
  readonly dimensions: number;
  readonly store: VectorStore;
  /** For segments that are not copied yet. */
  readonly fallback: RowReader;
  /** Runs `work` while no other tab writes to this file. */
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly pause: () => Promise<void>;
}

/** A slot is being written or wiped: what is in it counts for nothing, and goes. */
const DIRTY = 1;
const WHOLE = 2;
const HEAD_BYTES = 64;
const LENGTH_AT = 4;
const SUM_AT = 8;
const ID_AT = 12;
/** Room for what a packed sketch holds beside its columns. */
const SKETCH_MARGIN = 256;
const PAGE = 4096;
const SCALE_BYTES = 4;

interface SlotHead {
  readonly state: number;
  /** Of the sketch, in bytes. */
  readonly length: number;
  readonly sum: number;
  readonly id: string;
}

const FREE: SlotHead = { state: 0, length: 0, sum: 0, id: "" };
const IN_WORK: SlotHead = { ...FREE, state: DIRTY };

/**
 * A copy of all rows in one file, for reading single rows in microseconds. The vault is the truth: a segment has one id for ever, so
 * a slot that bears its id holds its rows, and any slot may be lost. A slot is a head (state, id, length and sum of the sketch), the
 * rows, each a scale and int8 values, and the packed sketch, which an opening reads here in a fifth of the time.
 *
 * Several tabs read at once and one writes. A writer marks the head before it touches the rows, and a reader looks at the head after
 * it has read them, so that it never takes one segment's rows for another's.
 */
export function createFileRowReader(deps: FileRowReaderDeps): RowReader {
  const { file, space, dimensions, store, fallback, lock, pause } = deps;
  const { int8Stride, bitStride } = rowLayout(dimensions);
  const rowBytes = SCALE_BYTES + int8Stride;
  const sketchAt = HEAD_BYTES + SEGMENT_ROWS * rowBytes;
  const sketchRoom =
    SEGMENT_ROWS * (bitStride + Float64Array.BYTES_PER_ELEMENT) +
    dimensions * Float32Array.BYTES_PER_ELEMENT +
    SKETCH_MARGIN;
  const slotBytes = Math.ceil((sketchAt + sketchRoom) / PAGE) * PAGE;
  let slots = new Map<string, number>();
  let closed = false;
  const record = new Uint8Array(rowBytes);
  const scale = new DataView(record.buffer);

  const slotCount = (): number => Math.floor(file.getSize() / slotBytes);

  const headOf = (slot: number): SlotHead => {
    const head = new Uint8Array(HEAD_BYTES);
    file.read(head, { at: slot * slotBytes });
    const view = new DataView(head.buffer);
    const end = head.indexOf(0, ID_AT);
    return {
      state: head[0] ?? 0,
      length: view.getUint32(LENGTH_AT, true),
      sum: view.getUint32(SUM_AT, true),
      id: String.fromCharCode(...head.subarray(ID_AT, end < 0 ? HEAD_BYTES : end)),
    };
  };

  const writeHead = (slot: number, { state, length, sum, id }: SlotHead): void => {
    const head = new Uint8Array(HEAD_BYTES);
    const view = new DataView(head.buffer);
    head[0] = state;
    view.setUint32(LENGTH_AT, length, true);
    view.setUint32(SUM_AT, sum, true);
    for (let at = 0; at < id.length; at += 1) head[ID_AT + at] = id.charCodeAt(at);
    file.write(head, { at: slot * slotBytes });
    file.flush();
  };

  const look = (): void => {
    const found = new Map<string, number>();
    for (let slot = 0; slot < slotCount(); slot += 1) {
      const { state, id } = headOf(slot);
      if (state === WHOLE) found.set(id, slot);
    }
    slots = found;
  };

  const wipe = (slot: number): void => {
    writeHead(slot, IN_WORK);
    file.write(new Uint8Array(slotBytes - HEAD_BYTES), { at: slot * slotBytes + HEAD_BYTES });
    file.flush();
    writeHead(slot, FREE);
  };

  const fits = ({ id, rows, sizes }: VectorSegmentHead): boolean =>
    rows <= SEGMENT_ROWS && sizes.sketch <= sketchRoom && id.length <= HEAD_BYTES - ID_AT;

  const fill = async (slot: number, head: VectorSegmentHead): Promise<void> => {
    const [[rows = null], [sketch = null]] = await Promise.all([
      readRows(store, [head], dimensions),
      store.parts([head.id], "sketch"),
    ]);
    if (rows === null || sketch === null || closed) return;
    const bytes = new Uint8Array(head.rows * rowBytes);
    const view = new DataView(bytes.buffer);
    for (let row = 0; row < head.rows; row += 1) {
      view.setFloat32(row * rowBytes, rows.scales[row] ?? 0, true);
      const values = rows.values.subarray(row * int8Stride, (row + 1) * int8Stride);
      bytes.set(
        new Uint8Array(values.buffer, values.byteOffset, values.length),
        row * rowBytes + SCALE_BYTES,
      );
    }
    writeHead(slot, IN_WORK);
    const end = (slot + 1) * slotBytes;
    if (file.getSize() < end) file.write(new Uint8Array(1), { at: end - 1 });
    file.write(bytes, { at: slot * slotBytes + HEAD_BYTES });
    file.write(sketch, { at: slot * slotBytes + sketchAt });
    file.flush();
    writeHead(slot, {
      state: WHOLE,
      length: sketch.length,
      sum: sumOf(sketch),
      id: head.id,
    });
    slots.set(head.id, slot);
  };

  const copy = (): Promise<void> =>
    lock(async () => {
      if (closed) return;
      const { segments } = await store.load(space);
      const there = new Set(segments.map(({ id }) => id));
      const free: number[] = [];
      const copied = new Set<string>();
      // First what is to be forgotten, then what is to be found.
      for (let slot = 0; slot < slotCount() && !isClosed(); slot += 1) {
        const { state, id } = headOf(slot);
        if (state === WHOLE && there.has(id) && !copied.has(id)) copied.add(id);
        else {
          if (state !== 0) wipe(slot);
          free.push(slot);
        }
      }
      look();
      let next = slotCount();
      for (const head of segments) {
        if (isClosed()) return;
        if (copied.has(head.id) || !fits(head)) continue;
        const slot = free.shift();
        await fill(slot ?? next, head);
        if (slot === undefined) next += 1;
        await pause();
      }
    });

  const isClosed = (): boolean => closed;

  const sketchOf = (id: string): Uint8Array<ArrayBuffer> | null => {
    const slot = slots.get(id);
    if (slot === undefined || closed) return null;
    const { length } = headOf(slot);
    if (length > sketchRoom) return null;
    const bytes = new Uint8Array(length);
    file.read(bytes, { at: slot * slotBytes + sketchAt });
    const after = headOf(slot);
    return after.id === id && after.sum === sumOf(bytes) ? bytes : null;
  };

  /** Whether the slot still held these rows after they were read. */
  const readSlot = (
    { id, rows }: WantedRows,
    values: Int8Array,
    scales: Float32Array,
    start: number,
  ): boolean => {
    const slot = slots.get(id);
    if (slot === undefined) return false;
    const base = slot * slotBytes + HEAD_BYTES;
    for (let at = 0; at < rows.length; at += 1) {
      file.read(record, { at: base + (rows[at] ?? 0) * rowBytes });
      scales[start + at] = scale.getFloat32(0, true);
      values.set(new Int8Array(record.buffer, SCALE_BYTES, int8Stride), (start + at) * int8Stride);
    }
    const head = headOf(slot);
    if (head.state === WHOLE && head.id === id) return true;
    slots.delete(id);
    return false;
  };

  look();
  return {
    async read(wanted) {
      const total = wanted.reduce((sum, { rows }) => sum + rows.length, 0);
      const values = new Int8Array(total * int8Stride);
      const scales = new Float32Array(total);
      const missing: { readonly wanted: WantedRows; readonly start: number }[] = [];
      let start = 0;
      for (const one of wanted) {
        if (closed || !readSlot(one, values, scales, start)) missing.push({ wanted: one, start });
        start += one.rows.length;
      }
      if (missing.length === 0) return { values, scales };
      const rest = await fallback.read(missing.map((part) => part.wanted));
      let from = 0;
      for (const part of missing) {
        const to = from + part.wanted.rows.length;
        values.set(
          rest.values.subarray(from * int8Stride, to * int8Stride),
          part.start * int8Stride,
        );
        scales.set(rest.scales.subarray(from, to), part.start);
        from = to;
      }
      return { values, scales };
    },
    sketches: (ids) => ids.map(sketchOf),
    copy,
    get residentBytes() {
      return fallback.residentBytes;
    },
    close() {
      if (closed) return;
      closed = true;
      fallback.close();
      file.close();
    },
  };
}

/** Finds pages that were torn or never written: whole words, one multiplication each, so that an opening does not feel it. */
function sumOf(bytes: Uint8Array<ArrayBuffer>): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  let sum = bytes.length;
  for (let at = 0; at < words.length; at += 1)
    sum = Math.imul((sum << 13) | (sum >>> 19), 5) ^ (words[at] ?? 0);
  return sum >>> 0;
}
