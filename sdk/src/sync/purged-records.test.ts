import { describe, expect, test } from "vitest";
import { SUITE } from "../crypto/crypto.fixture.ts";
import { nextManifest } from "../crypto/member.fixture.ts";
import { encodePushBody } from "../wire/push-body.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { toDot } from "./ledger.ts";

const KEY = idOf(1).replaceAll("-", "");

/** The third member takes these rows away without a successor. */
async function purge(fleet: TestFleet, dots: readonly string[]): Promise<void> {
  const manifest = await nextManifest(SUITE, fleet.log, fleet.actors[2]!, null, {
    type: "purge",
    items: [],
    purged: dots.map(toDot),
  });
  await fleet.server.push(encodePushBody({ manifest, envelopes: [] }), fleet.log.length);
}

const dotsOf = async (device: TestDevice) =>
  (await device.store.dotsOf([KEY])).map(({ dot }) => dot);

describe("a memory whose tombstone was purged", () => {
  test("goes from a device that was away, with the edit that it made meanwhile", async () => {
    const fleet = await createFleet(4);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write(noteOf(1, "one", 1000));
    a.write(noteOf(2, "two", 1000));
    await a.engine.now();
    await b.engine.now();
    a.forget(idOf(1));
    await a.engine.now();
    await purge(fleet, await dotsOf(a));
    b.edit(idOf(1), { text: "edited while away", textHash: "e", updatedAt: 9000 });
    await b.engine.now();
    await a.engine.now();
    for (const device of [a, b]) {
      expect([...device.records.keys()]).toEqual([idOf(2)]);
      expect(await device.engine.status()).toMatchObject({ pending: 0 });
      expect(await dotsOf(device)).toEqual([]);
    }
  });

  test("is not brought back by an edit that was sealed before, for nobody", async () => {
    const fleet = await createFleet(4);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    a.write(noteOf(1, "one", 1000));
    await a.engine.now();
    await b.engine.now();
    b.edit(idOf(1), { text: "sealed before", textHash: "e", updatedAt: 9000 });
    b.wire.before = (name) => {
      if (name === "sync.push") throw new Error("cut");
    };
    await expect(b.engine.now()).rejects.toThrow("cut");
    a.forget(idOf(1));
    await a.engine.now();
    await purge(fleet, await dotsOf(a));
    delete b.wire.before;
    const again = b.reopen();
    await again.engine.pull();
    // One that knows nothing of it but the late edit.
    const late = fleet.device(3);
    for (const device of [late, again, a, late]) await device.engine.now();
    for (const { records } of [a, again, late]) expect(records.size).toBe(0);
    for (const device of [a, again, late])
      expect(await device.engine.status()).toMatchObject({ pending: 0 });
  });
});
