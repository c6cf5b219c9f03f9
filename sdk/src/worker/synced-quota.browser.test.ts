import { afterEach, expect, test } from "vitest";
import { founded, linked, openProfile } from "../sync/sync.fixture.ts";
import { toMemoryError } from "../sync/server-problem.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { openSyncedDevice, type SyncedDevice } from "./synced-device.fixture.ts";

const url = syncServerUrl();
const SLOW = 60_000;
const open: SyncedDevice[] = [];
const { put, add } = IDBObjectStore.prototype;
afterEach(async () => {
  Object.assign(IDBObjectStore.prototype, { put, add });
  for (const { vault } of open.splice(0)) await vault.destroy();
});

/** From the write of this number on the disk is full. Returns how many came. */
function fillDisk(after: number): () => number {
  let writes = 0;
  const full = (real: typeof put): typeof put =>
    function (this: IDBObjectStore, ...given) {
      writes += 1;
      if (writes > after) throw new DOMException("The disk is full.", "QuotaExceededError");
      return real.apply(this, given);
    };
  Object.assign(IDBObjectStore.prototype, { put: full(put), add: full(add) });
  return () => writes;
}

const texts = async ({ vault }: SyncedDevice) =>
  (await vault.scan(0, 100)).map(({ text }) => text).toSorted();

test(
  "a disk that is full in the middle of a pull is told as that; what was here stays, what waits is sent once there is room",
  async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const [a, b] = [await openSyncedDevice(membership), await openSyncedDevice(second.membership)];
    open.push(a, b);
    const note = (text: string) => ({ text });
    await a.turns.storeNotes(
      Array.from({ length: 12 }, (_, n) => note(`From the first device ${n}.`)),
      {},
      Date.now(),
      "refuse",
    );
    await a.engine.now();
    await b.turns.storeNotes([note("Written before the disk was full.")], {}, Date.now(), "refuse");

    let room = 0;
    let refused = 0;
    for (;;) {
      const writes = fillDisk(room);
      const end = await b.engine.now().then(
        () => null,
        (error: unknown) => toMemoryError(error),
      );
      Object.assign(IDBObjectStore.prototype, { put, add });
      if (end === null) break;
      expect(end).toMatchObject({ code: "vault/quota" });
      refused += 1;
      // All of a page or nothing of it; and what was written here is still here and still waits.
      expect([1, 13]).toContain((await texts(b)).length);
      expect(await texts(b)).toContain("Written before the disk was full.");
      room = Math.max(room + 1, Math.ceil(writes() * 1.05));
      if (refused > 60) throw new Error("It never fits.");
    }
    expect(refused).toBeGreaterThan(3);
    await a.engine.now();
    expect(await texts(b)).toHaveLength(13);
    expect(await texts(a)).toEqual(await texts(b));
    expect(await b.find("first device 7")).toContain("From the first device 7.");
    expect((await b.engine.status()).pending).toBe(0);
  },
  SLOW,
);
