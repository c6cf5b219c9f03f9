import { afterEach, describe, expect, test } from "vitest";
import { SUITES } from "./crypto.fixture.ts";
import {
  forgetDeviceKeys,
  keepDeviceKeys,
  loadDeviceKeys,
  newDeviceKeys,
  openEpochKeys,
  sealEpochKeys,
  type DeviceKeys,
} from "./device-keys.ts";
import { openKeyBox, type KeyBox } from "./key-box.ts";

const DATABASE = "device-keys-test";
const VAULT = new Uint8Array(32).fill(1);
const EPOCHS = [
  { epoch: 1, key: new Uint8Array(32).fill(2) },
  { epoch: 2, key: new Uint8Array(32).fill(3) },
];

async function inBox<T>(use: (box: KeyBox) => Promise<T>): Promise<T> {
  const box = await openKeyBox(indexedDB, DATABASE);
  try {
    return await use(box);
  } finally {
    box.close();
  }
}

afterEach(() => {
  indexedDB.deleteDatabase(DATABASE);
});

describe.each(SUITES)("$name", ({ suite }) => {
  test("a device is the same after its tab was closed, and reads its epoch keys", async () => {
    const keys = await newDeviceKeys(suite);
    await inBox((box) => keepDeviceKeys(box, keys));
    const sealed = await sealEpochKeys(suite, keys, VAULT, EPOCHS);
    const again = (await inBox((box) => loadDeviceKeys(suite, box))) as DeviceKeys;
    expect(again.deviceId).toEqual(keys.deviceId);
    expect(await openEpochKeys(suite, again, VAULT, sealed)).toEqual(EPOCHS);
    await expect(openEpochKeys(suite, again, new Uint8Array(32), sealed)).rejects.toMatchObject({
      reason: "unreadable",
    });
    await expect(
      openEpochKeys(suite, await newDeviceKeys(suite), VAULT, sealed),
    ).rejects.toMatchObject({
      reason: "unreadable",
    });
    await expect(openEpochKeys(suite, again, VAULT, sealed.subarray(0, 5))).rejects.toMatchObject({
      reason: "unreadable",
    });
  });

  test("no secret of it can be exported", async () => {
    const { signing, sealing, local } = await newDeviceKeys(suite);
    for (const key of [
      local,
      ...[signing, sealing].map(({ secret }) => ("wrapped" in secret ? secret.by : secret)),
    ]) {
      expect(key.extractable).toBe(false);
    }
  });

  test("keys that were never kept are none; keys that cannot be used are lost, not none", async () => {
    expect(await inBox((box) => loadDeviceKeys(suite, box))).toBeNull();
    const keys = await newDeviceKeys(suite);
    for (const broken of [
      null,
      {},
      { ...keys, sealing: null },
      { ...keys, local: null },
      { ...keys, signing: { ...keys.signing, publicKey: VAULT } },
    ]) {
      await inBox((box) => box.put("device", broken));
      expect(await inBox((box) => loadDeviceKeys(suite, box))).toBe("lost");
    }
    await inBox((box) => forgetDeviceKeys(box));
    expect(await inBox((box) => loadDeviceKeys(suite, box))).toBeNull();
  });
});

test("keys of the implementation that is no longer there are lost", async () => {
  const [web, javascript] = SUITES.map(({ suite }) => suite);
  if (!web || !javascript) throw new Error("there are two");
  const keys = await newDeviceKeys(web);
  await inBox((box) => keepDeviceKeys(box, keys));
  expect(await inBox((box) => loadDeviceKeys(javascript, box))).toBe("lost");
});
