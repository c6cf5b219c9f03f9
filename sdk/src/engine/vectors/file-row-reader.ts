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
const PAGE = 4096;
const SCALE_BYTES = 4;

/**
 * A copy of all rows in one file, for reading single rows in microseconds. The vault is the truth: a segment has one id for ever, so
 * a slot that bears its id holds its rows, and any slot may be lost. A slot is a head (state, id) and its rows, each a scale and
 * int8 values.
 *
 * Several tabs read at once and one writes. A writer marks the head before it touches the rows, and a reader looks at the head after
 * it has read them, so that it never takes one segment's rows for another's.
 */
export function createFileRowReader(deps: FileRowReaderDeps): RowReader {
  const { file, space, dimensions, store, fallback, lock, pause } = deps;
  const { int8Stride } = rowLayout(dimensions);
  const rowBytes = SCALE_BYTES + int8Stride;
  const slotBytes = Math.ceil((HEAD_BYTES + SEGMENT_ROWS * rowBytes) / PAGE) * PAGE;
  let slots = new Map<string, number>();
  let closed = false;
  const record = new Uint8Array(rowBytes);
  const scale = new DataView(record.buffer);

  const slotCount = (): number => Math.floor(file.getSize() / slotBytes);

  const headOf = (slot: number): { readonly state: number; readonly id: string } => {
    const head = new Uint8Array(HEAD_BYTES);
    file.read(head, { at: slot * slotBytes });
    const end = head.indexOf(0, 1);
    return {
      state: head[0] ?? 0,
      id: String.fromCharCode(...head.subarray(1, end < 0 ? HEAD_BYTES : end)),
    };
  };

  const writeHead = (slot: number, state: number, id: string): void => {
    const head = new Uint8Array(HEAD_BYTES);
    head[0] = state;
    for (let at = 0; at < id.length; at += 1) head[at + 1] = id.charCodeAt(at);
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
    writeHead(slot, DIRTY, "");
    file.write(new Uint8Array(slotBytes - HEAD_BYTES), { at: slot * slotBytes + HEAD_BYTES });
    file.flush();
    writeHead(slot, 0, "");
  };

  const fill = async (slot: number, head: VectorSegmentHead): Promise<void> => {
    const [rows = null] = await readRows(store, [head], dimensions);
    if (rows === null || closed) return;
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
    writeHead(slot, DIRTY, "");
    const end = (slot + 1) * slotBytes;
    if (file.getSize() < end) file.write(new Uint8Array(1), { at: end - 1 });
    file.write(bytes, { at: slot * slotBytes + HEAD_BYTES });
    file.flush();
    writeHead(slot, WHOLE, head.id);
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
        if (copied.has(head.id) || head.rows > SEGMENT_ROWS) continue;
        const slot = free.shift();
        await fill(slot ?? next, head);
        if (slot === undefined) next += 1;
        await pause();
      }
    });

  const isClosed = (): boolean => closed;

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
