import { describe, expect, test } from "vitest";
import { extendLog } from "../crypto/member-log.ts";
import { makeActor, nextEntry, type Actor } from "../crypto/member.fixture.ts";
import { sealEpochBox } from "../crypto/key-schedule.ts";
import { parsePhrase, recoverySecrets } from "../crypto/phrase.ts";
import { recoveryIdOf } from "../crypto/verify.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { LINK_RECIPIENT } from "../wire/limits.ts";
import type { LogPage, SealedBox, VaultCreateInput } from "../wire/procedures.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { foundVault } from "./found-vault.ts";
import { joinByPhrase } from "./join-by-phrase.ts";
import type { Membership } from "./membership.ts";
import { codeOf, founded, linked, openProfile, type Profile } from "./sync.fixture.ts";

const url = syncServerUrl();

/** Changes what the server shows of the log. */
function lyingLog(profile: Profile, lie: (page: LogPage, from: number) => LogPage): void {
  profile.between(async (name, next, input) => {
    const answer = await next();
    if (name !== "log.get") return answer;
    return lie(answer as LogPage, (input as { readonly from: number }).from);
  });
}

function actorOf({ device }: Membership): Actor {
  return {
    kind: "device",
    id: device.deviceId,
    signing: device.signing,
    sealing: device.sealing,
    keys: { signPk: device.signing.publicKey, sealPk: device.sealing.publicKey },
  };
}

