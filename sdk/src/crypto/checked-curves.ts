import { isZero } from "../wire/bytes.ts";
import { KEY_BYTES } from "../wire/limits.ts";
import { WireError } from "../wire/wire-error.ts";
import type { Curves, KeyPair } from "./curves.ts";

/** What both implementations have to refuse, and refuse alike: they themselves do the arithmetic, and fail as they like. */
export function checkedCurves(curves: Curves): Curves {
  return {
    ...curves,
    signingKeyOf: async (seed) => curves.signingKeyOf(checked(seed)),
    sealingKeyOf: async (secret) => curves.sealingKeyOf(checked(secret)),
    sign: async (key, message) => curves.sign(own(key), message),
    verify: (...given) => curves.verify(...given).catch(() => false),
    async agree(key, publicKey) {
      const shared = await curves.agree(own(key), publicKey).catch(() => null);
      // Engines differ in whether they refuse the all-zero secret themselves.
      if (!shared || isZero(shared)) throw new WireError("A public key is unusable.", "refused");
      return shared;
    },
  };

  function own(key: KeyPair): KeyPair {
    if ("wrapped" in key.secret === (curves.name === "webcrypto")) {
      throw new WireError("A key is of the other implementation.", "refused");
    }
    return key;
  }
}

function checked(secret: Uint8Array): Uint8Array {
  if (secret.length !== KEY_BYTES) throw new WireError("A secret key has 32 bytes.");
  return secret;
}
