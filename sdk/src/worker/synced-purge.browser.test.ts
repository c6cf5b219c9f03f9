import { afterEach, expect, test } from "vitest";
import { founded, linked, openProfile } from "../sync/sync.fixture.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { createDexieSyncStore } from "../vault/dexie-sync-store.ts";
import { toBase64url } from "../wire/base64url.ts";
import { openSyncedDevice, type SyncedDevice } from "./synced-device.fixture.ts";

const url = syncServerUrl();
const SLOW = 60_000;
const DAY_MS = 86_400_000;
const open: SyncedDevice[] = [];
afterEach(async () => {
  for (const { vault } of open.splice(0)) await vault.destroy();
});

test(
  "a tombstone leaves the real server once every device has signed that it saw it, one that only reads among them",
  async () => {
    let days = 0;
    const now = () => Date.now() + days * DAY_MS;
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const third = await linked(url, first, membership);
    const all = [membership, second.membership, third.membership];
    const devices = await Promise.all(all.map((access) => openSyncedDevice(access, { now })));
    open.push(...devices);
    const [a, b, reader] = devices as [SyncedDevice, SyncedDevice, SyncedDevice];
    const rows = async () => {
      const named = { vaultId: toBase64url(membership.vaultId) };
      return (await membership.call("vault.status", named)).entries;
    };

    const notes = ["To be forgotten.", "To be kept."].map((text) => ({ text }));
    const [gone] = await a.turns.storeNotes(notes, {}, Date.now(), "refuse");
    for (const { engine } of [a, b, reader]) await engine.now();
    await b.forget(gone?.id ?? "");
    for (const { engine } of [b, a, b]) await engine.now();
    days += 1;
    for (const { engine } of [a, b, a, b]) await engine.now();
    // It waits for the one that was not there.
    expect(await rows()).toBe(2);
    await reader.engine.now();
    days += 1;
    for (const { engine } of [reader, a, b, reader, a, b]) await engine.now();
    expect(await rows()).toBe(1);
    for (const { vault, engine } of devices) {
      expect((await vault.scan(0, 10)).map(({ text }) => text)).toEqual(["To be kept."]);
      expect((await engine.status()).pending).toBe(0);
      expect(await vault.sync(createDexieSyncStore).dots()).toHaveLength(1);
    }
  },
  SLOW,
);
