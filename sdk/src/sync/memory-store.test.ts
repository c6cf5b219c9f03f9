import { runSyncStoreContract } from "../vault/sync-store.contract.ts";
import { createMemoryDevice } from "./memory-store.fixture.ts";

// The fixture that random histories run on keeps to what the vault keeps to.
runSyncStoreContract(async () => {
  const device = createMemoryDevice();
  return {
    store: device.store,
    add: async (one) => device.write(one),
    edit: async (id, text) => device.edit(id, { text }),
    remove: async (id, why) => (why ? device.vault.erase([id], why) : device.forget(id)),
    removeAll: async () => device.forgetAll(),
    textOf: async (id) => device.records.get(id)?.text ?? null,
    close: async () => undefined,
  };
});
