import fc from "fast-check";
import { expect, test } from "vitest";
import { createArena } from "./arena.ts";

test("parts that are taken never overlap, and the memory grows only for what fits nowhere", () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.nat()), { maxLength: 80 });
  fc.assert(
    fc.property(sizes, (steps) => {
      let length = 0;
      const arena = createArena((bytes) => {
        length = Math.max(length, bytes);
      });
      const held: { readonly address: number; readonly bytes: number }[] = [];
      for (const [bytes, choice] of steps) {
        if (choice % 3 === 0 && held.length > 0) {
          const [gone] = held.splice(choice % held.length, 1);
          arena.give(gone?.address ?? -1);
          continue;
        }
        const address = arena.take(bytes);
        expect(address % 64).toBe(0);
        expect(address + bytes).toBeLessThanOrEqual(length);
        for (const other of held)
          expect(
            address + bytes <= other.address || address >= other.address + Math.max(1, other.bytes),
          ).toBe(true);
        held.push({ address, bytes });
      }
      for (const { address } of held) arena.give(address);
      const before = length;
      if (before > 0) expect(arena.take(before)).toBe(0);
      expect(length).toBe(before);
    }),
  );
});

test("a memory that cannot grow leaves everything as it was", () => {
  const arena = createArena((bytes) => {
    if (bytes > 128) throw new RangeError("full");
  });
  const first = arena.take(64);
  expect(() => arena.take(128)).toThrow("full");
  expect(arena.take(64)).toBe(64);
  arena.give(first);
  expect(arena.take(10)).toBe(first);
  expect(() => arena.give(1)).toThrow(RangeError);
});
