import * as Comlink from "comlink";
import { loadKernels } from "../src/engine/kernels/load-kernels.ts";
import { createRowFiles } from "../src/engine/vectors/row-file.ts";
import { createVectorSpaces, type VectorSpaces } from "../src/engine/vectors/vector-spaces.ts";
import { openDexieVault } from "../src/vault/dexie-vault.ts";
import { openPrivateFolder } from "../src/vault/private-folder.ts";
import type { Vault } from "../src/vault/vault.ts";

/** A vault and its vectors in a real worker, where files can be read row by row, for a test to call. */
let opened: { readonly vault: Vault; readonly spaces: VectorSpaces } | null = null;

const api = {
  async open(name: string, space: string, dimensions: number, memoryBudget: number) {
    const { vault } = await openDexieVault({ name, now: Date.now });
    const lock = <T>(held: string, work: () => Promise<T>): Promise<T> =>
      navigator.locks.request(`${name}:${held}`, work) as Promise<T>;
    const spaces = createVectorSpaces({
      store: vault.vectors,
      loadKernels,
      lock: (work) => lock("chunks", work),
      newId: () => crypto.randomUUID(),
      pause: () => Promise.resolve(),
      onProblem: (error) => {
        throw error;
      },
      memoryBudget,
      files: createRowFiles({ openFolder: (create) => openPrivateFolder(name, create), lock }),
    });
    vault.onChange((change) => {
      if (!change.own) void spaces.follow(change);
    });
    await spaces.open(space, dimensions);
    opened = { vault, spaces };
    return stats();
  },
  stats,
  async put(seqs: readonly number[], vectors: Float32Array) {
    return (await it().spaces.opened()[0]?.put(seqs, vectors))?.length;
  },
  async maintain() {
    await it().spaces.maintain(true);
    return stats();
  },
  async search(query: Float32Array, k: number) {
    return it().spaces.opened()[0]?.search(query, k);
  },
  async forget(id: string, seq: number) {
    await navigator.locks.request(`${it().vault.name}:chunks`, async () => {
      const rewrites = await it().spaces.without([seq]);
      await it().vault.remove([id], [], [], rewrites);
      await it().spaces.forgotten([seq]);
    });
  },
  async close() {
    it().spaces.close();
    await it().vault.close();
  },
};

function it(): NonNullable<typeof opened> {
  if (opened === null) throw new Error("Nothing is open.");
  return opened;
}

function stats() {
  return it().spaces.opened()[0]?.stats();
}

export type VectorWorkerApi = typeof api;

Comlink.expose(api);
