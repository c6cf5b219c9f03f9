import fc from "fast-check";
import { expect, test } from "vitest";
import { strongest } from "./strongest.ts";

test("gives what a full sort would give, whatever the scores and ties", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.float({ noNaN: true, min: -2, max: 5 }), fc.constantFrom(0, 1, 1, 2))),
      fc.nat({ max: 30 }),
      (values, most) => {
        const scores = Float32Array.from(values);
        const sorted = [...scores.keys()]
          .filter((at) => scores[at]! > 0)
          .toSorted((a, b) => scores[b]! - scores[a]! || b - a);
        const chosen = strongest(most);
        scores.forEach((score, at) => {
          expect(score < chosen.floor && sorted.slice(0, most).includes(at)).toBe(false);
          chosen.offer(at, score);
        });
        expect(chosen.take().map(({ place }) => place)).toEqual(sorted.slice(0, most));
      },
    ),
  );
});
