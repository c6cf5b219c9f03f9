import { expect, test } from "vitest";
import { createTokenBuckets } from "./token-buckets.ts";

function bucketAt(amount: number, periodMs: number) {
  const clock = { now: 1_000_000 };
  const buckets = createTokenBuckets({ amount, periodMs }, () => clock.now);
  return { clock, take: (key = "a", cost = 1) => buckets.take(key, cost) };
}

test("lets through what is left, says when there is more, and counts each name for itself", () => {
  const { clock, take } = bucketAt(3, 60_000);
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 20_000]);
  expect(take("b")).toBe(0);
  clock.now += 19_000;
  expect(take()).toBe(1_000);
  clock.now += 1_000;
  expect([take(), take()]).toEqual([0, 20_000]);
  clock.now += 3_600_000;
  expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 20_000]);
});

test("neither gives nor takes when the clock is set back", () => {
  const { clock, take } = bucketAt(2, 1_000);
  take();
  clock.now -= 900_000;
  expect([take(), take()]).toEqual([0, 500]);
});

test("nothing is let through when nothing is allowed", () => {
  expect(bucketAt(0, 1_000).take()).toBeGreaterThan(0);
});

test("takes as much as something costs, or nothing of it", () => {
  const { clock, take } = bucketAt(1_000, 10_000);
  expect([take("a", 600), take("a", 600), take("a", 400), take("a", 1)]).toEqual([0, 2_000, 0, 10]);
  clock.now += 6_000;
  expect(take("a", 600)).toBe(0);
  expect(take("b", 1_000)).toBe(0);
});

test("what costs more than there ever is never comes, and takes nothing", () => {
  const { take } = bucketAt(10, 1_000);
  expect([take("a", 11), take("a", 10)]).toEqual([Infinity, 0]);
});
