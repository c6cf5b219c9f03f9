import { SUITE } from "../crypto/crypto.fixture.ts";
import { sealEnvelope } from "../crypto/envelope.ts";
import { writerKey } from "../crypto/key-schedule.ts";
import type { Chain } from "../crypto/manifest-check.ts";
import { nextManifest } from "../crypto/member.fixture.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { ManifestBody } from "../wire/manifest.ts";
import { encodePushBody } from "../wire/push-body.ts";
import type { TestFleet } from "./engine.fixture.ts";
import { fromKey, toDot } from "./ledger.ts";

export interface RogueEntry {
  /** Key of the record. */
  readonly record: string;
  readonly content: Uint8Array;
  readonly supersedes?: readonly string[];
  /** What it signs and stores in the envelope's place. The server lets it. */
  readonly spoil?: (envelope: Bytes) => Bytes;
}

/** A member that signs whatever it likes: faulty, hostile, or newer than the others. */
export function rogueMember(fleet: TestFleet, i: number) {
  const actor = fleet.actors[i]!;
  let chain: Chain | null = null;

  return {
    /** Its dots, one for each entry. */
    async write(...entries: readonly RogueEntry[]): Promise<readonly string[]> {
      const epochKey = fleet.epochKeys.at(-1);
      if (!epochKey) throw new Error("There is no epoch.");
      const key = await writerKey(SUITE, fleet.vaultId, epochKey, actor.id, "entry");
      const firstSeq = chain?.nextSeq ?? 1;
      const envelopes = await Promise.all(
        entries.map(({ record, content }, n) =>
          sealEnvelope(
            SUITE,
            key,
            {
              vaultId: fleet.vaultId,
              kind: "entry",
              epoch: epochKey.epoch,
              deviceId: actor.id,
              recordId: fromKey(record),
              devSeq: firstSeq + n,
            },
            content,
          ),
        ),
      );
      const signed = envelopes.map((envelope, n) => entries[n]?.spoil?.(envelope) ?? envelope);
      const hashes = await Promise.all(signed.map((envelope) => SUITE.sha256(envelope)));
      const items = entries.map(({ supersedes = [] }, n) => ({
        hash: hashes[n]!,
        supersedes: supersedes.map(toDot),
      }));
      await push({ items }, envelopes);
      const dots = entries.map((_, n) => `${fleet.keyOf(i)}:${firstSeq + n}`);
      fleet.server.rows = fleet.server.rows.map((row) => {
        const n = row.dot === undefined ? -1 : dots.indexOf(row.dot);
        return n === -1 ? row : { ...row, bytes: signed[n] ?? row.bytes };
      });
      return dots;
    },
    purge: (dots: readonly string[]) =>
      push({ type: "purge", items: [], purged: dots.map(toDot) }, []),
  };

  async function push(
    says: Partial<ManifestBody>,
    envelopes: readonly Uint8Array<ArrayBuffer>[],
  ): Promise<void> {
    const manifest = await nextManifest(SUITE, fleet.log, actor, chain, says);
    await fleet.server.push(encodePushBody({ manifest, envelopes }), fleet.log.length);
    chain = {
      batchNo: (chain?.batchNo ?? 0) + 1,
      hash: await SUITE.sha256(manifest),
      logLen: fleet.log.length,
      nextSeq: (chain?.nextSeq ?? 1) + envelopes.length,
    };
  }
}
