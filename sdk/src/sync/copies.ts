import { slotTag } from "../domain/slots.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import type { CopyReason } from "../vault/kept-copy.ts";
import type { RemoteRecord, SyncStore } from "../vault/sync-store.ts";
import { bytesKey } from "../wire/bytes.ts";
import { copyOf, keptCopies, keptRecord } from "./aside.ts";
import { stampDevice } from "./hlc.ts";
import { toMemory } from "./memory-state.ts";
import { isForgotten } from "./merge.ts";
import type { PullDeps } from "./pull-deps.ts";
import { encodeRecord } from "./record-content.ts";
import { withoutVectors, type HeldRecord } from "./replica.ts";
import type { PlainCopy } from "./sync-types.ts";

const DIGEST_CHARS = 16;

/** Copies of memories that leave the vault though somebody may want them. They are on disk when this resolves. */
export async function keepCopies(
  { access, store, vault }: Pick<PullDeps, "access" | "store" | "vault">,
  held: readonly HeldRecord[],
  why: CopyReason,
): Promise<void> {
  const records = await Promise.all(
    held.flatMap(({ key, id, state }) => {
      if (state === null || isForgotten(state)) return [];
      const plain = withoutVectors(state);
      const whole = toMemory(id, state).draft;
      const draft = why === "forgotten" ? ofTextAlone(whole) : whole;
      const textHash = vault.textHashOf(draft.text, draft.scope.user);
      const by = stampDevice(state.text.versions[0]?.stamp ?? "");
      return [
        access.suite.sha256(encodeRecord(plain)).then((hash) => {
          const name = copyOf(key, bytesKey(hash).slice(0, DIGEST_CHARS));
          return keptRecord(name, null, { draft: { ...draft, textHash }, why, by });
        }),
      ];
    }),
  );
  await write(store, records);
  // Who forgot one of them just before did not find its copy.
  const now = await store.held(held.map(({ key, id }) => ({ key, id })));
  const gone = new Set(now.flatMap(({ id, local }) => (local === null ? [id] : [])));
  const late = records.filter(({ row }) => gone.has(row.copy?.draft.id ?? ""));
  if (late.length > 0)
    await discardCopies(
      store,
      late.map(({ row }) => row.key),
    );
}

/** What the text itself says. All else was seen where the memory was forgotten. */
function ofTextAlone(draft: RecordDraft): RecordDraft {
  const { name: _name, callerId: _callerId, ...rest } = draft;
  return { ...rest, tags: draft.slots.map(slotTag), metadata: {}, sources: [] };
}

export async function listCopies(store: SyncStore): Promise<readonly PlainCopy[]> {
  return (await keptCopies(store)).map(({ key, copy: { draft, why, by } }) => ({
    id: key,
    memoryId: draft.id,
    text: draft.text,
    tags: draft.tags,
    scope: draft.scope,
    updatedAt: draft.updatedAt,
    deviceId: by,
    reason: why,
  }));
}

export async function discardCopies(store: SyncStore, ids: readonly string[]): Promise<void> {
  const wanted = new Set(ids);
  const there = (await keptCopies(store)).filter(({ key }) => wanted.has(key));
  await write(
    store,
    there.map(({ key }) => keptRecord(key, null)),
  );
}

async function write(store: SyncStore, records: readonly RemoteRecord[]): Promise<void> {
  if (records.length === 0) return;
  await store.apply({ state: null, manifests: [], dots: [], gone: [], records });
}
