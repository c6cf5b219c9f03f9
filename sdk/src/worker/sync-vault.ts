import { textHashOf } from "../capture/hashes.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { VaultPort } from "../sync/vault-port.ts";
import type { Forgetter } from "./forget.ts";

export interface SyncVaultDeps {
  readonly index: DocumentIndex;
  readonly forgetter: Pick<Forgetter, "erase">;
  readonly onChanged: (ids: readonly string[], kind: "added" | "edited") => void;
}

/** The open vault as sync writes to it: the index and what listens to it hear of pulled records as of another tab's. */
export function createSyncVault({ index, forgetter, onChanged }: SyncVaultDeps): VaultPort {
  return {
    entryOf: (draft) => index.entryOf(draft),
    textHashOf,
    erase: (ids) => forgetter.erase(ids),
    applied({ added, replaced, marked }) {
      index.drop(replaced.map(({ before }) => before.seq));
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
