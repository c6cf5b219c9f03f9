import { x25519 as reference } from "@noble/curves/ed25519.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "./crypto.fixture.ts";
import { x25519, x25519PublicKey } from "./x25519.ts";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

test("any secret and any bytes as a public key: what the library makes of them, or refused as there", () => {
  fc.assert(
    fc.property(bytes32, bytes32, (secret, publicKey) => {
      expect(toHex(x25519PublicKey(secret))).toBe(toHex(reference.getPublicKey(secret)));
      expect(toHex(x25519(secret, publicKey))).toBe(
        toHex(reference.getSharedSecret(secret, publicKey)),
      );
    }),
    { numRuns: 200 },
  );
});

test("numbers about the ends of the field, with and without the bit that is passed over", () => {
  const secret = new Uint8Array(32).fill(0x5a);
  const P = 2n ** 255n - 19n;
  const near = [0n, 1n, 2n, 9n, P - 2n, P - 1n, P, P + 1n, P + 2n, P + 18n, 2n ** 255n - 1n];
  for (const u of near.flatMap((value) => [value, value + 2n ** 255n])) {
    const publicKey = fromHex(u.toString(16).padStart(64, "0")).toReversed();
    expect(outcome(() => x25519(secret, publicKey))).toBe(
      outcome(() => reference.getSharedSecret(secret, publicKey)),
    );
  }
});

test("secrets at the ends", () => {
  for (const fill of [0, 1, 7, 8, 0x7f, 0x80, 0xff]) {
    const secret = new Uint8Array(32).fill(fill);
    expect(toHex(x25519PublicKey(secret))).toBe(toHex(reference.getPublicKey(secret)));
  }
});

test("RFC 7748, section 5.2: a thousand rounds", () => {
  let [k, u]: [Uint8Array, Uint8Array] = [new Uint8Array(32), new Uint8Array(32)];
  k[0] = 9;
  u[0] = 9;
  for (let round = 1; round <= 1_000; round += 1) {
    [k, u] = [x25519(k, u), k];
    if (round === 1)
      expect(toHex(k)).toBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
  }
  expect(toHex(k)).toBe("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}, 60_000);

function outcome(agree: () => Uint8Array): string {
  try {
    return toHex(agree());
  } catch {
    return "refused";
  }
}
