import { afterEach, describe, expect, test } from "vitest";
import { createMemory, deleteVault, type Memory, type SyncStatus } from "../index.ts";
import { databaseName, keysDatabaseName } from "../vault/schema.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { RENEWED } from "./sync-types.ts";
import { changeRows, copyDatabase, deleteDatabase, putRow } from "./profile-copy.fixture.ts";

const url = syncServerUrl();
const SLOW = 60_000;
const open: { readonly memory: Memory; readonly vault: string }[] = [];

async function openVault(vault: string): Promise<Memory> {
  const memory = createMemory({ vault });
  open.push({ memory, vault });
  await memory.ready();
  return memory;
}

afterEach(async () => {
  for (const { memory, vault } of open.splice(0)) {
    await memory.close();
    await deleteVault(vault);
  }
});

async function shared(vault: string): Promise<{ memory: Memory; phrase: string }> {
  const memory = await openVault(vault);
  const { phrase, confirm } = await memory.sync.create({ url });
  await confirm("waived");
  return { memory, phrase };
}

const nameOf = () => `copied-${crypto.randomUUID()}`;

async function texts(memory: Memory): Promise<string[]> {
  return (await memory.list()).records.map(({ text }) => text).toSorted();
}

async function settle(...memories: readonly Memory[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) for (const { sync } of memories) await sync.now();
}

/** Once the vault is open and sync has said how it stands. */
async function told(memory: Memory, wanted: (status: SyncStatus) => boolean): Promise<SyncStatus> {
  await expect.poll(() => wanted(memory.sync.status()), { timeout: 10_000 }).toBe(true);
  return memory.sync.status();
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "resolved",
    (error: { readonly code?: unknown }) => error.code,
  );

/** The vault and the keys of one profile, as a copy of its files would have them. */
async function copyProfile(from: string, to: string): Promise<void> {
  await copyDatabase(databaseName(from), databaseName(to));
  await copyDatabase(keysDatabaseName(from), keysDatabaseName(to));
}

describe("a browser profile that was copied", () => {
  test(
    "goes on as two devices: both keep all that either wrote, nothing forgotten comes back, and it is told",
    async () => {
      const [vault, copy] = [nameOf(), nameOf()];
      const { memory: before, phrase } = await shared(vault);
      const [kept, gone] = await before.add([
        { text: "Known before the copy" },
        { text: "Forgotten after the copy" },
      ]);
      await before.sync.now();
      await before.close();
      open.pop();
      await copyProfile(vault, copy);

      const original = await openVault(vault);
      await original.add({ text: "By the original" });
      await original.update(kept?.id ?? "", { text: "Edited by the original" });
      await original.forget({ ids: [gone?.id ?? ""] });
      await original.sync.now();
      await original.sync.now();

      const twin = await openVault(copy);
      await twin.add({ text: "By the copy" });
      await twin.sync.now();
      await told(twin, ({ problem }) => problem?.code === "sync/device-forked");
      await settle(twin, original);
      const all = ["By the copy", "By the original", "Edited by the original"];
      expect(await texts(twin)).toEqual(all);
      expect(await texts(original)).toEqual(all);
      expect(original.sync.status()).toMatchObject({ pending: 0, problem: null });
      expect(twin.sync.status()).toMatchObject({ state: "idle", pending: 0 });

      const devices = await twin.sync.devices();
      expect(devices.filter(({ removed }) => !removed)).toHaveLength(2);
      const own = devices.find(({ isThis }) => isThis)?.id;
      expect((await original.sync.devices()).find(({ isThis }) => isThis)?.id).not.toBe(own);

      // Both go on, also after a restart, and a third sees all.
      await twin.close();
      open.splice(
        open.findIndex(({ memory }) => memory === twin),
        1,
      );
      const again = await openVault(copy);
      await again.add({ text: "After the restart" });
      await settle(again, original);
      // It was told once.
      expect(again.sync.status().problem).toBe(null);
      expect(await texts(original)).toContain("After the restart");
      const third = await openVault(nameOf());
      await third.sync.join({ url, phrase });
      await third.sync.now();
      expect(await texts(third)).toEqual(["After the restart", ...all].toSorted());
    },
    SLOW,
  );

  test(
    "whose tab was killed before it could tell of its new identity tells it at the next start, and then no more",
    async () => {
      const vault = nameOf();
      const { memory: before } = await shared(vault);
      await before.close();
      open.pop();
      await putRow(keysDatabaseName(vault), "keys", RENEWED, true);
      const memory = await openVault(vault);
      await told(memory, ({ problem }) => problem?.code === "sync/device-forked");
      await memory.sync.now();
      await told(memory, ({ problem }) => problem?.code === "sync/device-forked");
      await memory.close();
      open.pop();
      const again = await openVault(vault);
      await again.sync.now();
      expect(again.sync.status().problem).toBe(null);
    },
    SLOW,
  );

  test(
    "with changes that neither had sent: both send theirs, whoever comes first",
    async () => {
      const [vault, copy] = [nameOf(), nameOf()];
      const { memory: before } = await shared(vault);
      const [record] = await before.add({ text: "Known to both" });
      await before.sync.now();
      await before.close();
      open.pop();
      await copyProfile(vault, copy);
      const [original, twin] = [await openVault(vault), await openVault(copy)];
      await original.update(record?.id ?? "", { text: "Edited by one" });
      await twin.update(record?.id ?? "", { text: "Edited by the other", tags: ["other"] });
      await original.add({ text: "New of one" });
      await twin.add({ text: "New of the other" });
      await Promise.all([original.sync.now(), twin.sync.now()].map((run) => run.catch(() => null)));
      await settle(original, twin);
      expect(await texts(twin)).toEqual(await texts(original));
      expect(await texts(original)).toEqual(
        expect.arrayContaining(["New of one", "New of the other"]),
      );
      const history = await original.history(record?.id ?? "");
      expect(history.map(({ text }) => text)).toEqual(
        expect.arrayContaining(["Edited by one", "Edited by the other"]),
      );
      const active = (await original.sync.devices()).filter(({ removed }) => !removed);
      expect(active).toHaveLength(2);
    },
    SLOW,
  );

  test(
    "whose device was removed meanwhile does not let itself in again, and keeps its memories",
    async () => {
      const [vault, copy] = [nameOf(), nameOf()];
      const { memory: first, phrase } = await shared(nameOf());
      const before = await openVault(vault);
      await before.sync.join({ url, phrase });
      await before.add({ text: "Known before the copy" });
      await before.sync.now();
      const own = (await before.sync.devices()).find(({ isThis }) => isThis)?.id ?? "";
      await before.close();
      open.splice(
        open.findIndex(({ memory }) => memory === before),
        1,
      );
      await copyProfile(vault, copy);
      const original = await openVault(vault);
      await original.add({ text: "By the original" });
      await original.sync.now();
      await first.sync.now();
      await first.sync.revoke(own);
      const twin = await openVault(copy);
      await twin.add({ text: "By the copy" });
      expect(await codeOf(twin.sync.now())).toBe("sync/removed");
      expect(await texts(twin)).toEqual(["By the copy", "Known before the copy"]);
      expect((await first.sync.devices()).filter(({ removed }) => !removed)).toHaveLength(1);
    },
    SLOW,
  );
});

