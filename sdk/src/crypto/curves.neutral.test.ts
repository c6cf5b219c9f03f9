import { describe, expect, test } from "vitest";
import { SUITES } from "./crypto.fixture.ts";
import { runCurvesContract } from "./curves.contract.ts";

describe.each(SUITES)("$name", ({ suite }) => runCurvesContract(suite.curves));

test("both implementations sign the same and agree on the same", async () => {
  const [one, two] = SUITES.map(({ suite }) => suite.curves);
  if (!one || !two) throw new Error("there are two");
  for (let length = 0; length < 1_000; length += 40) {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const message = crypto.getRandomValues(new Uint8Array(length));
    const [a, b] = [await one.signingKeyOf(seed), await two.signingKeyOf(seed)];
    expect(a.publicKey).toEqual(b.publicKey);
    const signature = await one.sign(a, message);
    expect(await two.sign(b, message)).toEqual(signature);
    expect(await one.verify(b.publicKey, signature, message)).toBe(true);
    expect(await two.verify(a.publicKey, signature, message)).toBe(true);
    const [c, d] = [await one.sealingKeyOf(seed), await two.newSealingKey()];
    expect(await one.agree(c, d.publicKey)).toEqual(await two.agree(d, c.publicKey));
    await expect(one.sign(b, message)).rejects.toMatchObject({ reason: "refused" });
    await expect(two.sign(a, message)).rejects.toMatchObject({ reason: "refused" });
  }
});
