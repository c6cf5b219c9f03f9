import { isReadable } from "../domain/scope.ts";
import type { VaultStats } from "../domain/stats.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { Vault } from "../vault/vault.ts";
import type { ScopeView } from "./host-api.ts";
import type { Meaning } from "./meaning.ts";

/** What one view of the vault holds, and where the host runs. */
export async function statsOf(
  {
    vault,
    index,
    meaning,
  }: {
    readonly vault: Pick<Vault, "name" | "stats">;
    readonly index: Pick<DocumentIndex, "stats">;
    readonly meaning: Pick<Meaning, "stats"> | null;
  },
  deps: {
    readonly storage: () => Promise<VaultStats["storage"]>;
    readonly place: "worker" | "page";
  },
  view: ScopeView,
): Promise<VaultStats> {
  const [stored, storage] = await Promise.all([vault.stats(), deps.storage()]);
  const scopes =
    view === null ? stored.scopes : stored.scopes.filter(({ scope }) => isReadable(scope, view));
  return {
    vault: vault.name,
    records: view === null ? stored.records : scopes.reduce((sum, { records }) => sum + records, 0),
    turns: stored.turns,
    notes: stored.notes,
    derived: stored.derived,
    threads: stored.threads,
    versions: stored.versions,
    scopes,
    index: { kind: "flat", ...index.stats() },
    ...(meaning ? { embedding: meaning.stats() } : {}),
    storage,
    host: deps.place,
  };
}
