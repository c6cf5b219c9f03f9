import { afterEach, expect, test } from "vitest";
import { founded, openProfile } from "../sync/sync.fixture.ts";
import { unsetSyncServerUrl } from "../testing/sync-server.ts";
import { toBase64url } from "../wire/base64url.ts";
import { DEFAULT_QUOTAS, LIMITS } from "../wire/limits.ts";
import { openSyncedDevice, type SyncedDevice } from "./synced-device.fixture.ts";

const open: SyncedDevice[] = [];
afterEach(async () => {
  for (const { vault } of open.splice(0)) await vault.destroy();
});

test("a vault of more full pushes than the pushes a minute goes up at once, to a server that nobody set", async () => {
  const profile = await openProfile(unsetSyncServerUrl());
  const { membership } = await founded(profile);
  const device = await openSyncedDevice(membership);
  open.push(device);
  const count = LIMITS.batchItems * (DEFAULT_QUOTAS.pushesPerMinute + 2);
  for (let at = 0; at < count; at += 2_000)
    await device.turns.storeNotes(
      Array.from({ length: Math.min(2_000, count - at) }, (_, n) => ({
        text: `The ${at + n}th thing.`,
      })),
      {},
      Date.now(),
      "refuse",
    );

  profile.calls.length = 0;
  await device.engine.now();
  expect(profile.calls.filter((name) => name === "sync.push")).toHaveLength(
    DEFAULT_QUOTAS.pushesPerMinute + 2,
  );
  const named = { vaultId: toBase64url(membership.vaultId) };
  expect((await membership.call("vault.status", named)).entries).toBe(count);
  expect(await device.engine.status()).toMatchObject({ pending: 0 });
}, 300_000);
