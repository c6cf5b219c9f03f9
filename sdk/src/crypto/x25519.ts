import { etc } from "@noble/ed25519";

const { bytesToHex, hexToBytes, mod } = etc;
const P = 2n ** 255n - 19n;
const A24 = 121_665n;
const COFACTOR = 8n;

/**
 * X25519 (RFC 7748, section 5). The ladder is that of @noble/curves (MIT, (c) 2022 Paul Miller), with its swap, for one curve instead of any; the
 * tests hold it against that library, point for point.
 *
 * @param publicKey 32 bytes; the highest bit is passed over, and a number above the field's is taken as what is left of it
 * @throws for a point of low order, with which everyone shares the same secret, before the secret is used
 */
export function x25519(secret: Uint8Array, publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== 32) throw new RangeError("A public key has 32 bytes.");
  const u = mod(numberOf(publicKey) % 2n ** 255n);
  if (ladder(COFACTOR, u) === 0n) throw new RangeError("A public key is of low order.");
  return bytesOf(ladder(clamped(secret), u));
}

/** The public key of a secret. */
export function x25519PublicKey(secret: Uint8Array): Uint8Array {
  return bytesOf(ladder(clamped(secret), 9n));
}

function clamped(secret: Uint8Array): bigint {
  return 2n ** 254n + (numberOf(secret) & (2n ** 254n - COFACTOR));
}

function ladder(scalar: bigint, u: bigint): bigint {
  let [x2, z2, x3, z3] = [1n, 0n, u, 1n];
  // Bit t tells whether bits t and t + 1 of the scalar differ: when they do, the two points change places.
  const swaps = scalar ^ (scalar >> 1n);
  for (let t = 254n; t >= 0n; t -= 1n) {
    const mask = maskOf(swaps >> t);
    [x2, x3] = swapped(mask, x2, x3);
    [z2, z3] = swapped(mask, z2, z3);
    const [a, b, c, d] = [x2 + z2, x2 - z2, x3 + z3, x3 - z3];
    const [aa, bb, da, cb] = [square(a), square(b), mod(d * a), mod(c * b)];
    const e = aa - bb;
    x3 = square(da + cb);
    z3 = mod(u * square(da - cb));
    x2 = mod(aa * bb);
    z2 = mod(e * (aa + mod(A24 * e)));
  }
  const mask = maskOf(scalar);
  [x2] = swapped(mask, x2, x3);
  [z2] = swapped(mask, z2, z3);
  return mod(x2 * inverse(z2));
}

/** `P` to keep, `P + 1` to swap, by the lowest bit. A factor of 0 or 1 would tell by the time it takes which of both it was. */
function maskOf(bits: bigint): bigint {
  return P + bits - ((bits >> 1n) << 1n);
}

/** The sum of both stays; the six P keep what is divided positive and of one size. */
function swapped(mask: bigint, a: bigint, b: bigint): readonly [bigint, bigint] {
  const first = ((6n * P + b - a) * mask + a) % P;
  return [first, a + b - first];
}

function square(value: bigint): bigint {
  return mod(value * value);
}

/** By Fermat: the steps depend on P alone. Of zero it is zero. */
function inverse(value: bigint): bigint {
  let result = 1n;
  for (let bits = P - 2n, power = value; bits > 0n; bits >>= 1n, power = square(power)) {
    if (bits & 1n) result = mod(result * power);
  }
  return result;
}

/** Little-endian, as all numbers here. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes.toReversed())}`);
}

function bytesOf(value: bigint): Uint8Array {
  return hexToBytes(value.toString(16).padStart(64, "0")).toReversed();
}
