import type { VectorSpaces } from "../engine/vectors/vector-spaces.ts";
import type { VectorRewrite } from "../vault/vector-store.ts";
import type { Vault, VaultChange } from "../vault/vault.ts";

/**
 * The vectors of a vault for who must not forget them: a vault may hold vectors of an embedder that this page has not chosen. The
 * engine is loaded when there are any.
 */
export interface Vectors {
  load(): Promise<VectorSpaces>;
  without(seqs: readonly number[]): Promise<readonly VectorRewrite[]>;
  /** Begins at once; a failure is told by `settled`. */
  forgotten(seqs: readonly number[]): void;
  /** Resolves when what was forgotten has left every copy. */
  settled(): Promise<void>;
  follow(change: VaultChange): Promise<void>;
  maintain(): Promise<void>;
  close(): void;
}

export function createVectors(
  vault: Pick<Vault, "vectors">,
  create: () => Promise<VectorSpaces>,
): Vectors {
  let loading: Promise<VectorSpaces> | null = null;
  let spaces: VectorSpaces | null = null;
  let leaving: Promise<void> = Promise.resolve();
  const load = (): Promise<VectorSpaces> => {
    loading ??= create().then(
      (made) => (spaces = made),
      (error: unknown) => {
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  return {
    load,
    async without(seqs) {
      if (spaces === null && (await vault.vectors.spaces()).length === 0) return [];
      return (await load()).without(seqs);
    },
    forgotten(seqs) {
      if (spaces === null) return;
      const before = leaving;
      const now = spaces.forgotten(seqs);
      leaving = Promise.all([before, now]).then(() => undefined);
      leaving.catch(() => undefined);
    },
    settled() {
      const asked = leaving;
      leaving = Promise.resolve();
      return asked;
    },
    async follow(change) {
      await spaces?.follow(change);
    },
    async maintain() {
      await spaces?.maintain(true);
    },
    close: () => spaces?.close(),
  };
}
