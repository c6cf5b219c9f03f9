import type { Dexie as DexieClass } from "dexie";
import { MemoryError } from "../domain/errors.ts";
import { readCopies } from "./beside.ts";
import { deleteVault, factoryOf, recallVault, rememberVault } from "./catalog.ts";
import { createChangeFeed, type VaultChannel } from "./change-feed.ts";
import type { DexieSyncStoreDeps } from "./dexie-sync-store.ts";
import { createDexieVectorStore } from "./dexie-vector-store.ts";
import { openDatabase } from "./open-database.ts";
import { createPackedTables } from "./packed-tables.ts";
import { databaseName, SCHEMA_VERSIONS, type JournalRow, type SchemaVersion } from "./schema.ts";
import { closedError, vaultError } from "./vault-errors.ts";
import { createVaultReading } from "./vault-reading.ts";
import type { Vault } from "./vault.ts";
import { createVaultWriting } from "./vault-writing.ts";
import { lastJournalNumber } from "./write-transaction.ts";

export interface DexieVaultDeps {
  /** Name of the vault. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Default: the realm's own. `undefined` given: there is none. */
  readonly indexedDB?: IDBFactory | undefined;
  /** Default: the realm's own. */
  readonly IDBKeyRange?: typeof IDBKeyRange;
  /** Default: a `BroadcastChannel`. `null` given, or a realm without: other tabs' changes are noticed at the next own write. */
  readonly openChannel?: ((name: string) => VaultChannel) | null;
  /** A second place outside IndexedDB that remembers that the vault held records (`localStorage` on a page). */
  readonly marker?: VaultMarker;
  /** How long another connection may hold up opening or deleting. Default 4,000. */
  readonly blockedAfterMs?: number;
  /** Default: the present schema. */
  readonly versions?: readonly SchemaVersion[];
  /** Rows that are written many at a time stand many to a row from so many on. Default 64. */
  readonly packFrom?: number;
}

export interface VaultMarker {
  read(): boolean | Promise<boolean>;
  write(held: boolean): void | Promise<void>;
}

export interface OpenedVault {
  readonly vault: Vault;
  /** The vault held records when it was last seen, and was not there any more: the browser or the user cleared it away. */
  readonly evicted: boolean;
}

/**
 * Opens a vault on IndexedDB, or makes it.
 *
 * @throws MemoryError `vault/unavailable`: no IndexedDB here, or denied (private window, blocked site data)
 * @throws MemoryError `vault/newer`: written by a newer version; untouched
 * @throws MemoryError `vault/blocked` (retryable): another tab holds an older version open
 * @throws MemoryError `vault/quota` (retryable), `vault/failed`
 */
