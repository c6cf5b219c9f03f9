import { expect, it } from "vitest";
import { deleteVault, listVaults } from "./catalog.ts";
import { openDexieVault } from "./dexie-vault.ts";
import { codeOf } from "./vault-fixtures.ts";

it("is inert on a server: importing touches nothing, and every call says why it cannot be", async () => {
  expect("indexedDB" in globalThis).toBe(false);
  expect(Symbol.for("Dexie") in globalThis).toBe(false);
  expect(await codeOf(openDexieVault({ name: "any", now: () => 1 }))).toBe("vault/unavailable");
  expect(await codeOf(listVaults())).toBe("vault/unavailable");
  expect(await codeOf(deleteVault("any"))).toBe("vault/unavailable");
});
