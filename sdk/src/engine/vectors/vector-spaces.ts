import { MemoryError } from "../../domain/errors.ts";
import type { VectorRewrite, VectorSpaceRow, VectorStore } from "../../vault/vector-store.ts";
import type { VaultChange } from "../../vault/vault.ts";
import type { ScanKernels } from "../kernels/scan-kernels.ts";
import { createVectorMaintenance } from "./vector-maintenance.ts";
import {
  openVectorSpace,
  type OwnedSpace,
  type VectorSpace,
  type VectorSpaceDeps,
} from "./vector-space.ts";

/**
 * All embedding spaces of one open vault. Several are there while memories are embedded anew: the old space is searched until the
 * new one has a vector of every memory, then it is dropped. One per open vault, beside its document index, and called at the same
 * places: `follow`, `without` and `forgotten`, `maintain`.
 */
export interface VectorSpaces {
  /** What is stored, open or not. */
  stored(): Promise<readonly VectorSpaceRow[]>;
  /**
   * Opens a space, or makes it. A second call gives the same one.
   *
   * @throws MemoryError `usage/invalid-input`: it is stored with other dimensions
   * @throws MemoryError `vault/*`, `engine/load-failed`: no memory for its rows
   */
  open(id: string, dimensions: number): Promise<VectorSpace>;
  /** Those that are open. */
  opened(): readonly VectorSpace[];
  /** Removes a space with all its vectors. */
  drop(id: string): Promise<void>;
  /** Takes in a change that another tab made. */
  follow(change: VaultChange): Promise<void>;
  /**
   * The segments, of every stored space, that hold vectors of these records, rewritten without them, for `vault.remove`. Changes
   * nothing by itself. Call it and `vault.remove` under the maintenance lock, so that nothing is sealed or compacted between the two.
   */
  without(seqs: readonly number[]): Promise<readonly VectorRewrite[]>;
  /**
   * Drops vectors from memory at once, after the vault has removed their records or an edit has given one a new `seq`; resolves when
   * copies outside of the vault hold them no more.
   */
  forgotten(seqs: readonly number[]): Promise<void>;
  /**
   * Seals, compacts and measures what is due. Takes the maintenance lock; safe to be killed at any await. `idle`: nothing was stored
   * for a while, so that what can wait is done too.
   */
  maintain(idle: boolean): Promise<void>;
  close(): void;
}

export interface VectorSpacesDeps extends Omit<VectorSpaceDeps, "kernels" | "memoryBudget"> {
  readonly store: VectorStore;
  readonly loadKernels: () => Promise<ScanKernels>;
  /** Default 100 MiB, which are 200,000 rows of 384 dimensions; a quarter of that on a device that says it has 2 GiB or less. */
  readonly memoryBudget?: number;
}

const MEMORY_BUDGET = 100 * 2 ** 20;
const SMALL_DEVICE_GIB = 2;

export function createVectorSpaces(deps: VectorSpacesDeps): VectorSpaces {
  const { store, memoryBudget = budgetOfDevice() } = deps;
  const opening = new Map<string, Promise<OwnedSpace>>();
  const open = new Map<string, OwnedSpace>();
  /** Spaces that `without` rewrote, until it is known to be stored. */
  const rewritten = new Set<string>();
  let kernels: Promise<ScanKernels> | null = null;
  let closed = false;

  const kernelsNow = (): Promise<ScanKernels> => {
    kernels ??= deps.loadKernels();
    return kernels;
  };

  const start = async (id: string, dimensions: number): Promise<OwnedSpace> => {
    const known = (await store.spaces()).find((row) => row.id === id);
    const row = known ?? { id, dimensions, notes: {} };
    if (row.dimensions !== dimensions)
      throw new MemoryError(
        "usage/invalid-input",
        `The space is stored with ${row.dimensions} dimensions, not ${dimensions}.`,
      );
    if (known === undefined) await store.putSpace(row);
    const space = await openVectorSpace(row, {
      ...deps,
      memoryBudget,
      kernels: await kernelsNow(),
    });
    if (closed) {
      space.close();
      throw new MemoryError("usage/closed", "The memory was closed.");
    }
    open.set(id, space);
    return space;
  };

  const letGo = async (id: string): Promise<void> => {
    const space = await opening.get(id)?.catch(() => null);
    opening.delete(id);
    open.delete(id);
    space?.close();
  };

  return {
    stored: () => store.spaces(),
    open(id, dimensions) {
      const known = opening.get(id);
      if (known !== undefined) return known;
      const attempt = start(id, dimensions);
      opening.set(id, attempt);
      // A failed opening is not kept: the next one may find the browser recovered.
      attempt.catch(() => {
        if (opening.get(id) === attempt) opening.delete(id);
      });
      return attempt;
    },
    opened: () => [...open.values()],
    async drop(id) {
      await letGo(id);
      await store.dropSpace(id);
      await deps.files?.discard(id);
    },
    async follow(change) {
      const moved = (change.vectors ?? []).some(({ layout }) => layout) || change.missed === true;
      const there = moved ? new Set((await store.spaces()).map(({ id }) => id)) : null;
      for (const space of open.values()) {
        if (there?.has(space.id) === false) {
          await letGo(space.id);
          await deps.files?.discard(space.id);
        } else await space.follow(change);
      }
    },
    async without(seqs) {
      const rewrites: VectorRewrite[] = [];
      for (const row of await store.spaces()) {
        const space = open.get(row.id);
        if (space !== undefined) rewrites.push(...(await space.without(seqs)));
        else {
          const { without } = createVectorMaintenance({
            ...deps,
            space: row,
            arithmetic: (await kernelsNow()).createSpace(row.dimensions),
          });
          rewrites.push(...(await without(seqs)).map(({ change }) => change));
        }
      }
      for (const { space } of rewrites) rewritten.add(space);
      return rewrites;
    },
    async forgotten(seqs) {
      const closedOnes = [...rewritten].filter((id) => !open.has(id));
      rewritten.clear();
      await Promise.all([
        ...[...open.values()].map((space) => space.forgotten(seqs)),
        ...closedOnes.map((id) => deps.files?.discard(id)),
      ]);
    },
    async maintain(idle) {
      for (const space of open.values()) await space.maintain(idle);
    },
    close() {
      closed = true;
      for (const space of open.values()) space.close();
      open.clear();
      opening.clear();
    },
  };
}

/** Chromium alone tells, and only in steps. */
function budgetOfDevice(): number {
  const { deviceMemory = Infinity } = navigator as { readonly deviceMemory?: number };
  return deviceMemory <= SMALL_DEVICE_GIB ? MEMORY_BUDGET / 4 : MEMORY_BUDGET;
}
