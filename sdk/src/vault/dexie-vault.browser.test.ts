import { describe, expect, it } from "vitest";
import { openDexieVault } from "./dexie-vault.ts";
import { batchOf, draft } from "./vault-fixtures.ts";
import { runVaultContract } from "./vault.contract.ts";

/** What a large vault does with rows that come many at a time, done with every row. */
const packed = { packFrom: 1 };

describe("dexie vault on IndexedDB, every row on a page that can be", () => {
  runVaultContract(
    async (name) => (await openDexieVault({ name, now: () => Date.now(), ...packed })).vault,
  );
});

describe("dexie vault on IndexedDB", () => {
  runVaultContract(async (name) => (await openDexieVault({ name, now: () => Date.now() })).vault);

  it("asks for strict durability where a user's words are written or removed, and not for thread marks", async () => {
    const { transaction } = IDBDatabase.prototype;
    const asked: string[] = [];
    // Dexie binds the function when it opens, so the ear is laid on before that.
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      const made = transaction.call(this, stores, mode, options);
      if (mode === "readwrite" && this.name.startsWith("alcove:")) asked.push(made.durability);
      return made;
    };
    try {
      const name = `durability-${crypto.randomUUID()}`;
      const { vault } = await openDexieVault({ name, now: () => 1 });
      const [row] = await vault.commit(batchOf(draft()));
      await vault.modifyThread("t", () => ({
        id: "t",
        scopeKey: "",
        leaf: "",
        createdAt: 1,
        updatedAt: 1,
      }));
      await vault.remove([row?.id ?? ""], []);
      await vault.destroy();
    } finally {
      IDBDatabase.prototype.transaction = transaction;
    }
    expect(asked).toEqual(["strict", "relaxed", "strict"]);
  });
});
