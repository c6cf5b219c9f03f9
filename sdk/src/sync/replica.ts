import type { Suite } from "../crypto/suite.ts";
import type {
  HeldRows,
  LocalMemory,
  OtherText,
  RecordName,
  SyncDotRow,
  SyncRecordRow,
  SyncStore,
} from "../vault/sync-store.ts";
import { hashText } from "../text/hash.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { isKept } from "./aside.ts";
import type { Ledger } from "./ledger.ts";
import { createClock, type Stamp } from "./hlc.ts";
import { isEdited, withLocal } from "./memory-state.ts";
import {
  EMPTY_RECORD,
  isForgotten,
  newestStamp,
  writeField,
  type LiveRecord,
  type SyncRecord,
  type TextVersion,
} from "./merge.ts";
import { ID_FIELD, needsIdField, recordKeyOf } from "./record-id.ts";
import { decodeRecord, encodeRecord, withVersions } from "./record-content.ts";

/** One record as this device has it: with changes that wait, as the state that it would send. */
export interface HeldRecord extends HeldRows {
  /** Rows of the server that carry it. */
  readonly dots: readonly SyncDotRow[];
  /** `null`: there is nothing of it here. */
  readonly state: SyncRecord | null;
}

export interface Replica {
  /** By key; ids of records that the vault may have and sync has not met yet come with them. */
  read(of: readonly RecordName[], ledger: Pick<Ledger, "dotsOf">): Promise<readonly HeldRecord[]>;
  /** What is stored of a state: without the texts that the vault holds. `encoded`: the state's bytes, where they are there. */
  rowOf(
    key: string,
    id: string,
    state: SyncRecord,
    user: string | undefined,
    encoded?: Bytes,
  ): SyncRecordRow;
  /** Equal for states that say the same. Vectors do not count: they follow from the text. `encoded`: the state's bytes, where they are there. */
  digestOf(state: SyncRecord, encoded?: Bytes): Promise<string>;
  keyOf(id: string): Promise<string>;
}

export interface ReplicaDeps {
  readonly store: SyncStore;
  readonly suite: Suite;
  readonly vaultId: Bytes;
  readonly deviceId: Bytes;
  /** Epoch ms. */
  readonly now: () => number;
  readonly textHashOf: (text: string, user: string | undefined) => string;
}

const DIGEST_BYTES = 16;
/** One tombstone says what another says, whenever it was written. */
export const FORGOTTEN = "forgotten";

export function createReplica(deps: ReplicaDeps): Replica {
  const { store, suite, vaultId } = deps;
  const device = bytesKey(deps.deviceId);
  return {
    async read(of, ledger) {
      return (await store.held(of)).map((held) => ({
        ...held,
        dots: ledger.dotsOf(held.key),
        state: isKept(held.key) ? null : stateOf(held),
      }));
    },
    rowOf(key, id, state, user, encoded) {
      if (isForgotten(state)) return { key, id, shape: encodeRecord(state), shown: "", others: [] };
      const [shown, ...others] = state.text.versions;
      const bare = mapVersions(state, (version) => ({ ...version, text: "", embedding: null }));
      return {
        key,
        id,
        shape: encoded ? withVersions(encoded, state, bare.text.versions) : encodeRecord(bare),
        shown: shown ? hashText(shown.text) : "",
        others: others.map(({ stamp, text }): OtherText => ({
          stamp,
          text,
          textHash: deps.textHashOf(text, user),
        })),
      };
    },
    async digestOf(state, encoded) {
      if (isForgotten(state)) return FORGOTTEN;
      const plain = withoutVectors(state);
      const bytes = plain === state && encoded ? encoded : encodeRecord(plain);
      return bytesKey((await suite.sha256(bytes)).subarray(0, DIGEST_BYTES));
    },
    keyOf: async (id) => (isKept(id) ? id : recordKeyOf(suite, vaultId, id)),
  };

  function stateOf({ id, row, local, outbox }: HeldRows): SyncRecord | null {
    const base = row && expand(row, local);
    if (base && isForgotten(base)) return base;
    // Its row is gone: a user forgot it here, and that stays to be said.
    if (outbox?.op === "remove" || (row && row.shape === null))
      return { forgotten: stampFor(base, deps.now()) };
    if (!local || (row && !outbox)) return base;
    let stamp: Stamp | undefined;
    const give = (): Stamp =>
      (stamp ??= stampFor(base, isEdited(base, local) ? local.record.updatedAt : deps.now()));
    const state = withLocal(base, local, row?.shown === hashText(local.record.text), give);
    return needsIdField(id) && state.fields[ID_FIELD] === undefined
      ? writeField(state, give(), ID_FIELD, id)
      : state;
  }

  /**
   * Changes are given their stamps when they are about to be sent, with the time at which they were made. Stamps are compared inside of
   * one record only, so that later than the record's own newest is late enough.
   */
  function stampFor(base: SyncRecord | null, at: number): Stamp {
    const newest = base ? newestStamp(base) : undefined;
    return createClock({ deviceId: device, now: () => at }).next(newest);
  }
}

/** A stored state with its texts. A text that was forgotten with another record is gone from here as well. */
function expand(
  { shape, shown, others }: SyncRecordRow,
  local: LocalMemory | null,
): SyncRecord | null {
  if (shape === null) return null;
  const state = decodeRecord(shape);
  if (isForgotten(state)) return state;
  const texts = new Map(others.map(({ stamp, text }) => [stamp, text]));
  const text = local && hashText(local.record.text) === shown ? local.record.text : "";
  const versions = state.text.versions.flatMap((version, i): TextVersion[] => {
    const own = i === 0 ? text : texts.get(version.stamp);
    return own === undefined ? [] : [{ ...version, text: own }];
  });
  return { ...state, text: { ...state.text, versions } };
}

/** The state itself where it has none. */
export function withoutVectors(state: SyncRecord): SyncRecord {
  return isForgotten(state) || state.text.versions.every(({ embedding }) => embedding === null)
    ? state
    : mapVersions(state, (version) => ({ ...version, embedding: null }));
}

/** The shown text with the vector that the vault holds of it. */
export function withVector(state: SyncRecord, embedding: TextVersion["embedding"]): SyncRecord {
  if (isForgotten(state) || !embedding) return state;
  return mapVersions(state, (version, i) => (i === 0 ? { ...version, embedding } : version));
}

function mapVersions(
  state: LiveRecord,
  change: (version: TextVersion, i: number) => TextVersion,
): LiveRecord {
  return { ...state, text: { ...state.text, versions: state.text.versions.map(change) } };
}

/** What a device is called, as a record of the vault. */
export function named(base: SyncRecord | null, name: string, stamp: Stamp): LiveRecord {
  const live = base && !isForgotten(base) ? base : EMPTY_RECORD;
  return writeField(writeField(live, stamp, "kind", "device"), stamp, "name", name);
}
