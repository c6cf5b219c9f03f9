import { runSyncStoreContract } from "../vault/sync-store.contract.ts";
import { createMemoryDevice } from "./memory-store.fixture.ts";

// The fixture that random histories run on keeps to what the vault keeps to.
runSyncStoreContract(async () => {
  const device = createMemoryDevice();
  return {
    store: device.store,
    add: async (one) => device.write(one),
    edit: async (id, text) => device.edit(id, { text }),
    remove: async (id) => device.forget(id),
    textOf: async (id) => device.records.get(id)?.text ?? null,
    close: async () => undefined,
  };
});
