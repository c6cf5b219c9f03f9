import { describe, expect, test } from "vitest";
import type { SyncStore } from "../vault/sync-store.ts";
import { createFleet, idOf, noteOf, type TestDevice } from "./engine.fixture.ts";

/** A tab ends at some call of its vault or of the server: before it was done, or after, when the answer is not heard any more. */
type Moment = "before" | "after";

/** Lets a tab die at its n-th call. From then on it does nothing more. Returns the way to its vault for the next tab. */
function killAt(device: TestDevice, n: number, moment: Moment): () => void {
  const { store } = device;
  const whole: SyncStore = { ...store };
  let calls = 0;
  const killed = (): Promise<never> => Promise.reject(new Error("The tab is gone."));
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls > n || (calls === n && moment === "before")) return killed();
    const result = await work();
    return calls >= n ? killed() : result;
  };
  for (const [name, call] of Object.entries(whole) as [string, (...of: unknown[]) => never][])
    Object.assign(store, { [name]: (...of: unknown[]) => counted(async () => call(...of)) });
  device.wire.before = () => {
    calls += 1;
    if (calls > n || (calls === n && moment === "before")) throw new Error("The tab is gone.");
  };
  device.wire.after = () => {
    if (calls >= n) throw new Error("The tab is gone.");
  };
  return () => {
    Object.assign(store, whole);
    delete device.wire.before;
    delete device.wire.after;
  };
}

const textsOf = ({ records }: Pick<TestDevice, "records">): string[] =>
  [...records.values()].map(({ id, text, tags }) => `${id} ${text} ${tags.join()}`).toSorted();

/** Kills at every call there is, until one is never reached. */
async function atEveryCall(
  run: (kill: (device: TestDevice) => () => void) => Promise<boolean>,
): Promise<number> {
  let n = 0;
  for (let reached = true; reached;) {
    n += 1;
    reached = false;
    for (const moment of ["before", "after"] as const)
      reached = (await run((device) => killAt(device, n, moment))) || reached;
  }
  return n;
}

const failed = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => false,
    () => true,
  );

describe("a tab that is killed at any call", () => {
  test("while it reads page after page has read whole pages or nothing, and the next tab reads the rest", async () => {
    const calls = await atEveryCall(async (kill) => {
      const fleet = await createFleet(2);
      const [a, b] = [fleet.device(0), fleet.device(1)];
      for (let i = 1; i <= 14; i += 1) a.write(noteOf(i, `text ${i}`, fleet.clock.ms));
      await a.engine.now();
      a.edit(idOf(3), { text: "edited", textHash: "hash:edited" });
      a.forget(idOf(4));
      await a.engine.now();
      b.write(noteOf(20, "from here", fleet.clock.ms));

      const revive = kill(b);
      const wasKilled = await failed(b.engine.pull());
      revive();
      const { cursor } = (await b.store.state()) ?? { cursor: null };
      const held = new Set((await b.store.dots()).map(({ dot }) => dot));
      const read = fleet.server.rows.filter(({ seq }) => seq <= (cursor?.seq ?? 0));
      // What stands before the place that was stored was stored with it, and nothing behind it was.
      for (const { dot } of read) if (dot !== undefined) expect(held.has(dot)).toBe(true);
      expect(held.size).toBe(read.filter(({ dot }) => dot !== undefined).length);

      const next = b.reopen();
      await next.engine.now();
      await a.engine.now();
      expect(textsOf(next)).toEqual(textsOf(a));
      expect(next.records.size).toBe(14);
      expect((await next.engine.status()).pending).toBe(0);
      return wasKilled;
    });
    expect(calls).toBeGreaterThan(20);
  }, 120_000);

  test.each(["now", "send"] as const)(
    "while it sends (%s) loses no change, and sends none twice",
    async (how) => {
      const calls = await atEveryCall(async (kill) => {
        const fleet = await createFleet(2);
        const [a, b] = [fleet.device(0), fleet.device(1)];
        for (let i = 1; i <= 3; i += 1) a.write(noteOf(i, `text ${i}`, fleet.clock.ms));
        await a.engine.now();
        await b.engine.now();
        b.edit(idOf(1), { text: "theirs", textHash: "hash:theirs", updatedAt: fleet.clock.ms + 1 });
        if (how === "send") await b.engine.now();
        fleet.clock.ms += 5;
        a.edit(idOf(2), { tags: ["mine"], updatedAt: fleet.clock.ms });
        a.forget(idOf(3));
        a.write(noteOf(4, "new", fleet.clock.ms));

        const revive = kill(a);
        const wasKilled = await failed(a.engine[how]());
        revive();
        const next = a.reopen();
        await next.engine.now();
        await b.engine.now();
        await next.engine.now();
        expect(textsOf(next)).toEqual(textsOf(b));
        expect(textsOf(b)).toEqual([
          `${idOf(1)} theirs `,
          `${idOf(2)} text 2 mine`,
          `${idOf(4)} new `,
        ]);
        expect((await next.engine.status()).pending).toBe(0);
        // One row a record: nothing was sent beside itself.
        const rows = (await b.store.dots()).map(({ record }) => record);
        expect(new Set(rows).size).toBe(rows.length);
        return wasKilled;
      });
      expect(calls).toBeGreaterThan(10);
    },
    120_000,
  );
});