describe("a server that lies about keys and members", () => {
  test("16: a device's public key in the log is exchanged", async () => {
    const first = await openProfile(url);
    const { membership, phrase } = await founded(first);
    await linked(url, first, membership);
    const fresh = await openProfile(url);
    const other = (await fresh.suite.curves.newSigningKey()).publicKey;
    lyingLog(fresh, (page) => ({
      ...page,
      entries: page.entries.map((entry, i) => {
        if (i !== 1) return entry;
        const bytes = fromBase64url(entry);
        bytes.set(other, bytes.length - 64 - 64);
        return toBase64url(bytes);
      }),
    }));
    expect(await codeOf(joinByPhrase(fresh, phrase))).toBe("sync/vault-fork");
  });

  test("16: another vault's log, all of it signed well", async () => {
    const { phrase } = await founded(await openProfile(url));
    const other = await founded(await openProfile(url));
    const page = await other.membership.call("log.get", {
      vaultId: toBase64url(other.membership.vaultId),
      from: 0,
    });
    const fresh = await openProfile(url);
    lyingLog(fresh, () => page);
    expect(await codeOf(joinByPhrase(fresh, phrase))).toBe("sync/vault-fork");
  });

  test("16: the box of an epoch's key is exchanged for another key's", async () => {
    const { membership, phrase } = await founded(await openProfile(url));
    await membership.rotate();
    const fresh = await openProfile(url);
    const { suite } = fresh;
    const recovery = await recoverySecrets(suite, await parsePhrase(suite, phrase));
    const id = await recoveryIdOf(suite, recovery.signing.publicKey);
    const chosen = { epoch: 2, key: suite.random(32) };
    const box = await sealEpochBox(suite, membership.vaultId, chosen, {
      id,
      sealPk: recovery.sealing.publicKey,
    });
    const exchanged = (kept: SealedBox): SealedBox =>
      kept.recipient === toBase64url(id) && kept.epoch === 2
        ? { ...kept, box: toBase64url(box) }
        : kept;
    lyingLog(fresh, (page) => ({ ...page, boxes: page.boxes.map(exchanged) }));
    expect(await codeOf(joinByPhrase(fresh, phrase))).toBe("sync/vault-withheld");
  });

  test("swapped provisioning box, by phrase: a key that opens, of another vault, is not the one that the log has promised", async () => {
    const { membership, phrase } = await founded(await openProfile(url));
    const { membership: own } = await founded(await openProfile(url));
    const fresh = await openProfile(url);
    const { suite } = fresh;
    const recovery = await recoverySecrets(suite, await parsePhrase(suite, phrase));
    const id = await recoveryIdOf(suite, recovery.signing.publicKey);
    const [theirs] = own.epochKeys();
    if (!theirs) throw new Error("There is no epoch.");
    // Sealed to this very phrase and for this very vault, which anybody can do who knows the log.
    const to = { id, sealPk: recovery.sealing.publicKey };
    const box = toBase64url(await sealEpochBox(suite, membership.vaultId, theirs, to));
    lyingLog(fresh, (page) => ({ ...page, boxes: page.boxes.map((kept) => ({ ...kept, box })) }));
    expect(await codeOf(joinByPhrase(fresh, phrase))).toBe("sync/vault-withheld");
    // Nobody was let in.
    expect((await membership.refreshLog()).length).toBe(1);
  });

  test("recovery-key replacement: a lone device that asks and takes over at once is believed by nobody", async () => {
    const first = await openProfile(url);
    const { membership, phrase } = await founded(first);
    const second = await linked(url, first, membership);
    const log = await membership.refreshLog();
    const thief = actorOf(second.membership);
    const chosen = await makeActor(first.suite, "recovery", 77);
    const asked = await nextEntry(first.suite, log, thief, {
      type: "recovery",
      recovery: chosen.keys,
      coSigner: null,
    });
    const checks = { verifier: first.suite, today: log.day };
    const pending = await extendLog(log, [asked], checks);
    const commit = log.commits[0];
    if (!commit) throw new Error("There is no epoch.");
    // The new key removes the device of the owner, today and with a day of next month.
    for (const day of [log.day, log.day + 30]) {
      const taken = await nextEntry(
        first.suite,
        pending,
        chosen,
        {
          type: "revoke",
          deviceId: membership.device.deviceId,
          pin: null,
          epoch: log.epoch + 1,
          commit,
        },
        { day },
      );
      lyingLog(first, (page) => ({
        ...page,
        entries: [...page.entries, toBase64url(asked), toBase64url(taken)],
      }));
      expect(await codeOf(membership.refreshLog())).toBe("sync/vault-fork");
      expect(membership.log().hash).toEqual(log.hash);
    }
    // Asking alone is taken note of, and the old phrase still opens the vault.
    lyingLog(first, (page) => ({ ...page, entries: [...page.entries, toBase64url(asked)] }));
    expect((await membership.refreshLog()).pendingRecovery?.recoveryId).toEqual(chosen.id);
    expect((await joinByPhrase(await openProfile(url), phrase)).vaultId).toEqual(
      membership.vaultId,
    );
  });

  test("16: a box, or the link to an earlier epoch, is held back", async () => {
    const { membership, phrase } = await founded(await openProfile(url));
    await membership.rotate();
    const fresh = await openProfile(url);
    lyingLog(fresh, (page) => ({ ...page, boxes: [] }));
    expect(await codeOf(joinByPhrase(fresh, phrase))).toBe("sync/vault-withheld");
    lyingLog(fresh, (page) => ({
      ...page,
      boxes: page.boxes.filter(({ recipient }) => recipient !== LINK_RECIPIENT),
    }));
    expect(await codeOf(joinByPhrase(fresh, phrase))).toBe("sync/vault-withheld");
  });

  test("17: a removed device is added again, signed by another member or by itself", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const third = await linked(url, first, membership);
    await second.membership.refreshLog();
    await membership.revoke(third.membership.device.deviceId, async () => null);
    const log = await membership.refreshLog();
    const back = actorOf(third.membership);
    for (const by of [actorOf(membership), back]) {
      const entry = await nextEntry(first.suite, log, by, { type: "add", device: back.keys });
      lyingLog(second.profile, (page) => ({
        ...page,
        entries: [...page.entries, toBase64url(entry)],
      }));
      expect(await codeOf(second.membership.refreshLog())).toBe("sync/vault-fork");
      // Nothing of the lie stays.
      expect(second.membership.log().length).toBe(3);
    }
    second.profile.between(null);
    expect((await second.membership.refreshLog()).hash).toEqual(log.hash);
  });

  test("17: the server itself takes no such entry", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const gone = actorOf(second.membership);
    await membership.revoke(gone.id, async () => null);
    expect(await codeOf(membership.add(gone.keys))).toBe("sync/vault-fork");
    expect((await membership.refreshLog()).length).toBe(3);
  });

  test("18: a removal is left out of the log that follows it", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const third = await linked(url, first, membership);
    await second.membership.refreshLog();
    await membership.revoke(third.membership.device.deviceId, async () => null);
    await membership.rotate();
    lyingLog(second.profile, (page) => ({ ...page, entries: page.entries.toSpliced(1, 1) }));
    expect(await codeOf(second.membership.refreshLog())).toBe("sync/vault-fork");
  });

  test("18: a removal that a device has seen is taken back", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const third = await linked(url, first, membership);
    await membership.revoke(third.membership.device.deviceId, async () => null);
    await second.membership.refreshLog();
    lyingLog(second.profile, (page, from) => ({
      ...page,
      entries: page.entries.slice(0, Math.max(0, 3 - from)),
    }));
    expect(await codeOf(second.membership.refreshLog())).toBe("sync/vault-rollback");
  });

  test("18: another entry stands in its place", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const log = await second.membership.refreshLog();
    const third = await linked(url, first, membership);
    await membership.revoke(third.membership.device.deviceId, async () => null);
    await second.membership.refreshLog();
    const { commits, epoch } = log;
    const commit = commits[0];
    if (!commit) throw new Error("There is no epoch.");
    const entry = await nextEntry(first.suite, log, actorOf(membership), {
      type: "rotate",
      epoch: epoch + 1,
      commit,
    });
    const whole = await membership.call("log.get", {
      vaultId: toBase64url(membership.vaultId),
      from: 0,
    });
    const shown = [...whole.entries.slice(0, 2), toBase64url(entry)];
    lyingLog(second.profile, (page, from) => ({ ...page, entries: shown.slice(from) }));
    expect(await codeOf(second.membership.refreshLog())).toBe("sync/vault-fork");
  });

  test("a log that never ends", async () => {
    const profile = await openProfile(url);
    const { membership } = await founded(profile);
    lyingLog(profile, (page, from) => ({
      ...page,
      entries: from === 0 ? page.entries : [],
      more: true,
    }));
    expect(await codeOf(membership.refreshLog())).toBe("sync/vault-fork");
  });

  test("11: the log of a restored backup is completed from a device, and nothing is lost", async () => {
    const profile = await openProfile(url);
    const { phrase, confirm } = await foundVault(profile);
    let create: unknown = null;
    profile.between((name, next, input) => {
      if (name === "vault.create") create = input;
      return next();
    });
    const membership = await confirm("waived");
    await membership.rotate();
    await membership.rotate();
    // What a backup has that was taken when the vault was new.
    await membership.destroyRemote();
    await profile.transport.call("vault.create", create as VaultCreateInput);
    expect(await codeOf(membership.refreshLog())).toBe("sync/vault-rollback");
    expect(await membership.reseed()).toMatchObject({ length: 4, generation: 1, epoch: 3 });
    const other = await joinByPhrase(await openProfile(url), phrase);
    expect(other.epochKeys()).toEqual(membership.epochKeys());
  });
});