export async function openDexieVault(deps: DexieVaultDeps): Promise<OpenedVault> {
  const { name, now, marker, versions = SCHEMA_VERSIONS, blockedAfterMs = 4000 } = deps;
  const indexedDB = factoryOf(deps);
  const Dexie = await loadDexie();
  const opened = await openDatabase({
    Dexie,
    name,
    indexedDB,
    IDBKeyRange: deps.IDBKeyRange ?? globalThis.IDBKeyRange,
    versions,
    blockedAfterMs,
  });
  const { db } = opened;
  const self = newName();

  let ended: MemoryError | null = null;
  const losing = new Set<(error: Error) => void>();
  const running = new Set<Promise<unknown>>();

  let from: number;
  let held: boolean;
  let evicted: boolean;
  try {
    from = await lastJournalNumber(db);
    held = (await db.tallies.count()) > 0;
    evicted = opened.created && ((await heldBefore(indexedDB, name)) || (await readMarker(marker)));
  } catch (error) {
    db.close();
    throw vaultError(error, "open");
  }
  let noting: Promise<void> = note();

  const feed = createChangeFeed({
    self,
    from,
    channel: openChannel(deps),
    readJournal: (after) => db.journal.where("n").above(after).toArray(),
    readMissed: () => db.tail.toCollection().primaryKeys(),
  });
  opened.onGone((error) => {
    if (ended) return;
    ended = error;
    void feed.close();
    for (const listener of losing) listener(error);
    losing.clear();
  });

  const packed = createPackedTables(db, deps.packFrom);
  const reading = createVaultReading(db, packed);
  const writing = createVaultWriting({
    db,
    packed,
    self,
    now,
    announce: (row) => feed.announce(row),
  });

  const vectors = createDexieVectorStore({
    db,
    records: packed.records,
    self,
    announce: (row) => feed.announce(row),
  });

  const vault: Vault = {
    name,
    vectors: {
      spaces: () => run(() => vectors.spaces()),
      putSpace: (row) => run(() => vectors.putSpace(row)),
      dropSpace: (space) => run(() => vectors.dropSpace(space)),
      load: (space) => run(() => vectors.load(space)),
      parts: (ids, part) => run(() => vectors.parts(ids, part)),
      tail: (space, seqs) => run(() => vectors.tail(space, seqs)),
      put: (space, rows) => run(() => vectors.put(space, rows)),
      replace: (change) => run(() => vectors.replace(change)),
    },
    sync(create) {
      const announce = (row: JournalRow): Promise<void> => feed.announce(row);
      const inside: DexieSyncStoreDeps = {
        adapter: "dexie",
        db,
        packed,
        self,
        now,
        run,
        announce,
      };
      return create(inside);
    },
    commit: async (batch) => {
      const rows = await run(() => writing.commit(batch));
      if (rows.length > 0 && !held) {
        held = true;
        noting = noting.then(note);
      }
      return rows;
    },
    modify: (id, change, entry) => run(() => writing.modify(id, change, entry)),
    mark: (marks) => run(() => writing.mark(marks)),
    remove: (ids, segments, textHashes, rewrites, beside) =>
      run(() => writing.remove(ids, segments, textHashes, rewrites, beside)),
    copies: () =>
      run(() =>
        db.transaction("r", [db.syncRecords, db.syncRecordPages], async () =>
          readCopies({ db, packed }),
        ),
      ),
    get: (ids) => run(() => reading.get(ids)),
    bySeq: (seqs) => run(() => reading.bySeq(seqs)),
    list: (query) => run(() => reading.list(query)),
    scan: (start, limit) => run(() => reading.scan(start, limit)),
    matching: (user, by, keys) => run(() => reading.matching(user, by, keys)),
    threadRecords: (threadId, all) => run(() => reading.threadRecords(threadId, all)),
    referring: (ids) => run(() => reading.referring(ids)),
    versions: (id) => run(() => reading.versions(id)),
    versionsWithText: (textHashes) => run(() => reading.versionsWithText(textHashes)),
    thread: (id) => run(() => reading.thread(id)),
    nodes: (chains) => run(() => reading.nodes(chains)),
    nodesOfAnswer: (answer) => run(() => reading.nodesOfAnswer(answer)),
    threadNodes: (threadId) => run(() => reading.threadNodes(threadId)),
    modifyThread: (id, change) => run(() => writing.modifyThread(id, change)),
    loadIndex: () => run(() => reading.loadIndex()),
    tailAfter: (seq) => run(() => reading.tailAfter(seq)),
    replaceSegments: (change) => run(() => writing.replaceSegments(change)),
    stats: () => run(() => reading.stats()),
    meta: (key) => run(() => reading.meta(key)),
    setMeta: (key, value) => run(() => writing.setMeta(key, value)),
    onChange: (listener) => feed.onChange(listener),
    onLost(listener) {
      losing.add(listener);
      return () => losing.delete(listener);
    },
    close,
    async destroy() {
      await close();
      await deleteVault(name, { indexedDB, blockedAfterMs });
      await writeMarker(marker, false);
    },
  };
  return { vault, evicted };

  /** The one door to the database: refuses after the end, keeps Dexie's zones apart from the caller's, translates errors. */
  async function run<T>(work: () => PromiseLike<T>): Promise<T> {
    if (ended) throw ended;
    const started = Promise.resolve(Dexie.ignoreTransaction(work));
    running.add(started);
    try {
      return await started;
    } catch (error) {
      throw ended ?? vaultError(error, "use");
    } finally {
      running.delete(started);
    }
  }

  /** What was begun is finished; what comes after is refused. */
  async function close(): Promise<void> {
    ended ??= closedError();
    // A worker that ends in the middle of a read keeps its connection in some engines, and nobody can delete the vault then.
    await Promise.allSettled([...running, noting, feed.close()]);
    losing.clear();
    db.close();
  }

  /** The memory of a vault is a courtesy: that it cannot be written must not fail what it is about. */
  async function note(): Promise<void> {
    try {
      await rememberVault(indexedDB, { name, openedAt: now(), held });
    } catch {
      // Told by `evicted` staying false one day, and by nothing else.
    }
    if (held) await writeMarker(marker, true);
  }
}

/**
 * Dexie looks at the realm when it is loaded (events, a channel), so it is loaded when a vault is opened and not before. By its
 * file and not by its name: the package's entry puts itself on `globalThis`, and throws where the app brings another version.
 */
async function loadDexie(): Promise<typeof DexieClass> {
  try {
    const { Dexie } = await import("dexie/dist/modern/dexie.mjs");
    // It decides by the host name, and on localhost prints every refused write with its key.
    Dexie.debug = false;
    return Dexie;
  } catch (error) {
    throw new MemoryError("vault/unavailable", "The code of the vault could not be loaded.", {
      cause: error,
      retryable: true,
    });
  }
}

async function heldBefore(indexedDB: IDBFactory, name: string): Promise<boolean> {
  try {
    return (await recallVault(indexedDB, name)).held;
  } catch {
    return false;
  }
}

async function readMarker(marker: VaultMarker | undefined): Promise<boolean> {
  try {
    return (await marker?.read()) ?? false;
  } catch {
    return false;
  }
}

async function writeMarker(marker: VaultMarker | undefined, held: boolean): Promise<void> {
  try {
    await marker?.write(held);
  } catch {
    // Storage of the page may be full or denied; the vault works without it.
  }
}

function openChannel({ name, openChannel: open }: DexieVaultDeps): VaultChannel | null {
  if (open !== undefined) return open === null ? null : open(databaseName(name));
  return typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(databaseName(name));
}

function newName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join(
    "",
  );
}
