import fc from "fast-check";
import { expect, test } from "vitest";
import { createClock, isStamp, stampDevice, stampMs } from "./hlc.ts";

const DEVICE = "a".repeat(32);
const OTHER = "b".repeat(32);
const DAY_MS = 86_400_000;

test("stamps of one device only grow, however the wall clock leaps", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 47), { minLength: 2, maxLength: 50 }), (times) => {
      let now = 0;
      const clock = createClock({ deviceId: DEVICE, now: () => now });
      const stamps = times.map((time) => {
        now = time;
        return clock.next();
      });
      expect(stamps.toSorted()).toEqual(stamps);
      expect(new Set(stamps).size).toBe(stamps.length);
      expect(stamps.every(isStamp)).toBe(true);
    }),
  );
});

test("what is written after something was read is later than it, whatever the clocks say", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 46), fc.nat(2 ** 46), (mine, theirs) => {
      const here = createClock({ deviceId: DEVICE, now: () => mine });
      const there = createClock({ deviceId: OTHER, now: () => theirs });
      const read = there.next();
      here.observe(read);
      const answer = here.next(read);
      expect(answer > read).toBe(true);
      expect(there.next(answer) > answer).toBe(true);
    }),
  );
});

test("a stamp from the year 2100 is edited beyond, and moves nothing else", () => {
  const now = Date.UTC(2026, 0, 1);
  const clock = createClock({ deviceId: DEVICE, now: () => now });
  const far = createClock({ deviceId: OTHER, now: () => Date.UTC(2100, 0, 1) }).next();
  clock.observe(far);
  expect(clock.next(far) > far).toBe(true);
  expect(stampMs(clock.next())).toBeLessThan(now + 1_000);
});

test("a stamp from within a day is believed", () => {
  const now = Date.UTC(2026, 0, 1);
  const clock = createClock({ deviceId: DEVICE, now: () => now });
  const ahead = createClock({ deviceId: OTHER, now: () => now + DAY_MS - 1 }).next();
  clock.observe(ahead);
  expect(clock.next() > ahead).toBe(true);
});

test("a clock goes on where the last one of its device stopped", () => {
  const before = createClock({ deviceId: DEVICE, now: () => 1_000 });
  const stamps = Array.from({ length: 70_000 }, () => before.next());
  expect(new Set(stamps).size).toBe(70_000);
  const after = createClock({ deviceId: DEVICE, now: () => 5, last: before.last() });
  expect(after.next() > (stamps.at(-1) ?? "")).toBe(true);
  expect(stampDevice(after.last())).toBe(DEVICE);
});
