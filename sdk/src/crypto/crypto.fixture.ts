import { createNobleCurves } from "./noble-curves.ts";
import { createSuite, type Suite } from "./suite.ts";
import { createWebCurves } from "./web-curves.ts";

/** Both implementations of the curves, each as a suite. */
export const SUITES: readonly { readonly name: string; readonly suite: Suite }[] = [
  { name: "webcrypto", suite: createSuite(crypto, createWebCurves(crypto.subtle)) },
  { name: "javascript", suite: createSuite(crypto, createNobleCurves(crypto.subtle)) },
];

/** For tests in which the curves play no part. */
export const SUITE: Suite = createSuite(crypto, createWebCurves(crypto.subtle));

/** A suite whose random bytes follow from a seed: everything that it seals comes out the same again. */
export function createSeededSuite(suite: Suite, seed: number): Suite {
  let state = seed >>> 0;
  return {
    ...suite,
    random: (length) =>
      new Uint8Array(length).map(() => {
        // Numerical Recipes' linear congruence; its high byte is the even-handed one.
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
  };
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const clean = hex.replaceAll(/\s/g, "");
  return new Uint8Array(clean.length / 2).map((_, i) =>
    Number.parseInt(clean.slice(2 * i, 2 * i + 2), 16),
  );
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
