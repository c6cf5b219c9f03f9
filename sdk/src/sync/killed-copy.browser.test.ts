import { describe, expect, test } from "vitest";
import type { KeyBox } from "../crypto/key-box.ts";
import { activeDevices } from "../crypto/member-log.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { createActiveVaults, type ActiveVaults } from "./active-vault.ts";
import { DAY_MS } from "./days.ts";
import { createSyncEngine } from "./engine.ts";
import { idOf, noteOf } from "./engine.fixture.ts";
import type { SyncEngine } from "./engine-port.ts";
import { createMemoryDevice, type MemoryDevice } from "./memory-store.fixture.ts";
import { founded, openProfile, type Profile } from "./sync.fixture.ts";
import { MEMBERSHIP, RENEWED } from "./sync-types.ts";

const url = syncServerUrl();

type Moment = "before" | "after";
type Calls = Record<string, unknown>;

/** Counts what is asked of these parts; the tab dies at the call of this number, and does nothing more from then on. */
function dyingAt(call: number, moment: Moment) {
  let calls = 0;
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Error("killed");
  };
  return {
    isDead: () => isDead,
    part<T extends object>(part: T): T {
      const wrapped: Calls = {};
      for (const [name, real] of Object.entries(part as Calls)) {
        wrapped[name] = real;
        if (typeof real !== "function" || name === "textHashOf" || name === "entryOf") continue;
        wrapped[name] = async (...given: unknown[]): Promise<unknown> => {
          calls += 1;
          const mine = calls;
          if (mine > call || (mine === call && moment === "before")) die();
          const result: unknown = await (real as (...of: unknown[]) => unknown)(...given);
          if (calls > call || mine === call) die();
          return result;
        };
      }
      return wrapped as T;
    },
  };
}

/** The copy of a profile, as each of its tabs opens it. */
interface Twin {
  readonly profile: Profile;
  readonly memory: MemoryDevice;
  readonly clock: () => number;
}

function openTab(
  { profile, memory, clock }: Twin,
  { part }: Pick<ReturnType<typeof dyingAt>, "part"> = { part: (whole) => whole },
): ActiveVaults {
  const transport = part(profile.transport);
  return createActiveVaults({
    suite: profile.suite,
    box: part(profile.box),
    tab: crypto.randomUUID(),
    now: profile.now,
    createTransport: () => transport,
    createEngine: (access) =>
      createSyncEngine({
        access,
        store: part(memory.store),
        vault: part(memory.vault),
        now: clock,
      }),
    onRenewed: () => undefined,
    lock: (work) => work(),
  });
}

const texts = ({ records }: MemoryDevice) =>
  [...records.values()].map(({ text }) => text).toSorted();

async function copyKeys(from: KeyBox, to: KeyBox): Promise<void> {
  for (const name of ["device", MEMBERSHIP]) await to.put(name, await from.get(name));
}

/** A vault on two copies of one device, of which the first went on. */
async function copied(): Promise<{
  readonly original: { readonly memory: MemoryDevice; readonly engine: SyncEngine };
  readonly twin: Twin;
}> {
  const profile = await openProfile(url);
  const { membership } = await founded(profile);
  let days = 0;
  const clock = (): number => Date.now() + days * DAY_MS;
  const memory = createMemoryDevice();
  const { store, vault } = memory;
  const engine = createSyncEngine({ access: membership, store, vault, now: clock });
  for (let n = 1; n <= 4; n += 1) memory.write(noteOf(n, `known ${n}`, clock()));
  await engine.now();

  const twin = { profile: await openProfile(url), memory: memory.copy(), clock };
  await copyKeys(profile.box, twin.profile.box);
  memory.write(noteOf(10, "by the original", clock()));
  memory.edit(idOf(1), { tags: ["original"], updatedAt: clock() + 1 });
  memory.forget(idOf(2));
  memory.forget(idOf(3));
  await engine.now();
  // The tombstones leave too: there is no other device to wait for.
  days = 1;
  await engine.now();
  expect((await store.dots()).every(({ tombstone }) => !tombstone)).toBe(true);

  twin.memory.write(noteOf(20, "by the copy", clock()));
  twin.memory.edit(idOf(1), { pinned: true, updatedAt: clock() + 2 });
  twin.memory.edit(idOf(3), { text: "edited by the copy", textHash: "e", updatedAt: clock() + 2 });
  return { original: { memory, engine }, twin };
}

describe("a copied profile that takes an identity of its own", () => {
  test("killed at any call, it loses nothing, brings nothing back, makes one device of itself, and tells it", async () => {
    let call = 0;
    for (let died = true; died;) {
      call += 1;
      died = false;
      for (const moment of ["before", "after"] as const) {
        const { original, twin } = await copied();
        const death = dyingAt(call, moment);
        const end = await openTab(twin, death)
          .exclusive(({ engine }) => engine.now())
          .then(
            () => null,
            (error: unknown) => (error as Error).message,
          );
        died ||= end !== null;
        expect([null, "killed"]).toContain(end);

        const again = openTab(twin);
        await again.exclusive(({ engine }) => engine.now());
        await original.engine.now();
        await again.exclusive(({ engine }) => engine.now());
        const at = `call ${call}, ${moment}`;
        const expected = ["by the copy", "by the original", "known 1", "known 4"];
        expect(texts(twin.memory), at).toEqual(expected);
        expect(texts(original.memory), at).toEqual(expected);
        for (const { records } of [twin.memory, original.memory])
          expect(records.get(idOf(1)), at).toMatchObject({ pinned: true, tags: ["original"] });
        const here = await again.exclusive(async ({ engine, membership }) => ({
          devices: activeDevices(membership.log()).length,
          status: await engine.status(),
          copies: await engine.copies(),
        }));
        expect(here, at).toMatchObject({
          devices: 2,
          status: { pending: 0 },
          copies: [{ text: "edited by the copy" }],
        });
        expect((await original.engine.status()).pending, at).toBe(0);
        // One row a memory: nothing was sent beside itself.
        const rows = (await original.memory.store.dots()).map(({ record }) => record);
        expect(rows.length, at).toBe(new Set(rows).size);
        expect(await twin.profile.box.get(RENEWED), at).toBe(true);
      }
    }
    expect(call).toBeGreaterThan(40);
  }, 600_000);
});
