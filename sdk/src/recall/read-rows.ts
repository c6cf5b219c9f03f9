import type { RequestReader } from "../facts/request-reader.ts";
import { isReadable, type Scope } from "../domain/scope.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { Stems } from "../text/stems.ts";
import type { Vault } from "../vault/vault.ts";
import type { FindMeaning } from "./meaning.ts";
import type { ReadableCache } from "./readable.ts";
import type { Scratch } from "./scratch.ts";

export interface RecallDeps {
  readonly index: DocumentIndex;
  readonly vault: Pick<Vault, "bySeq">;
  /** Milliseconds, rising; for the steps of the trace. */
  readonly clock: () => number;
  readonly loadRequestReader: () => Promise<RequestReader>;
  /** Absent: words in other forms are found in English alone. */
  readonly loadStems?: () => Promise<Stems>;
  /** Absent: recall goes by words alone. */
  readonly findMeaning?: FindMeaning;
}

/** The same with what a service keeps between requests. */
export interface RecallParts extends RecallDeps {
  readonly readables: ReadableCache;
  readonly scratch: Scratch;
}

/** Rows as they are now; `null` for what is gone, was left, has expired, or may not be read here after all. */
export async function readRows(
  vault: Pick<Vault, "bySeq">,
  seqs: readonly number[],
  scope: Scope,
  now: number,
): Promise<readonly (StoredRecord | null)[]> {
  if (seqs.length === 0) return [];
  const rows = await vault.bySeq(seqs);
  return rows.map((row) =>
    row !== null &&
    row.live &&
    (row.expiresAt === undefined || row.expiresAt > now) &&
    isReadable(row.scope, scope)
      ? row
      : null,
  );
}
