import { describe, expect, test } from "vitest";
import type { SyncStore } from "../vault/sync-store.ts";
import { createFleet, idOf, noteOf, type TestDevice, type TestFleet } from "./engine.fixture.ts";

const texts = ({ records }: TestDevice) => [...records.values()].map(({ text }) => text).toSorted();

/** The tab dies right before or right after its step of this number, counted over all that it asks of its store and of the server. */
function dieAt(device: TestDevice, step: number, when: "before" | "after"): () => number {
  let steps = 0;
  const at = (now: "before" | "after"): void => {
    if (now === "before") steps += 1;
    if (steps >= step && (when === now || steps > step)) throw new Error("killed");
  };
  const store = device.store as unknown as Record<
    string,
    (...given: unknown[]) => Promise<unknown>
  >;
  for (const name of Object.keys(store) as (keyof SyncStore)[]) {
    const real = store[name];
    if (!real) continue;
    store[name] = async (...given) => {
      at("before");
      const result = await real(...given);
      at("after");
      return result;
    };
  }
  device.wire.before = () => at("before");
  device.wire.after = () => at("after");
  return () => steps;
}

/** Has something to send, to take in, to merge and to forget, on either side. */
async function busyPair(): Promise<{
  readonly fleet: TestFleet;
  readonly a: TestDevice;
  readonly b: TestDevice;
}> {
  const fleet = await createFleet(2);
  fleet.server.pageRows = 3;
  const [a, b] = [fleet.device(0), fleet.device(1)];
  for (const n of [1, 2, 3, 4]) a.write(noteOf(n, `note ${n}`, 1000));
  for (const { engine } of [a, b, a]) await engine.now();
  b.edit(idOf(1), { text: "edited by b", textHash: "hash:b", updatedAt: 3000 });
  b.forget(idOf(2));
  b.write(noteOf(8, "new by b", 3000));
  await b.engine.now();
  a.edit(idOf(1), { text: "edited by a", textHash: "hash:a", updatedAt: 2000 });
  a.edit(idOf(2), { tags: ["too late"], updatedAt: 2000 });
  a.forget(idOf(3));
  a.write(noteOf(9, "new by a", 2000));
  return { fleet, a, b };
}

const AFTER = ["edited by b", "new by a", "new by b", "note 4"];

describe("a tab that is killed", () => {
  test.each(["before", "after"] as const)(
    "%s any step of a pull and a push loses nothing, sends nothing twice, and its device is the same after",
    async (when) => {
      let steps = Number.POSITIVE_INFINITY;
      for (let step = 1; step <= steps; step += 1) {
        const { fleet, a, b } = await busyPair();
        const real = { ...a.store };
        const count = dieAt(a, step, when);
        const end = await a.engine.now().then(
          () => "settled",
          (error: unknown) => (error as Error).message,
        );
        Object.assign(a.store, real);
        delete a.wire.before;
        delete a.wire.after;
        if (end === "settled") steps = count();
        else expect(end).toBe("killed");
        const again = a.reopen();
        for (const { engine } of [again, b, again, b]) await engine.now();
        for (const device of [again, b]) {
          expect(texts(device), `killed ${when} step ${step}`).toEqual(AFTER);
          expect((await device.engine.status()).pending).toBe(0);
        }
        // One identity, one chain: nobody was taken for two, and each new memory is one row.
        for (const n of [8, 9]) {
          const key = idOf(n).replaceAll("-", "");
          expect(await b.store.dotsOf([key])).toHaveLength(1);
        }
        expect(again.history.map(({ text }) => text)).toContain("edited by a");
        expect(fleet.server.heads.size).toBe(2);
      }
      expect(steps).toBeGreaterThan(20);
    },
    60_000,
  );
});
