import { describe, expect, test } from "vitest";
import { SUITES, fromHex, toHex } from "./crypto.fixture.ts";
import { hpkeOpen, hpkeSeal } from "./hpke.ts";

/** RFC 9180, appendix A.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM; the first message of each mode. */
const AES_128_GCM = { id: 1, keyBytes: 16 };
const INFO = fromHex("4f6465206f6e2061204772656369616e2055726e");
const PLAINTEXT = "4265617574792069732074727574682c20747275746820626561757479";
const AAD = fromHex("436f756e742d30");
const BASE = {
  skEm: "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
  skRm: "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
  enc: "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
  ct: "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
};
const PSK = {
  skEm: "463426a9ffb42bb17dbe6044b9abd1d4e4d95f9041cef0e99d7824eef2b6f588",
  skRm: "c5eb01eb457fe6c6f57577c5413b931550a162c71a03ac8d196babbd4e5ce0fd",
  enc: "0ad0950d9fb9588e59690b74f1237ecdf1d775cd60be2eca57af5a4b0471c91b",
  ct: "e52c6fed7f758d0cf7145689f21bc1be6ec9ea097fef4e959440012f4feb73fb611b946199e681f4cfc34db8ea",
};
const SHARED = {
  key: fromHex("0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82"),
  id: fromHex("456e6e796e20447572696e206172616e204d6f726961"),
};

describe.each(SUITES)("$name", ({ suite }) => {
  test.each([
    ["base", BASE, {}],
    ["psk", PSK, { psk: SHARED }],
  ])("RFC 9180, %s mode", async (_, vector, mode) => {
    const recipient = await suite.curves.sealingKeyOf(fromHex(vector.skRm));
    const ephemeral = await suite.curves.sealingKeyOf(fromHex(vector.skEm));
    const context = { info: INFO, aead: AES_128_GCM, ...mode };
    const sealed = await hpkeSeal(suite, recipient.publicKey, fromHex(PLAINTEXT), context, {
      aad: AAD,
      ephemeral,
    });
    expect(toHex(sealed.enc)).toBe(vector.enc);
    expect(toHex(sealed.ciphertext)).toBe(vector.ct);
    expect(toHex(await hpkeOpen(suite, recipient, sealed, context, AAD))).toBe(PLAINTEXT);
  });

  test("opens for the recipient only, with the same info, secret, mode and bytes", async () => {
    const recipient = await suite.curves.newSealingKey();
    const context = { info: INFO, psk: SHARED };
    const sealed = await hpkeSeal(suite, recipient.publicKey, new Uint8Array([1, 2]), context);
    expect(await hpkeOpen(suite, recipient, sealed, context)).toEqual(new Uint8Array([1, 2]));

    const flipped = (bytes: Uint8Array) => {
      const copy = new Uint8Array(bytes);
      copy[3] = (copy[3] ?? 0) ^ 1;
      return copy;
    };
    const other = await suite.curves.newSealingKey();
    for (const attempt of [
      () => hpkeOpen(suite, other, sealed, context),
      () => hpkeOpen(suite, recipient, { ...sealed, enc: flipped(sealed.enc) }, context),
      () =>
        hpkeOpen(suite, recipient, { ...sealed, ciphertext: flipped(sealed.ciphertext) }, context),
      () => hpkeOpen(suite, recipient, sealed, { info: INFO }),
      () => hpkeOpen(suite, recipient, sealed, { info: flipped(INFO), psk: SHARED }),
      () =>
        hpkeOpen(suite, recipient, sealed, {
          info: INFO,
          psk: { ...SHARED, key: flipped(SHARED.key) },
        }),
      () =>
        hpkeOpen(suite, recipient, sealed, {
          info: INFO,
          psk: { ...SHARED, id: flipped(SHARED.id) },
        }),
      () => hpkeOpen(suite, recipient, sealed, context, AAD),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ reason: "unreadable" });
    }
  });

  test("a shared secret that is short or has no name is refused", async () => {
    const { publicKey } = await suite.curves.newSealingKey();
    for (const psk of [
      { ...SHARED, key: new Uint8Array(31) },
      { ...SHARED, id: new Uint8Array(0) },
    ]) {
      await expect(
        hpkeSeal(suite, publicKey, new Uint8Array(1), { info: INFO, psk }),
      ).rejects.toMatchObject({ reason: "malformed" });
    }
  });

  test("an unusable encapsulated key is refused", async () => {
    const recipient = await suite.curves.newSealingKey();
    const sealed = { enc: new Uint8Array(32), ciphertext: new Uint8Array(17) };
    await expect(hpkeOpen(suite, recipient, sealed, { info: INFO })).rejects.toMatchObject({
      reason: "refused",
    });
  });
});
