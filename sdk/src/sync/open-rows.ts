import { openEnvelope } from "../crypto/envelope.ts";
import { writerKey, type WriterKey } from "../crypto/key-schedule.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import { decodeEnvelope } from "../wire/envelope.ts";
import { WireError } from "../wire/wire-error.ts";
import type { VaultAccess } from "./engine-port.ts";
import type { Ledger } from "./ledger.ts";
import { dotKey } from "./live-set.ts";
import { isForgotten } from "./merge.ts";
import type { OpenedRow, PullDeps } from "./pull-deps.ts";
import { withheld } from "./pull-problems.ts";
import { decodeRecord } from "./record-content.ts";

/** `null` for a row that no manifest named, that left meanwhile, or that is held. */
export async function openRow(
  { access, replica }: PullDeps,
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
  if (owed.of.some((of) => of !== record))
    throw new WireError("An entry takes the place of one of another record.", "refused");
  const state = decodeRecord(content);
  return {
    row: {
      dot,
      record,
      hash,
      digest: await replica.digestOf(state),
      epoch: owed.epoch,
      tombstone: isForgotten(state),
    },
    state,
  };
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
