import type { VaultDatabase } from "./schema.ts";
import type { OwedRow, SyncStateRow } from "./sync-store.ts";

/** The state as it is stored: the rows that are owed stand beside it. */
export interface KeptState extends Omit<SyncStateRow, "owed"> {
  /** Of a state that an earlier version wrote. */
  readonly owed?: readonly OwedRow[];
  /** Name of the newest page. */
  readonly owedPage?: string;
}

/** What the rows that are owed came to be and ceased to be since the page before, in columns: a hundred thousand are not cloned one by one. */
export interface OwedPage {
  readonly gone: readonly string[];
  readonly dots: readonly string[];
  /** 32 bytes a row. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  readonly epochs: readonly number[];
  readonly of: readonly (readonly string[])[];
}

/** The state of sync with the rows that are owed. Both work inside a transaction. */
export interface KeptStates {
  read(): Promise<SyncStateRow | null>;
  put(state: SyncStateRow): Promise<void>;
}

const HASH_BYTES = 32;
const PAGES = "owed:";
const BEHIND_PAGES = "owed;";

/**
 * A new device learns first which rows there are, and gets them afterwards, some at a time. What it is owed shrinks with every step and
 * would be written with every step: so only what changed is, as a page more, until nothing is owed.
 *
 * @param self names the writer among all tabs
 */
export function createKeptStates(db: VaultDatabase, self: string): KeptStates {
  let written = 0;
  /** What the pages up to this one come to. */
  let known: {
    readonly page: string;
    readonly number: number;
    readonly rows: readonly OwedRow[];
  } | null = null;

  return {
    async read() {
      const kept = await readKept();
      if (kept === null) return null;
      const { owed = [], owedPage, ...state } = kept;
      const rows = owedPage === undefined ? owed : (await pagesUpTo(owedPage)).rows;
      return { ...state, owed: rows };
    },
    async put({ owed, ...state }) {
      const before = (await readKept())?.owedPage;
      if (owed.length === 0) {
        if (before !== undefined) await pages().delete();
        await db.syncState.put({ name: "state", value: state });
        return;
      }
      const { number, rows } =
        before === undefined ? { number: 0, rows: [] } : await pagesUpTo(before);
      const { added, gone } = difference(rows, owed);
      if (added.length === 0 && gone.length === 0 && before !== undefined) {
        await db.syncState.put({ name: "state", value: { ...state, owedPage: before } });
        return;
      }
      written += 1;
      const page = `${PAGES}${String(number + 1).padStart(9, "0")}:${self}:${written}` as const;
      await db.syncState.bulkPut([
        { name: page, value: toPage(added, gone) },
        { name: "state", value: { ...state, owedPage: page } },
      ]);
      // Good only if the transaction is: the name of a page is never given twice, and tells.
      known = { page, number: number + 1, rows: owed };
    },
  };

  async function readKept(): Promise<KeptState | null> {
    const row = await db.syncState.get("state");
    return row?.name === "state" ? row.value : null;
  }

  async function pagesUpTo(
    page: string,
  ): Promise<{ readonly number: number; readonly rows: readonly OwedRow[] }> {
    if (known?.page === page) return known;
    const owed = new Map<string, OwedRow>();
    let number = 0;
    for (const row of await pages().toArray()) {
      if (!isPage(row)) continue;
      number += 1;
      for (const dot of row.value.gone) owed.delete(dot);
      for (const one of fromPage(row.value)) owed.set(one.dot, one);
    }
    known = { page, number, rows: [...owed.values()] };
    return known;
  }

  function pages() {
    return db.syncState.where("name").between(PAGES, BEHIND_PAGES);
  }
}

function isPage(row: {
  readonly name: string;
}): row is { name: `owed:${string}`; value: OwedPage } {
  return row.name.startsWith(PAGES);
}

/** Both in the order in which they came to be owed, which what stays keeps. */
function difference(
  before: readonly OwedRow[],
  now: readonly OwedRow[],
): { readonly added: readonly OwedRow[]; readonly gone: readonly string[] } {
  const gone: string[] = [];
  let at = 0;
  for (const row of before) {
    if (now[at] === row) at += 1;
    else gone.push(row.dot);
  }
  return { added: now.slice(at), gone };
}

function toPage(added: readonly OwedRow[], gone: readonly string[]): OwedPage {
  const hashes = new Uint8Array(HASH_BYTES * added.length);
  for (const [i, { hash }] of added.entries()) hashes.set(hash, HASH_BYTES * i);
  return {
    gone,
    dots: added.map(({ dot }) => dot),
    hashes,
    epochs: added.map(({ epoch }) => epoch),
    of: added.map(({ of }) => of),
  };
}

function fromPage({ dots, hashes, epochs, of }: OwedPage): readonly OwedRow[] {
  return dots.map((dot, i) => ({
    dot,
    hash: hashes.slice(HASH_BYTES * i, HASH_BYTES * (i + 1)),
    epoch: epochs[i] ?? 0,
    of: of[i] ?? [],
  }));
}
