import type { RemoteRecord } from "../vault/sync-store.ts";
import { asidesOf, isFaultOfContent } from "./aside.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { Ledger } from "./ledger.ts";
import { toMemory } from "./memory-state.ts";
import { isForgotten, mergeRecords, type LiveRecord, type SyncRecord } from "./merge.ts";
import type { OpenedRow, PullDeps, ShownRecord } from "./pull-deps.ts";
import { claimedId } from "./open-rows.ts";
import { isDevice, vaultIdOfKey } from "./record-id.ts";
import { withoutVectors, type HeldRecord } from "./replica.ts";
import { isUnseen } from "./unseen.ts";

/** A row that can be read. */
export type ReadRow = OpenedRow & { readonly state: SyncRecord };

/** What this device holds from now on of the records that rows came of. Rows that cannot be taken are set aside. */
export async function mergeAll(
  deps: PullDeps,
  ledger: Ledger,
  opened: readonly OpenedRow[],
): Promise<readonly RemoteRecord[]> {
  const pulled = new Map<string, ReadRow[]>();
  const unread: OpenedRow[] = [];
  for (const one of opened) {
    if (!isRead(one)) unread.push(one);
    else pulled.set(one.row.record, [...(pulled.get(one.row.record) ?? []), one]);
  }
  const held = await deps.replica.read(
    [...pulled].map(([key, rows]) => ({ key, id: idOf(key, rows) })),
    ledger,
  );
  const undone = new Set(ledger.state.reread?.undone);
  const merged = await Promise.all(
    held.map((one) => {
      const from = undone.has(one.key) ? { ...one, state: null } : one;
      return mergeRows(deps, ledger, from, pulled.get(one.key) ?? []);
    }),
  );
  const records = merged.flat();
  const isBeside = records.some(
    ({ memory, row }) => memory === null && ledger.dotsOf(asidesOf(row.key)).length > 0,
  );
  if (unread.length === 0 && !isBeside) return records;
  const { setAside, withoutForgotten } = await deps.repairs();
  const aside = await Promise.all(unread.map((one) => setAside(deps, ledger, one)));
  return withoutForgotten(deps, ledger, [...records, ...aside]);
}

/**
 * Makes of records that are new here what can be made before it is known what the vault holds: the words of a text take as long to cut as
 * its row to be written, and the page before is written meanwhile.
 */
export function withShown(
  deps: PullDeps,
  ledger: Ledger,
  opened: readonly OpenedRow[],
): readonly OpenedRow[] {
  return opened.map((one) => {
    const { row, state, content } = one;
    if (state === null || isForgotten(state) || ledger.dotsOf(row.record).length !== 1) return one;
    const id = claimedId(row.record, state);
    if (isDevice(id)) return one;
    try {
      const plain = withoutVectors(state);
      if (isForgotten(plain)) return one;
      const encoded = plain === state ? content : undefined;
      return { ...one, shown: shownAs(deps, row.record, id, plain, encoded) };
    } catch (error) {
      if (!isFaultOfContent(error)) throw error;
      return one;
    }
  });
}

function shownAs(
  { replica, vault }: PullDeps,
  key: string,
  id: string,
  state: LiveRecord,
  encoded?: Bytes,
): ShownRecord {
  const { draft, nodes } = toMemory(id, state);
  const row = replica.rowOf(key, id, state, draft.scope.user, encoded);
  return { draft, nodes, row, entry: vault.entryOf(draft) };
}

function isRead(one: OpenedRow): one is ReadRow {
  return one.state !== null;
}

async function mergeRows(
  deps: PullDeps,
  ledger: Ledger,
  held: HeldRecord,
  rows: readonly ReadRow[],
): Promise<readonly RemoteRecord[]> {
  try {
    const merged = await mergeOne(deps, held, rows);
    // On disk before the memory goes.
    if (merged.memory === null && isUnseen(deps.access, ledger, held))
      await (await deps.repairs()).keepCopies(deps, [held], "forgotten");
    return [merged];
  } catch (error) {
    if (!isFaultOfContent(error)) throw error;
  }
  const { mergeApart } = await deps.repairs();
  return mergeApart(deps, ledger, held, rows, mergeOne);
}

function idOf(key: string, rows: readonly ReadRow[]): string {
  const live = rows.find(({ state }) => !isForgotten(state));
  return live ? claimedId(key, live.state) : vaultIdOfKey(key, null);
}

async function mergeOne(
  deps: PullDeps,
  held: HeldRecord,
  rows: readonly ReadRow[],
): Promise<RemoteRecord> {
  const { replica, vault } = deps;
  const { key, id, local } = held;
  const states = rows.map(({ state }) => withoutVectors(state));
  const merged = [...(held.state ? [held.state] : []), ...states].reduce(mergeRecords);
  const [alone] = held.state === null && rows.length === 1 ? rows : [];
  const digest = alone?.row.digest ?? (await replica.digestOf(merged));
  const send = held.dots.some((row) => row.digest !== digest);
  if (isForgotten(merged) || isDevice(id)) {
    const row = replica.rowOf(key, id, merged, undefined);
    return { row, memory: null, from: held.outbox, send };
  }
  const shown = alone?.shown?.draft.id === id ? alone.shown : shownAs(deps, key, id, merged);
  const { draft, row } = shown;
  const embedding = rows
    .flatMap(({ state }) => (isForgotten(state) ? [] : state.text.versions))
    .find(({ stamp, embedding: of }) => of && stamp === merged.text.versions[0]?.stamp)?.embedding;
  const vector = embedding
    ? { space: embedding.space, vector: new Uint8Array(embedding.vector) }
    : null;
  const known = new Set([
    draft.text,
    local?.record.text,
    ...(held.row?.others ?? []).map(({ text }) => text),
  ]);
  return {
    row,
    memory: {
      draft,
      entry: shown.entry,
      nodes: shown.nodes,
      vector: vector && (await vault.takesVector(vector)) ? vector : null,
      lost: row.others
        .filter(({ text }) => !known.has(text))
        .map(({ text, textHash }) => ({ ...draft, text, textHash })),
    },
    from: held.outbox,
    send,
  };
}
