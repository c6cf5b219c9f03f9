import fc from "fast-check";
import { expect, test } from "vitest";
import { hashNumber, hashText } from "./hash.ts";

test("hashes are stored: they never change", () => {
  expect(hashText("")).toBe("1aggevgbi2j1247s7v64qa");
  expect(hashText("The kayak is in the harbour.")).toBe("07nrfde809z05rm2te9mgc");
  expect(hashText("\u00fcber \u{1f600}")).toBe("27y28znat0r1lyxd6etnio");
});

test("the number is that of the first half of the digits", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const hash = hashText(text);
      expect(hash).toMatch(/^[\da-z]{22}$/);
      expect(hash.slice(0, 11)).toBe(hashNumber(text).toString(36).padStart(11, "0"));
    }),
    { numRuns: 1_000 },
  );
});
