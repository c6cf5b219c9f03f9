import { openEnvelope } from "../crypto/envelope.ts";
import { writerKey, type WriterKey } from "../crypto/key-schedule.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { decodeEnvelope } from "../wire/envelope.ts";
import { isFaultOfContent } from "./aside.ts";
import type { VaultAccess } from "./engine-port.ts";
import type { Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { isForgotten, type SyncRecord } from "./merge.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { deviceRecord, vaultIdOfKey, ID_FIELD } from "./record-id.ts";
import { withheld } from "./pull-problems.ts";

/** `null` for a row that no manifest named, that left meanwhile, or that is held. */
export async function openRow(
  { access, replica, decode }: PullDeps,
  ledger: Ledger,
  keyOf: KeyOf,
  bytes: Bytes,
): Promise<OpenedRow | null> {
  const { header } = decodeEnvelope(bytes);
  const dot = dotKey(header);
  const owed = ledger.owed.get(dot);
  const hash = await access.suite.sha256(bytes);
  if (!owed || !ledger.live.fits(header, hash)) return null;
  const key = await keyOf(owed.epoch, header.deviceId);
  const { recordId, content } = await openEnvelope(
    access.suite,
    key,
    {
      vaultId: access.vaultId,
      kind: "entry",
      epoch: owed.epoch,
      deviceId: header.deviceId,
      devSeq: header.devSeq,
    },
    bytes,
  );
  const record = bytesKey(recordId);
  const claims = owed.of.filter((of) => of !== record);
  // From here on it is a member's word: what is wrong with it is its own, and holds up nothing else.
  const state = await readable({ replica, decode }, record, content);
  return {
    row: {
      dot,
      record,
      hash,
      digest: state ? await replica.digestOf(state, content) : "",
      epoch: owed.epoch,
      tombstone: state !== null && isForgotten(state),
    },
    state,
    content,
    claims,
  };
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

export type KeyOf = (epoch: number, deviceId: Bytes) => Promise<WriterKey>;

/** Derives a writer's key of an epoch once a page. */
export function createKeys(access: VaultAccess): KeyOf {
  const derived = new Map<string, Promise<WriterKey>>();
  const derive: KeyOf = async (epoch, deviceId) => {
    const find = () => access.epochKeys().find((key) => key.epoch === epoch);
    if (!find()) await access.refreshLog();
    const key = find();
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
