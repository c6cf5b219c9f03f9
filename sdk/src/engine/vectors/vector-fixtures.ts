import { MemoryError } from "../../domain/errors.ts";
import type { VaultChange } from "../../vault/vault.ts";
import type {
  StoredVectors,
  VectorChange,
  VectorReplacement,
  VectorRewrite,
  VectorRow,
  VectorSegment,
  VectorSpaceRow,
  VectorStore,
} from "../../vault/vector-store.ts";
import type { RowFiles } from "./row-file.ts";
import { headOf } from "./stored-vectors.ts";

/** What a vault keeps of vectors, in memory with the vault's own rules for it, for several tabs at once, and ways to break it. */
export interface VectorDisk {
  readonly records: Set<number>;
  readonly spaces: Map<string, VectorSpaceRow>;
  /** By space and `seq`. */
  readonly tail: Map<string, Map<number, Uint8Array<ArrayBuffer>>>;
  readonly segments: Map<string, VectorSegment & { readonly space: string }>;
  readonly gone: Map<string, Set<number>>;
  /** Parts that cannot be read, as `id/part`. */
  readonly damaged: Set<string>;
  openTab(): VectorTab;
}

export interface VectorTab {
  readonly store: VectorStore;
  /** Records that this tab stores, as `Vault.commit` would. */
  commit(seqs: readonly number[], space?: string, vectors?: readonly VectorRow[]): void;
  /** As `Vault.remove` would. */
  remove(seqs: readonly number[], rewrites?: readonly VectorRewrite[]): void;
  /** The tab dies at this call of its store from now (0: the next), after the call was done or before it. */
  dieAt(call: number, done: boolean): void;
  readonly dead: boolean;
  onChange(listener: (change: VaultChange) => void): void;
}

