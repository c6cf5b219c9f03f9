import { afterEach, describe, expect, test } from "vitest";
import type { KeyPair } from "./curves.ts";
import { keepDeviceKeys, loadDeviceKeys, newDeviceKeys } from "./device-keys.ts";
import { openKeyBox, type KeyBox } from "./key-box.ts";
import { openSuite } from "./open-suite.ts";

let made = 0;
const names: string[] = [];
async function newBox(): Promise<KeyBox> {
  made += 1;
  const name = `keys-test-${made}`;
  names.push(name);
  return openKeyBox(indexedDB, name);
}

afterEach(() => {
  for (const name of names.splice(0)) indexedDB.deleteDatabase(name);
});

describe.each([
  ["webcrypto", false],
  ["javascript", true],
] as const)("%s", (name, skipWebCurves) => {
  test("keys survive being stored, and are used by whoever opens the box next", async () => {
    const keys = await newBox();
    const { suite, durable } = await openSuite({ crypto, keys, skipWebCurves });
    expect([suite.curves.name, durable]).toEqual([name, true]);
    const pair = await suite.curves.newSigningKey();
    await keys.put("signing", pair);
    keys.close();

    const again = await openKeyBox(indexedDB, names.at(-1) ?? "");
    const kept = (await again.get("signing")) as KeyPair;
    const signature = await suite.curves.sign(kept, new Uint8Array([1]));
    expect(await suite.verify(pair.publicKey, signature, new Uint8Array([1]))).toBe(true);
    const key = "wrapped" in kept.secret ? kept.secret.by : kept.secret;
    expect(key.extractable).toBe(false);
    expect(await again.get(`probe:${name}`)).toBeUndefined();
    again.close();
  });
});

test("where a browser stores curve keys and reads back nothing, JavaScript takes over", async () => {
  const keys = await newBox();
  const forgetful: KeyBox = {
    ...keys,
    get: async (name) => {
      const value = await keys.get(name);
      const lost =
        (value as { sealing?: KeyPair } | undefined)?.sealing?.secret instanceof CryptoKey;
      return lost ? null : value;
    },
  };
  const { suite, durable } = await openSuite({ crypto, keys: forgetful });
  expect([suite.curves.name, durable]).toEqual(["javascript", true]);
  keys.close();
});

test("a device that began with JavaScript keeps its keys when its browser learns the curves", async () => {
  const keys = await newBox();
  const before = await openSuite({ crypto, keys, skipWebCurves: true });
  await keepDeviceKeys(keys, await newDeviceKeys(before.suite));
  const { suite } = await openSuite({ crypto, keys });
  expect(suite.curves.name).toBe("javascript");
  expect(await loadDeviceKeys(suite, keys)).toHaveProperty("deviceId");
  keys.close();
});

test("where no key can be stored at all, they work until the tab closes", async () => {
  const keys = await newBox();
  const closed: KeyBox = {
    ...keys,
    put: async () => {
      throw new DOMException("no keys here", "DataCloneError");
    },
  };
  const { suite, durable } = await openSuite({ crypto, keys: closed });
  expect([suite.curves.name, durable]).toEqual(["javascript", false]);
  const pair = await suite.curves.newSigningKey();
  const signature = await suite.curves.sign(pair, new Uint8Array([1]));
  expect(await suite.verify(pair.publicKey, signature, new Uint8Array([1]))).toBe(true);
  keys.close();
});

test("what cannot be cloned is refused, and what was kept stays", async () => {
  const keys = await newBox();
  await keys.put("kept", new Uint8Array([1]));
  await expect(keys.put("kept", () => 0)).rejects.toThrow();
  expect(await keys.get("kept")).toEqual(new Uint8Array([1]));
  await keys.remove("kept");
  expect(await keys.get("kept")).toBeUndefined();
  keys.close();
});
