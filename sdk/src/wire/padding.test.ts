import { expect, test } from "vitest";
import { MAX_CONTENT_BYTES, isSealedSize, paddedSize } from "./padding.ts";

test("sizes are multiples of 256 up to 4,096, and few above", () => {
  const sizes = new Set<number>();
  for (let length = 0; length <= MAX_CONTENT_BYTES; length += 1) {
    const size = paddedSize(length);
    if (size === null || size < length + 1) throw new Error(`${length} bytes do not fit`);
    if (size - length > Math.max(256, length * 0.0625 + 1))
      throw new Error(`${length} costs ${size}`);
    sizes.add(size);
  }
  const fine = [...sizes].filter((size) => size <= 4_096);
  expect(fine).toEqual(Array.from({ length: 16 }, (_, i) => 256 * (i + 1)));
  expect(sizes.size).toBeLessThan(160);
  expect(Math.max(...sizes)).toBe(MAX_CONTENT_BYTES + 1);
  expect(paddedSize(MAX_CONTENT_BYTES + 1)).toBeNull();
});

test("the length of a ciphertext tells whether it can have come from the set", () => {
  const sealed = new Set<number>();
  for (let length = 0; length <= MAX_CONTENT_BYTES; length += 1)
    sealed.add((paddedSize(length) ?? 0) + 16);
  for (let bytes = 0; bytes <= 262_200; bytes += 1) {
    if (isSealedSize(bytes) !== sealed.has(bytes)) throw new Error(`${bytes} is judged wrongly`);
  }
});
