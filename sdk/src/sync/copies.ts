import type { SyncStore } from "../vault/sync-store.ts";
import { bytesKey } from "../wire/bytes.ts";
import { copyOf, keptCopies, keptRecord, recordOfCopy, type CopyReason } from "./aside.ts";
import type { Ledger } from "./ledger.ts";
import { isForgotten, tagsOf } from "./merge.ts";
import type { PullDeps } from "./pull-deps.ts";
import { decodeRecord, encodeRecord } from "./record-content.ts";
import { vaultIdOfKey, ID_FIELD } from "./record-id.ts";
import { withoutVectors, type HeldRecord } from "./replica.ts";
import type { PlainCopy } from "./sync-types.ts";

const DIGEST_CHARS = 16;

/** Copies of memories that leave the vault though somebody may want them. They are on disk when this resolves. */
export async function keepCopies(
  { access, store }: Pick<PullDeps, "access" | "store">,
  ledger: Ledger,
  held: readonly HeldRecord[],
  why: CopyReason,
): Promise<void> {
  const records = await Promise.all(
    held.flatMap(({ key, state }) => {
      if (state === null || isForgotten(state)) return [];
      const content = encodeRecord(withoutVectors(state));
      return [
        access.suite
          .sha256(content)
          .then((hash) =>
            keptRecord(copyOf(key, bytesKey(hash).slice(0, DIGEST_CHARS)), content, why),
          ),
      ];
    }),
  );
  await store.apply({ state: ledger.next(), manifests: [], dots: [], gone: [], records });
}

export async function listCopies(store: SyncStore): Promise<readonly PlainCopy[]> {
  const rows = await keptCopies(store);
  return rows.flatMap(({ key, shape, shown }) => {
    const state = shape && decodeRecord(shape);
    if (!state || isForgotten(state)) return [];
    return [
      {
        id: key,
        memoryId: vaultIdOfKey(recordOfCopy(key), state.fields[ID_FIELD]?.value),
        text: state.text.versions[0]?.text ?? "",
        tags: tagsOf(state),
        updatedAt: state.maxima["updatedAt"] ?? 0,
        reason: shown as CopyReason,
      },
    ];
  });
}

export async function discardCopies(
  store: SyncStore,
  ledger: Ledger,
  ids: readonly string[],
): Promise<void> {
  const wanted = new Set(ids);
  const records = (await keptCopies(store))
    .filter(({ key }) => wanted.has(key))
    .map(({ key }) => keptRecord(key, null));
  await store.apply({ state: ledger.next(), manifests: [], dots: [], gone: [], records });
}