describe("keys that a browser can no longer read", () => {
  test.each([
    ["back as null, the whole row", () => null],
    [
      "back as null, one of them",
      (device: { readonly signing: object }) => ({
        ...device,
        signing: { ...device.signing, secret: null },
      }),
    ],
    ["without the one that seals", (device: object) => ({ ...device, local: null })],
  ])(
    "come %s: it is told, memories stay, and the phrase brings the device back with all of them",
    async (_, change) => {
      const vault = nameOf();
      const { memory: before, phrase } = await shared(vault);
      await before.add({ text: "Sent before" });
      await before.sync.now();
      await before.close();
      open.pop();
      await changeRows(keysDatabaseName(vault), "keys", (key, row) =>
        key === "device" ? (change as (device: unknown) => unknown)(row) : row,
      );
      const memory = await openVault(vault);
      await memory.add({ text: "Written without keys" });
      const status = await told(memory, ({ problem }) => problem !== null);
      expect(status.problem?.code).toBe("sync/keys-lost");
      expect(await codeOf(memory.sync.now())).toBe("sync/keys-lost");
      expect(await texts(memory)).toEqual(["Sent before", "Written without keys"]);
      await memory.sync.disable();
      await memory.sync.join({ url, phrase });
      await memory.sync.now();
      expect(await texts(memory)).toEqual(["Sent before", "Written without keys"]);
      const other = await openVault(nameOf());
      await other.sync.join({ url, phrase });
      await other.sync.now();
      expect(await texts(other)).toEqual(["Sent before", "Written without keys"]);
    },
    SLOW,
  );
});

test(
  "an origin that was evicted comes back by the phrase, to the same memories under the same ids",
  async () => {
    const vault = nameOf();
    const { memory, phrase } = await shared(vault);
    await memory.add([
      { text: "The ferry leaves at nine", tags: ["travel"], pinned: true },
      { text: "Oat milk, not soy" },
    ]);
    await memory.sync.now();
    const before = (await memory.list()).records;
    await memory.close();
    open.pop();
    await deleteDatabase(databaseName(vault));
    await deleteDatabase(keysDatabaseName(vault));
    const fresh = await openVault(vault);
    expect(fresh.sync.status()).toMatchObject({ state: "off" });
    expect(await texts(fresh)).toEqual([]);
    await fresh.sync.join({ url, phrase });
    await fresh.sync.now();
    const after = (await fresh.list()).records;
    const byId = (records: typeof before) => records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(after)).toEqual(byId(before));
    expect((await fresh.search("ferry"))[0]?.text).toBe("The ferry leaves at nine");
  },
  SLOW,
);
