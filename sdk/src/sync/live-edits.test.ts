import { expect, test } from "vitest";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";

/** What a device asks the server for while it does something. */
async function askedFor(device: TestDevice, work: () => Promise<void>): Promise<readonly string[]> {
  const asked: string[] = [];
  device.wire.before = (name) => void asked.push(name);
  await work();
  delete device.wire.before;
  return asked;
}

async function twoDevices(): Promise<{ fleet: TestFleet; a: TestDevice; b: TestDevice }> {
  const fleet = await createFleet(2);
  const [a, b] = [fleet.device(0), fleet.device(1)];
  a.write(noteOf(1, "first", fleet.clock.ms));
  await a.engine.now();
  await b.engine.now();
  await a.engine.now();
  return { fleet, a, b };
}

const newsOf = ({ server, log }: TestFleet) => ({ seq: server.head, logLen: log.length });

test("an edit takes one call, its hint none at who sent it and one at who hears of it", async () => {
  const { fleet, a, b } = await twoDevices();
  a.write(noteOf(2, "second", fleet.clock.ms));
  expect(await askedFor(a, () => a.engine.send())).toEqual(["sync.push"]);
  expect((await a.engine.status()).lastSyncedAt).toBe(fleet.clock.ms);
  expect(await askedFor(a, () => a.engine.pull(undefined, newsOf(fleet)))).toEqual([]);
  expect(await askedFor(b, () => b.engine.pull(undefined, newsOf(fleet)))).toEqual(["sync.pull"]);
  expect(b.records.get(idOf(2))?.text).toBe("second");
  expect(await askedFor(b, () => b.engine.pull(undefined, newsOf(fleet)))).toEqual([]);
});

test("what others wrote unheard of is read after an edit was sent, and both stand", async () => {
  const { fleet, a, b } = await twoDevices();
  fleet.clock.ms += 10;
  b.edit(idOf(1), { tags: ["theirs"], updatedAt: fleet.clock.ms });
  b.write(noteOf(3, "third", fleet.clock.ms));
  await b.engine.now();
  a.edit(idOf(1), { tags: ["mine"], updatedAt: fleet.clock.ms });
  const asked = await askedFor(a, () => a.engine.send());
  expect(asked.slice(0, 2)).toEqual(["sync.push", "sync.pull"]);
  await b.engine.pull(undefined, newsOf(fleet));
  await a.engine.pull(undefined, newsOf(fleet));
  for (const { records } of [a, b]) {
    expect(records.get(idOf(1))?.tags.toSorted()).toEqual(["mine", "theirs"]);
    expect(records.get(idOf(3))?.text).toBe("third");
  }
});

test("who was away for a day, or never was here, reads before it sends", async () => {
  const { fleet, a } = await twoDevices();
  fleet.clock.ms += 86_400_000;
  a.write(noteOf(2, "second", fleet.clock.ms));
  expect((await askedFor(a, () => a.engine.send())).slice(0, 2)).toEqual([
    "sync.pull",
    "sync.push",
  ]);
  const fresh = (await createFleet(2)).device(0);
  fresh.write(noteOf(1, "first", fleet.clock.ms));
  const asked = await askedFor(fresh, () => fresh.engine.send());
  expect(asked.indexOf("sync.pull")).toBeLessThan(asked.indexOf("sync.push"));
  expect(asked).toContain("sync.pull");
});

test("a hint of less than was seen is looked into: a server that went back does not go by as old news", async () => {
  const { fleet, a, b } = await twoDevices();
  const before = fleet.server.copy();
  b.write(noteOf(2, "second", fleet.clock.ms));
  await b.engine.now();
  await a.engine.pull(undefined, newsOf(fleet));
  Object.assign(fleet.server, before);
  await expect(a.engine.pull(undefined, newsOf(fleet))).rejects.toMatchObject({
    code: "sync/vault-rollback",
  });
});
