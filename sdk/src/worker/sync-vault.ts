import type { DocumentIndex } from "../engine/document-index.ts";
import { takesVector } from "../engine/vectors/takes-vector.ts";
import type { VaultPort } from "../sync/vault-port.ts";
import type { Vault } from "../vault/vault.ts";
import type { Forgetter } from "./forget.ts";
import type { Vectors } from "./vectors.ts";

const NOTHING = {
  own: false,
  added: [],
  removed: [],
  marked: [],
  segments: false,
  ids: [],
} as const;

export interface SyncVaultDeps {
  readonly textHashOf: VaultPort["textHashOf"];
  readonly vault: Pick<Vault, "vectors">;
  readonly vectors: Pick<Vectors, "follow">;
  readonly index: DocumentIndex;
  readonly exclusive: VaultPort["exclusive"];
  readonly forgetter: Pick<Forgetter, "erase">;
  readonly onChanged: (ids: readonly string[], kind: "added" | "edited") => void;
}

/** The open vault as sync writes to it: the index and what listens to it hear of pulled records as of another tab's. */
export function createSyncVault({
  textHashOf,
  vault,
  vectors,
  index,
  exclusive,
  forgetter,
  onChanged,
}: SyncVaultDeps): VaultPort {
  return {
    entryOf: (draft) => index.cut(draft),
    pack: (entries) => index.pack(entries),
    exclusive,
    textHashOf,
    erase: (ids, why) => forgetter.erase(ids, why),
    async vectorsOf(seqs) {
      // Without a model there are none, and nothing is loaded that reads them.
      if ((await vault.vectors.spaces()).length === 0) return new Map();
      const { readVectors } = await import("./vector-engine.ts");
      return readVectors(vault.vectors, seqs);
    },
    takesVector: (vector) => takesVector(vault.vectors, vector),
    async applied({ added, segment, replaced, marked, vectors: moved }) {
      if (replaced.length > 0) index.drop(replaced.map(({ before }) => before.seq));
      // Before the index tells of the records: what has its vector is not embedded again.
      if (moved.length > 0) await vectors.follow({ ...NOTHING, vectors: moved });
      if (segment) index.takeIn(segment);
      index.add([...added, ...replaced.map(({ after }) => after)]);
      index.mark(marked);
      const edited = [...replaced.map(({ after }) => after.id), ...marked.map(({ id }) => id)];
      if (added.length > 0) {
        onChanged(
          added.map(({ id }) => id),
          "added",
        );
      }
      if (edited.length > 0) onChanged(edited, "edited");
    },
  };
}