/** Files in memory that several tabs share, as the origin's private ones are. */
export interface SharedFiles extends RowFiles {
  /** What stands in them now, by space. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

export function createSharedFiles(): SharedFiles {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  let busy: Promise<unknown> = Promise.resolve();
  return {
    contents,
    async open(space) {
      if (!contents.has(space)) contents.set(space, new Uint8Array(0));
      let closed = false;
      const bytes = (): Uint8Array<ArrayBuffer> => {
        if (closed) throw new DOMException("The file is closed.", "InvalidStateError");
        return contents.get(space) ?? new Uint8Array(0);
      };
      return {
        read(into, { at }) {
          const part = bytes().subarray(at, at + into.length);
          into.set(part);
          return part.length;
        },
        write(part, { at }) {
          const old = bytes();
          if (at + part.length > old.length) {
            const grown = new Uint8Array(at + part.length);
            grown.set(old);
            contents.set(space, grown);
          }
          contents.get(space)?.set(part, at);
          return part.length;
        },
        getSize: () => bytes().length,
        flush: () => void bytes(),
        close: () => {
          closed = true;
        },
      };
    },
    async discard(space) {
      contents.delete(space);
    },
    lock(_, work) {
      const next = busy.then(work);
      busy = next.catch(() => undefined);
      return next;
    },
  };
}

export class TabDied extends Error {}

export function createVectorDisk(): VectorDisk {
  const listeners: { readonly tab: VectorTab; readonly tell: (change: VaultChange) => void }[] = [];
  const disk: VectorDisk = {
    records: new Set(),
    spaces: new Map(),
    tail: new Map(),
    segments: new Map(),
    gone: new Map(),
    damaged: new Set(),
    openTab,
  };
  return disk;

  function tailOf(space: string): Map<number, Uint8Array<ArrayBuffer>> {
    const tail = disk.tail.get(space) ?? new Map<number, Uint8Array<ArrayBuffer>>();
    disk.tail.set(space, tail);
    return tail;
  }

  function goneOf(space: string): Set<number> {
    const gone = disk.gone.get(space) ?? new Set<number>();
    disk.gone.set(space, gone);
    return gone;
  }

  function require(ids: readonly string[]): void {
    if (ids.some((id) => !disk.segments.has(id))) throw conflict();
  }

  function openTab(): VectorTab {
    let left = Infinity;
    let doneFirst = false;
    let dead = false;

    const call = async <T>(work: () => T): Promise<T> => {
      await Promise.resolve();
      if (dead) throw new TabDied();
      left -= 1;
      if (left >= 0) return work();
      dead = true;
      if (doneFirst) work();
      throw new TabDied();
    };

    const tell = (change: Partial<VaultChange>): void => {
      for (const other of listeners)
        if (other.tab !== tab && !other.tab.dead)
          other.tell({
            own: false,
            added: [],
            removed: [],
            marked: [],
            segments: false,
            ids: [],
            ...change,
          });
    };
    const moved = (space: string, change: Partial<VectorChange> = {}): void =>
      tell({ vectors: [{ space, added: [], layout: true, ...change }] });

    const store: VectorStore = {
      spaces: () => call(() => [...disk.spaces.values()]),
      putSpace: (row) =>
        call(() => {
          const known = disk.spaces.has(row.id);
          disk.spaces.set(row.id, row);
          if (!known) moved(row.id);
        }),
      dropSpace: (space) =>
        call(() => {
          disk.spaces.delete(space);
          disk.tail.delete(space);
          disk.gone.delete(space);
          for (const [id, segment] of disk.segments)
            if (segment.space === space) disk.segments.delete(id);
          moved(space);
        }),
      load: (space) => call(() => load(space)),
      parts: (ids, part) =>
        call(() =>
          ids.map((id) =>
            disk.damaged.has(`${id}/${part}`)
              ? null
              : (disk.segments.get(id)?.parts[part].slice() ?? null),
          ),
        ),
      tail: (space, seqs) =>
        call(() =>
          seqs.flatMap((seq) => {
            const vector = tailOf(space).get(seq);
            return vector === undefined ? [] : [{ seq, vector }];
          }),
        ),
      put: (space, vectors) =>
        call(() => {
          const kept = vectors.filter(({ seq }) => disk.records.has(seq));
          if (!disk.spaces.has(space)) return [];
          for (const { seq, vector } of kept) tailOf(space).set(seq, vector);
          const added = kept.map(({ seq }) => seq);
          moved(space, { added, layout: false });
          return added;
        }),
      replace: (change) => call(() => replace(change)),
    };

    const replace = (change: VectorReplacement): void => {
      const { space, put, drop, sealed, settled = [], dead: deaths = [] } = change;
      require([...drop, ...deaths.map(({ id }) => id)]);
      if (sealed.some((seq) => !tailOf(space).has(seq))) throw conflict();
      for (const id of drop) disk.segments.delete(id);
      for (const segment of put) disk.segments.set(segment.id, { ...segment, space });
      for (const death of deaths) {
        const segment = disk.segments.get(death.id);
        if (segment !== undefined) disk.segments.set(death.id, { ...segment, dead: death.dead });
      }
      for (const seq of sealed) tailOf(space).delete(seq);
      for (const seq of settled) goneOf(space).delete(seq);
      moved(space);
    };

    const tab: VectorTab = {
      store,
      commit(seqs, space, vectors = []) {
        for (const seq of seqs) disk.records.add(seq);
        if (space !== undefined)
          for (const { seq, vector } of vectors) tailOf(space).set(seq, vector);
        tell({
          added: seqs,
          ...(space === undefined
            ? {}
            : { vectors: [{ space, added: vectors.map(({ seq }) => seq), layout: false }] }),
        });
      },
      remove(seqs, rewrites = []) {
        require(rewrites.map(({ drop }) => drop));
        for (const seq of seqs) disk.records.delete(seq);
        for (const tail of disk.tail.values()) for (const seq of seqs) tail.delete(seq);
        for (const { drop, put, space } of rewrites) {
          disk.segments.delete(drop);
          if (put !== null) disk.segments.set(put.id, { ...put, space });
        }
        const rewritten = new Set(rewrites.map(({ put }) => put?.id));
        for (const segment of disk.segments.values())
          if (!rewritten.has(segment.id))
            for (const seq of seqs)
              if (seq >= segment.first && seq <= segment.last) goneOf(segment.space).add(seq);
        tell({
          removed: seqs,
          vectors: rewrites.map(({ space }) => ({ space, added: [], layout: true })),
        });
      },
      dieAt(at, done) {
        left = at;
        doneFirst = done;
      },
      get dead() {
        return dead;
      },
      onChange(listener) {
        listeners.push({ tab, tell: listener });
      },
    };
    return tab;
  }

  function load(space: string): StoredVectors {
    return {
      segments: [...disk.segments.values()]
        .filter((segment) => segment.space === space)
        .map(headOf)
        .toSorted((a, b) => a.first - b.first),
      tail: [...tailOf(space)]
        .map(([seq, vector]) => ({ seq, vector }))
        .toSorted((a, b) => a.seq - b.seq),
      gone: [...goneOf(space)],
      damaged: [],
    };
  }
}

function conflict(): MemoryError {
  return new MemoryError("vault/failed", "The vectors have changed meanwhile.", {
    retryable: true,
    details: { reason: "conflict" },
  });
}
