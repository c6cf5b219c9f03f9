import type { Dexie as DexieClass, DBCore } from "dexie";
import type { MemoryError } from "../domain/errors.ts";
import {
  databaseName,
  declareSchema,
  nativeVersion,
  type SchemaVersion,
  type VaultDatabase,
} from "./schema.ts";
import { blockedError, lossError, vaultError } from "./vault-errors.ts";

export interface OpenDatabaseDeps {
  readonly Dexie: typeof DexieClass;
  readonly name: string;
  readonly indexedDB: IDBFactory;
  readonly IDBKeyRange: typeof IDBKeyRange;
  readonly versions: readonly SchemaVersion[];
  /** How long another connection may hold up the opening before it is called blocked. */
  readonly blockedAfterMs: number;
}

export interface OpenedDatabase {
  readonly db: VaultDatabase;
  /** True where there was none of this name before. */
  readonly created: boolean;
  /** `listener` hears once that the database was taken away. After `db.close()` by us it hears nothing. */
  onGone(listener: (error: MemoryError) => void): void;
}

/** Opens a vault's database, or rejects with a `MemoryError` and leaves no connection behind. */
export async function openDatabase(deps: OpenDatabaseDeps): Promise<OpenedDatabase> {
  const { Dexie, blockedAfterMs } = deps;
  const guard = guardFactory(deps.indexedDB, nativeVersion(deps.versions));
  const db = new Dexie(databaseName(deps.name), {
    indexedDB: guard.factory,
    IDBKeyRange: deps.IDBKeyRange,
    // Not reopened behind our back: a database that was deleted elsewhere would come back empty.
    autoOpen: false,
    cache: "disabled",
  }) as VaultDatabase;
  declareSchema(db, deps.versions);
  withoutLiveQueries(db);
  relaxWhatCanBeRedone(db);

  let created = false;
  let gone: MemoryError | null = null;
  let tellGone: ((error: MemoryError) => void) | null = null;
  const take = (error: MemoryError): void => {
    if (gone) return;
    gone = error;
    tellGone?.(error);
  };
  db.on("populate", () => {
    created = true;
  });
  db.on("versionchange", (event) => {
    take(lossError(event.newVersion === null || event.newVersion === 0 ? "deleted" : "upgraded"));
    db.close();
    return false;
  });
  const opened: OpenedDatabase = {
    db,
    get created() {
      return created;
    },
    onGone(listener) {
      tellGone = listener;
      if (gone) listener(gone);
    },
  };

  let timer: ReturnType<typeof setTimeout> | undefined;
  const blocked = new Promise<never>((_, reject) => {
    db.on("blocked", () => {
      timer ??= setTimeout(() => reject(blockedError("opened")), blockedAfterMs);
      return false;
    });
  });
  try {
    await Promise.race([db.open(), blocked]);
  } catch (error) {
    guard.abandon();
    db.close();
    throw vaultError(error, "open");
  } finally {
    clearTimeout(timer);
    guard.seal();
  }
  db.on("close", () => take(lossError("closed-by-browser")));
  return opened;
}

/**
 * What Dexie may do with IndexedDB: one opening, at our version or below. By itself it answers a newer stored version by opening
 * that and adding the tables it misses, and a closed connection by opening again; both would change what is not ours.
 */
function guardFactory(
  factory: IDBFactory,
  version: number,
): { readonly factory: IDBFactory; abandon(): void; seal(): void } {
  let state: "open" | "abandoned" | "sealed" = "open";
  return {
    factory: {
      open(name, asked) {
        if (state !== "open") throw new DOMException("The vault opens once.", "InvalidStateError");
        if (asked === undefined || asked > version)
          throw new DOMException("The stored version is newer.", "VersionError");
        const request = factory.open(name, asked);
        request.addEventListener("success", () => {
          if (state === "abandoned") request.result.close();
        });
        return request;
      },
      deleteDatabase: (name) => factory.deleteDatabase(name),
      databases: () => factory.databases(),
      cmp: (first, second) => factory.cmp(first, second),
    },
    abandon() {
      state = "abandoned";
    },
    seal() {
      if (state === "open") state = "sealed";
    },
  };
}

/** Dexie tells every page of the origin which index keys were written, for its live queries. We have none, and keys are private. */
function withoutLiveQueries(db: DexieClass): void {
  db.unuse({ stack: "dbcore", name: "Observability" });
  db.unuse({ stack: "dbcore", name: "Cache" });
}

/**
 * Strict durability is for what a user put in or took out: every transaction that writes records. Thread marks, sealed segments
 * and settings are made again when a power failure loses them, and a flush to disk would be felt.
 */
function relaxWhatCanBeRedone(db: DexieClass): void {
  db.use({
    stack: "dbcore",
    name: "AlcoveDurability",
    create: (core: DBCore): DBCore => ({
      ...core,
      transaction: (stores, mode) =>
        core.transaction(stores, mode, {
          durability: stores.includes("records") ? "strict" : "relaxed",
        }),
    }),
  });
}
