import { signal, type ReadonlySignal } from "@preact/signals";
import type { Memory } from "@alcove/sdk";
import { explain, type Explanation } from "./explain.ts";

export interface VaultHealth {
  readonly state: ReadonlySignal<"opening" | "ready" | "down">;
  readonly problem: ReadonlySignal<Explanation | null>;
  readonly records: ReadonlySignal<number | null>;
  dismiss(): void;
}

/** Watches whether the vault can be used, and how much it holds. */
export function createVaultHealth(memory: Memory): VaultHealth {
  const state = signal<"opening" | "ready" | "down">("opening");
  const problem = signal<Explanation | null>(null);
  const records = signal<number | null>(null);
  let counting = false;
  let again = false;

  const count = async (): Promise<void> => {
    if (counting) {
      again = true;
      return;
    }
    counting = true;
    try {
      records.value = (await memory.stats()).records;
    } catch {
      records.value = null;
    }
    counting = false;
    if (again) {
      again = false;
      void count();
    }
  };

  memory.ready().then(
    () => {
      state.value = "ready";
      void count();
    },
    (error: unknown) => {
      state.value = "down";
      problem.value = explain(error);
    },
  );
  memory.on("changed", () => void count());
  memory.on("error", (error) => {
    if (error.code.startsWith("vault/") || error.code.startsWith("engine/"))
      problem.value = explain(error);
  });
  return {
    state,
    problem,
    records,
    dismiss() {
      problem.value = null;
    },
  };
}
