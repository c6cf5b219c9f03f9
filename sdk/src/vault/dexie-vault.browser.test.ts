import { describe } from "vitest";
import { openDexieVault } from "./dexie-vault.ts";
import { runVaultContract } from "./vault.contract.ts";

describe("dexie vault on IndexedDB", () => {
  runVaultContract(async (name) => (await openDexieVault({ name, now: () => Date.now() })).vault);
});
