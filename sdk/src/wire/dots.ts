import { compareBytes, type Bytes, type WireReader, type WireWriter } from "./bytes.ts";
import { DEVICE_ID_BYTES, HASH_BYTES } from "./limits.ts";
import { WireError } from "./wire-error.ts";

/** One entry, for good: its writer and the writer's count. */
export interface Dot {
  readonly deviceId: Bytes;
  readonly devSeq: number;
}

/** How far the chain of one device's manifests goes. */
export interface Head {
  readonly deviceId: Bytes;
  readonly batchNo: number;
  /** Of the manifest of that number. */
  readonly hash: Bytes;
}

export function compareDots(a: Dot, b: Dot): number {
  return compareBytes(a.deviceId, b.deviceId) || a.devSeq - b.devSeq;
}

export function writeDot(out: WireWriter, dot: Dot): void {
  if (dot.devSeq === 0) throw new WireError("A dot has no number.");
  out.fixed(dot.deviceId, DEVICE_ID_BYTES);
  out.u64(dot.devSeq);
}

export function readDot(from: WireReader): Dot {
  const dot = { deviceId: from.fixed(DEVICE_ID_BYTES), devSeq: from.u64() };
  if (dot.devSeq === 0) throw new WireError("A dot has no number.");
  return dot;
}

/** @throws {WireError} unless they ascend, each once */
export function writeDots(out: WireWriter, dots: readonly Dot[]): void {
  checkAscending(dots, compareDots);
  for (const dot of dots) writeDot(out, dot);
}

export function readDots(from: WireReader, count: number): readonly Dot[] {
  const dots = Array.from({ length: count }, () => readDot(from));
  checkAscending(dots, compareDots);
  return dots;
}

/** A count of one byte, and the heads in ascending order of devices. */
export function writeHeads(out: WireWriter, heads: readonly Head[]): void {
  checkAscending(heads, compareDevices);
  out.u8(heads.length);
  for (const { deviceId, batchNo, hash } of heads) {
    if (batchNo === 0) throw new WireError("A head has no number.");
    out.fixed(deviceId, DEVICE_ID_BYTES);
    out.u64(batchNo);
    out.fixed(hash, HASH_BYTES);
  }
}

export function readHeads(from: WireReader): readonly Head[] {
  const heads = Array.from({ length: from.u8() }, () => ({
    deviceId: from.fixed(DEVICE_ID_BYTES),
    batchNo: from.u64(),
    hash: from.fixed(HASH_BYTES),
  }));
  if (heads.some(({ batchNo }) => batchNo === 0)) throw new WireError("A head has no number.");
  checkAscending(heads, compareDevices);
  return heads;
}

export function checkAscending<T>(list: readonly T[], compare: (a: T, b: T) => number): void {
  let before: T | undefined;
  for (const item of list) {
    if (before !== undefined && compare(before, item) >= 0) {
      throw new WireError("A list is out of order or names something twice.");
    }
    before = item;
  }
}

function compareDevices(a: Head, b: Head): number {
  return compareBytes(a.deviceId, b.deviceId);
}
