import { expect, test } from "vitest";
import { openDexieVault } from "./dexie-vault.ts";
import { runSyncStoreContract, type SyncStoreHarness } from "./sync-store.contract.ts";
import { batchOf, bytes, draft } from "./vault-fixtures.ts";
import type { Vault, VaultChange } from "./vault.ts";

const openVault = async (name: string): Promise<Vault> =>
  (await openDexieVault({ name, now: () => 1 })).vault;

runSyncStoreContract(async (): Promise<SyncStoreHarness> => {
  const vault = await openVault(`sync-${crypto.randomUUID()}`);
  return {
    store: await vault.sync(),
    add: async (one) => void (await vault.commit(batchOf(one))),
    edit: async (id, text) =>
      void (await vault.modify(
        id,
        (row) => ({ ...row, text }),
        () => bytes(1),
      )),
    remove: async (id) => void (await vault.remove([id], [])),
    textOf: async (id) => (await vault.get([id]))[0]?.text ?? null,
    close: () => vault.destroy(),
  };
});

test("another tab hears of pulled records", async () => {
  const name = `sync-${crypto.randomUUID()}`;
  const [vault, tab] = [await openVault(name), await openVault(name)];
  const heard: VaultChange[] = [];
  tab.onChange((change) => heard.push(change));
  const one = draft();
  await (
    await vault.sync()
  ).apply({
    state: {
      generation: 0,
      cursor: null,
      chains: [],
      named: [],
      early: [],
      owed: [],
      orphans: [],
      bare: [],
      claims: [],
      nextSeq: 1,
      resealBelow: 0,
      lastSyncedAt: null,
    },
    manifests: [],
    dots: [],
    gone: [],
    records: [
      {
        row: { key: "k", id: one.id, shape: null, shown: "", others: [] },
        memory: { draft: one, entry: bytes(1), nodes: [], vector: null, lost: [] },
        from: null,
        send: false,
      },
    ],
  });
  await expect.poll(() => heard.flatMap(({ ids }) => ids)).toEqual([one.id]);
  await tab.close();
  await vault.destroy();
});
