import { openEnvelope } from "../crypto/envelope.ts";
import { writerKey, type WriterKey } from "../crypto/key-schedule.ts";
import type { OwedRow } from "../vault/sync-store.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import type { Dot } from "../wire/dots.ts";
import { decodeEnvelope, type EnvelopeHeader } from "../wire/envelope.ts";
import { RECORD_ID_BYTES } from "../wire/limits.ts";
import { WireError } from "../wire/wire-error.ts";
import { isFaultOfContent } from "./aside.ts";
import type { VaultAccess } from "./engine-port.ts";
import { toDot, type Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { isForgotten, type SyncRecord } from "./merge.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { deviceRecord, vaultIdOfKey, ID_FIELD } from "./record-id.ts";
import { withheld } from "./pull-problems.ts";

/**
 * `null` for a row that no manifest named, that left meanwhile, or that is held. What a manifest named is a member's own work to the last
 * byte, as it names its hash: where it does not open, no server can have made it so, and it is set aside.
 *
 * @throws {WireError} for bytes that are no envelope and that nobody named
 */
export async function openRow(
  { access, replica, decode }: PullDeps,
  ledger: Ledger,
  keyOf: KeyOf,
  bytes: Bytes,
): Promise<OpenedRow | null> {
  const hash = await access.suite.sha256(bytes);
  const named = namedRow(ledger, bytes, hash);
  if (named === null) return null;
  const { owed, place, recordId } = named;
  const record = bytesKey(recordId);
  const claims = owed.of.filter((of) => of !== record);
  const row = { dot: owed.dot, record, hash, digest: "", epoch: owed.epoch, tombstone: false };
  const content = await openSigned(access, keyOf, { ...place, epoch: owed.epoch }, bytes);
  if (content === null) return { row, state: null, content: bytes, claims, sealed: true };
  // From here on it is a member's word: what is wrong with it is its own, and holds up nothing else.
  const state = await readable({ replica, decode }, record, content);
  if (state === null) return { row, state, content, claims };
  return {
    row: {
      ...row,
      digest: await replica.digestOf(state, content),
      tombstone: isForgotten(state),
    },
    state,
    content,
    claims,
  };
}

interface NamedRow {
  readonly owed: OwedRow;
  /** What the manifest calls it, whatever it says itself. */
  readonly place: Dot;
  readonly recordId: Bytes;
}

function namedRow(ledger: Ledger, bytes: Bytes, hash: Bytes): NamedRow | null {
  let header: EnvelopeHeader | null = null;
  let fault: WireError | null = null;
  try {
    ({ header } = decodeEnvelope(bytes));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    fault = error;
  }
  if (header) {
    const dot = dotKey(header);
    const owed = ledger.owed.get(dot);
    if (owed && ledger.live.fits(header, hash))
      return { owed, place: header, recordId: header.recordId };
    const held = ledger.held.get(dot);
    if (held && equalBytes(held.hash, hash)) return null;
  }
  // It bears another name than it was signed under, or none.
  for (const owed of ledger.owed.values()) {
    // A server may ask this of each row of a page.
    if (owed.hash[0] !== hash[0] || !equalBytes(owed.hash, hash)) continue;
    const recordId = header?.recordId ?? hash.slice(0, RECORD_ID_BYTES);
    return { owed, place: toDot(owed.dot), recordId };
  }
  if (fault) throw fault;
  return null;
}

/** The content of an envelope that a member named; `null` where it does not open there. */
export async function openSigned(
  { suite, vaultId }: VaultAccess,
  keyOf: KeyOf,
  { deviceId, devSeq, epoch }: Dot & { readonly epoch: number },
  bytes: Bytes,
): Promise<Bytes | null> {
  const key = await keyOf(epoch, deviceId);
  if (key === null) return null;
  try {
    const place = { vaultId, kind: "entry", epoch, deviceId, devSeq } as const;
    return (await openEnvelope(suite, key, place, bytes)).content;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return null;
  }
}

/** The vault's id that a state says it has. */
export function claimedId(key: string, state: SyncRecord): string {
  if (isForgotten(state)) return vaultIdOfKey(key, null);
  if (state.fields["kind"]?.value === "device") return deviceRecord(key);
  return vaultIdOfKey(key, state.fields[ID_FIELD]?.value);
}

/** `null` for what this version does not know, and for a record that claims another's place in the vault. */
export async function readable(
  { replica, decode }: Pick<PullDeps, "replica" | "decode">,
  record: string,
  content: Uint8Array,
): Promise<SyncRecord | null> {
  try {
    const state = decode(content);
    if (isForgotten(state)) return state;
    return (await replica.keyOf(claimedId(record, state))) === record ? state : null;
  } catch (error) {
    if (!isFaultOfContent(error)) throw error;
    return null;
  }
}

/** `null`: of an epoch that was given up. What still stands under it was sealed while it was. */
export type KeyOf = (epoch: number, deviceId: Bytes) => Promise<WriterKey | null>;

/** Derives a writer's key of an epoch once a page. */
export function createKeys(access: VaultAccess): KeyOf {
  const derived = new Map<string, ReturnType<KeyOf>>();
  const derive: KeyOf = async (epoch, deviceId) => {
    const find = () => access.epochKeys().find((key) => key.epoch === epoch);
    if (!find()) await access.refreshLog();
    const key = find();
    if (!key && epoch < access.log().minEpoch) return null;
    if (!key) throw withheld("the key of an epoch");
    return writerKey(access.suite, access.vaultId, key, deviceId, "entry");
  };
  return (epoch, deviceId) => {
    const name = `${epoch}:${bytesKey(deviceId)}`;
    const known = derived.get(name) ?? derive(epoch, deviceId);
    derived.set(name, known);
    return known;
  };
}
