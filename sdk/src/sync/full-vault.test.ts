import { beforeEach, describe, expect, test } from "vitest";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";
import { toMemoryError } from "./server-problem.ts";

const texts = ({ records }: TestDevice) =>
  [...records.values()].map(({ text }) => text.slice(0, 6)).toSorted();
/** Some rows of the server long. */
const long = (name: string) => `${name} ${"word ".repeat(400)}`;

let fleet: TestFleet;
let a: TestDevice;
let b: TestDevice;
beforeEach(async () => {
  fleet = await createFleet(3);
  [a, b] = [fleet.device(0), fleet.device(1)];
  for (const n of [1, 2, 3]) a.write(noteOf(n, long(`note ${n}`), 1000));
  await settle(a, b);
  fleet.server.maxBytes = fleet.server.rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
});

async function settle(...devices: readonly TestDevice[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { engine } of devices) await engine.now();
}

const codeOf = (work: Promise<void>) =>
  work.then(
    () => null,
    (error: unknown) => toMemoryError(error).code,
  );

describe("a vault that is full at the server", () => {
  test("takes what waits as soon as something was forgotten, though that was said later", async () => {
    a.write(noteOf(4, long("note 4"), 2000));
    expect(await codeOf(a.engine.now())).toBe("sync/full");
    expect(await codeOf(a.reopen().engine.send())).toBe("sync/full");
    a = a.reopen();
    a.forget(idOf(1));
    a.forget(idOf(2));
    await settle(a, b);
    for (const device of [a, b]) {
      expect(texts(device)).toEqual(["note 3", "note 4"]);
      expect(await device.engine.status()).toMatchObject({ pending: 0 });
    }
  });

  test("lets go what was forgotten, and tells of the rest, where it makes too little room", async () => {
    for (const n of [4, 5, 6]) a.write(noteOf(n, long(`note ${n}`), 2000));
    a.forget(idOf(1));
    expect(await codeOf(a.engine.now())).toBe("sync/full");
    await b.engine.now();
    expect(texts(b)).toEqual(["note 2", "note 3"]);
    expect((await a.engine.status()).pending).toBe(3);
    fleet.server.maxBytes *= 3;
    await settle(a, b);
    expect(texts(b)).toEqual(["note 2", "note 3", "note 4", "note 5", "note 6"]);
  });

  test("is read all the same, with a batch that was refused, and after a restart", async () => {
    a.write(noteOf(4, long("note 4"), 2000));
    expect(await codeOf(a.engine.send())).toBe("sync/full");
    b.forget(idOf(3));
    await b.engine.now();
    a = a.reopen();
    await a.engine.pull();
    expect(texts(a)).toEqual(["note 1", "note 2", "note 4"]);
    expect((await a.engine.status()).pending).toBe(1);
  });

  test("has not got an edit that it refused: forgotten elsewhere, its text stays as a copy", async () => {
    const text = `${long("edited")} and more ${"words ".repeat(500)}`;
    a.edit(idOf(1), { text, textHash: "hash:edited", updatedAt: 5000 });
    expect(await codeOf(a.engine.send())).toBe("sync/full");
    b.forget(idOf(1));
    await b.engine.now();
    await settle(a.reopen(), b);
    expect(await a.engine.copies()).toMatchObject([{ memoryId: idOf(1), text }]);
  });
});
