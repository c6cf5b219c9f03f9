/**
 * Tells streams that there may be something new in a vault. Only ever a hint: it may come late, twice or for nothing, and after a
 * broken connection everybody is woken. Whoever is woken reads the store.
 */
export interface Bus {
  publish(vaultId: Uint8Array): void;
  /** @returns a function that ends it */
  subscribe(vaultId: Uint8Array, wake: () => void): () => void;
  close(): Promise<void>;
}

/** The listeners of one process. */
export interface Listeners {
  add(key: string, wake: () => void): () => void;
  wake(key: string): void;
  wakeAll(): void;
}

export function createListeners(): Listeners {
  const byKey = new Map<string, Set<() => void>>();
  return {
    add(key, wake) {
      const wakes = byKey.get(key) ?? new Set();
      byKey.set(key, wakes.add(wake));
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0 && byKey.get(key) === wakes) byKey.delete(key);
      };
    },
    wake(key) {
      for (const wake of byKey.get(key) ?? []) wake();
    },
    wakeAll() {
      for (const wakes of byKey.values()) for (const wake of wakes) wake();
    },
  };
}

export function vaultKey(vaultId: Uint8Array): string {
  return Buffer.from(vaultId).toString("hex");
}
