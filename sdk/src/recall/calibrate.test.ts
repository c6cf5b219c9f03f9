import { describe, expect, it } from "vitest";
import { calibrate, UNCALIBRATED, type SampledText } from "./calibrate.ts";

const DIMENSIONS = 48;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

/**
 * Conversations of two texts each. `pull` is how far the vectors of one conversation lie together, `common` how far all lie together,
 * `shares` whether its texts share a word that others have not.
 */
function sampleOf(how: { pull: number; common: number; shares: boolean }): SampledText[] {
  const next = random(7);
  const noise = (): number[] => Array.from({ length: DIMENSIONS }, next);
  const everywhere = noise();
  return Array.from({ length: 40 }, (_, conversation) => {
    const topic = noise();
    return [0, 1].map((turn): SampledText => {
      const own = noise();
      return {
        vector: unit(
          own.map((value, at) => value + how.pull * topic[at]! + how.common * everywhere[at]!),
        ),
        terms: new Set([
          `word${(conversation * 7 + turn) % 11}`,
          ...(how.shares ? [`topic${conversation}`] : []),
        ]),
        next: turn === 0 ? conversation * 2 + 1 : -1,
      };
    });
  }).flat();
}

describe("calibrate", () => {
  it("says nothing of its own about a vault that is too small", () => {
    expect(calibrate(sampleOf({ pull: 1, common: 0, shares: true }).slice(0, 20))).toEqual(
      UNCALIBRATED,
    );
    expect(calibrate([])).toEqual(UNCALIBRATED);
  });

  it("begins the scale above unrelated texts, wherever a model puts them", () => {
    const spread = calibrate(sampleOf({ pull: 2, common: 0, shares: false })).calibration;
    const narrow = calibrate(sampleOf({ pull: 2, common: 6, shares: false })).calibration;
    expect(spread.low).toBeLessThan(0.35);
    expect(narrow.low).toBeGreaterThan(0.6);
    for (const { low, high } of [spread, narrow]) {
      expect(high).toBeGreaterThan(low);
      expect(high).toBeLessThanOrEqual(1.2);
    }
  });

  it("gives vectors the more weight the better they find what belongs together", () => {
    const good = calibrate(sampleOf({ pull: 4, common: 0, shares: false })).weights;
    const even = calibrate(sampleOf({ pull: 4, common: 0, shares: true })).weights;
    const bad = calibrate(sampleOf({ pull: 0, common: 0, shares: true })).weights;
    expect(good.meaning).toBeGreaterThan(even.meaning);
    expect(even.meaning).toBeGreaterThan(bad.meaning);
    expect(bad.meaning).toBe(0.15);
    for (const { words, letters, meaning } of [good, even, bad])
      expect(words + letters + meaning).toBeCloseTo(1);
  });

  it("is not led astray by copies", () => {
    const same = sampleOf({ pull: 2, common: 0, shares: true })[0]!;
    const copies = Array.from({ length: 50 }, (): SampledText => ({ ...same, next: -1 }));
    expect(calibrate(copies).calibration).toEqual(UNCALIBRATED.calibration);
  });
});
