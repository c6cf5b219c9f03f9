import { createListeners, vaultKey, type Bus } from "./bus.ts";

/** For one server on its database: who pushes and who listens are in this process. */
export function createInProcessBus(): Bus {
  const listeners = createListeners();
  return {
    publish: (vaultId) => listeners.wake(vaultKey(vaultId)),
    subscribe: (vaultId, wake) => listeners.add(vaultKey(vaultId), wake),
    close: async () => undefined,
  };
}
