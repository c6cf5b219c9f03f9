import { MemoryError } from "../domain/errors.ts";
import { forgetDeviceKeys, newDeviceKeys } from "../crypto/device-keys.ts";
import { epochCommit, sealEpochBox, type EpochKey } from "../crypto/key-schedule.ts";
import { newPhrase, parsePhrase, phraseWords, recoverySecrets } from "../crypto/phrase.ts";
import { signLogEntry } from "../crypto/sign.ts";
import { recoveryIdOf, vaultIdOf } from "../crypto/verify.ts";
import { toBase64url } from "../wire/base64url.ts";
import { HASH_BYTES, KEY_BYTES } from "../wire/limits.ts";
import type { SealedBox } from "../wire/procedures.ts";
import { withRetries } from "./back-off.ts";
import { dayOf } from "./days.ts";
import { forgetVault } from "./kept-membership.ts";
import { becomeMember, type Membership, type MembershipDeps } from "./membership.ts";
import { extend } from "./read-log.ts";

/** Fewer words prove only that somebody has seen the screen. */
const FEWEST_WORDS = 3;

/** A vault whose keys are made, and of which no server knows. */
export interface NewVault {
  /** 12 words: shown once, kept nowhere. */
  readonly phrase: string;
  /**
   * Makes the vault at the server. May be called again after it was rejected.
   *
   * @param words three or more words of the phrase in the order in which they stand in it, as proof that it was written down;
   *   `"waived"`: the user does without, knowing that nobody can get the vault back
   * @throws {@link MemoryError} `sync/words`, `sync/offline`, `sync/refused`
   */
  confirm(words: readonly string[] | "waived"): Promise<Membership>;
}

export async function foundVault(
  deps: Omit<MembershipDeps, "device">,
  invite?: string,
): Promise<NewVault> {
  const { suite, transport, now, box } = deps;
  const phrase = await newPhrase(suite);
  const recovery = await recoverySecrets(suite, await parsePhrase(suite, phrase));
  const vaultId = await vaultIdOf(suite, recovery.signing.publicKey);
  const recoveryId = await recoveryIdOf(suite, recovery.signing.publicKey);
  const device = await newDeviceKeys(suite);
  const epochKey: EpochKey = { epoch: 1, key: suite.random(KEY_BYTES) };
  const genesis = await signLogEntry(suite, recovery.signing, {
    vaultId,
    index: 0,
    prevHash: new Uint8Array(HASH_BYTES),
    day: dayOf(now()),
    signer: "recovery",
    signerId: recoveryId,
    change: {
      type: "genesis",
      recovery: { signPk: recovery.signing.publicKey, sealPk: recovery.sealing.publicKey },
      device: { signPk: device.signing.publicKey, sealPk: device.sealing.publicKey },
      commit: await epochCommit(suite, vaultId, epochKey),
    },
  });
  const log = await extend(null, [genesis], { verifier: suite, today: dayOf(now()), vaultId });
  const recipients = [
    { id: device.deviceId, sealPk: device.sealing.publicKey },
    { id: recoveryId, sealPk: recovery.sealing.publicKey },
  ];
  const boxes: readonly SealedBox[] = await Promise.all(
    recipients.map(async (recipient) => ({
      epoch: 1,
      recipient: toBase64url(recipient.id),
      box: toBase64url(await sealEpochBox(suite, vaultId, epochKey, recipient)),
    })),
  );

  return {
    phrase,
    async confirm(words) {
      if (words !== "waived") checkWords(words, phrase);
      // On disk first: a vault that is at the server must not be without a device that has its keys.
      const vault = {
        url: transport.url,
        vaultId,
        log,
        epochKeys: [epochKey],
        linkedHeads: [],
      };
      const membership = await becomeMember(vault, { ...deps, device });
      try {
        await withRetries(() =>
          transport.call("vault.create", {
            entries: [toBase64url(genesis)],
            boxes,
            ...(invite !== undefined && { proof: invite }),
          }),
        );
      } catch (error) {
        await Promise.all([forgetVault(box), forgetDeviceKeys(box)]);
        throw error;
      }
      return membership;
    },
  };
}

function checkWords(given: readonly string[], phrase: string): void {
  const words = phraseWords(given.join(" "));
  let at = 0;
  const all = phrase.split(" ");
  for (const word of words) {
    at = all.indexOf(word, at) + 1;
    if (at === 0) break;
  }
  if (at === 0 || words.length < FEWEST_WORDS) {
    throw new MemoryError(
      "sync/words",
      `These are not ${FEWEST_WORDS} or more words of the recovery phrase in their order. Nothing was sent.`,
    );
  }
}