describe("pages", () => {
  test("are fetched and read while the one before is being written", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    for (let i = 1; i <= 14; i += 1) a.write(noteOf(i, `text ${i}`, fleet.clock.ms));
    await a.engine.now();
    const order: string[] = [];
    const { apply } = b.store;
    let write = 0;
    b.wire.before = (name) => void (name === "sync.pull" && order.push("fetch"));
    b.store.apply = async (change) => {
      const number = (write += 1);
      order.push(`write ${number}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const applied = await apply(change);
      order.push(`written ${number}`);
      return applied;
    };
    await b.engine.pull();
    expect(order).toEqual([
      "fetch",
      "fetch",
      "write 1",
      "fetch",
      "written 1",
      "write 2",
      "written 2",
      "write 3",
      "written 3",
    ]);
    expect(b.records.size).toBe(14);
  });

  test("behind one that could not be written are not taken in, and nothing of them is under way afterwards", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    for (let i = 1; i <= 19; i += 1) a.write(noteOf(i, `text ${i}`, fleet.clock.ms));
    await a.engine.now();
    const { apply } = b.store;
    let writes = 0;
    b.store.apply = async (change) => {
      writes += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (writes === 2) throw new Error("The disk is full.");
      return apply(change);
    };
    await expect(b.engine.pull()).rejects.toThrow("The disk is full.");
    expect(writes).toBe(2);
    const cursor = (await b.store.state())?.cursor;
    expect(cursor?.seq).toBe(5);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(writes).toBe(2);
    expect((await b.store.state())?.cursor).toEqual(cursor);
    await b.engine.pull();
    expect(b.records.size).toBe(19);
  });

  test("are given up in the middle when the caller does, whole up to there", async () => {
    const fleet = await createFleet(2);
    const [a, b] = [fleet.device(0), fleet.device(1)];
    for (let i = 1; i <= 19; i += 1) a.write(noteOf(i, `text ${i}`, fleet.clock.ms));
    await a.engine.now();
    const end = new AbortController();
    let fetched = 0;
    b.wire.after = () => {
      fetched += 1;
      if (fetched === 2) end.abort(new Error("enough"));
    };
    await expect(b.engine.pull(end.signal)).rejects.toThrow("enough");
    delete b.wire.after;
    const seq = (await b.store.state())?.cursor?.seq ?? 0;
    expect(b.records.size).toBe(Math.max(seq - 1, 0));
    await b.engine.pull();
    expect(b.records.size).toBe(19);
  });
});
