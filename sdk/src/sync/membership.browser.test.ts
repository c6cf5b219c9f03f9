import { describe, expect, test } from "vitest";
import { loadDeviceKeys } from "../crypto/device-keys.ts";
import { activeDevices, findDevice } from "../crypto/member-log.ts";
import { toBase64url } from "../wire/base64url.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import { foundVault } from "./found-vault.ts";
import { joinByPhrase } from "./join-by-phrase.ts";
import { loadVault } from "./kept-membership.ts";
import { createMembership } from "./membership.ts";
import { ServerProblem } from "./server-problem.ts";
import { codeOf, founded, linked, openProfile } from "./sync.fixture.ts";

const url = syncServerUrl();

describe("making a vault", () => {
  test("sends nothing before words of the phrase were repeated", async () => {
    const profile = await openProfile(url);
    const { phrase, confirm } = await foundVault(profile);
    const words = phrase.split(" ");
    expect(words).toHaveLength(12);
    expect(await codeOf(confirm([]))).toBe("sync/words");
    expect(await codeOf(confirm([words[0] ?? "", words[1] ?? ""]))).toBe("sync/words");
    expect(await codeOf(confirm(words.toReversed()))).toBe("sync/words");
    expect(await codeOf(confirm([...words.slice(0, 11), "zebra", "zoo"]))).toBe("sync/words");
    expect(profile.calls).toEqual([]);
    const membership = await confirm([words[1] ?? "", words[5] ?? "", words[11] ?? ""]);
    expect(profile.calls).toEqual(["vault.create"]);
    expect((await membership.refreshLog()).length).toBe(1);
  });

  test("may be done without repeating words by who says so", async () => {
    const { confirm } = await foundVault(await openProfile(url));
    expect((await confirm("waived")).log().length).toBe(1);
  });

  test("while the server is away ends with nothing kept, and can be confirmed again", async () => {
    const profile = await openProfile("http://127.0.0.1:9");
    const { confirm } = await foundVault(profile);
    expect(await codeOf(confirm("waived"))).toBe("sync/offline");
    expect(await profile.box.get("membership")).toBeUndefined();
    expect(await profile.box.get("device")).toBeUndefined();
  });

  test("whose answer was lost is made once", async () => {
    const profile = await openProfile(url);
    const { confirm } = await foundVault(profile);
    let lost = 1;
    profile.between(async (_, next) => {
      const answer = await next();
      if (lost === 0) return answer;
      lost -= 1;
      throw new ServerProblem({ code: "busy", retryAfterMs: 1 });
    });
    expect((await (await confirm("waived")).refreshLog()).length).toBe(1);
    expect(profile.calls.filter((name) => name === "vault.create")).toHaveLength(2);
  });
});

describe("joining by the phrase", () => {
  test("gives the same vault and the same keys", async () => {
    const { membership, phrase } = await founded(await openProfile(url));
    const other = await joinByPhrase(await openProfile(url), ` ${phrase.toUpperCase()} `);
    expect(other.vaultId).toEqual(membership.vaultId);
    expect(other.epochKeys()).toEqual(membership.epochKeys());
    expect(activeDevices(await membership.refreshLog())).toHaveLength(2);
  });

  test("after several epochs gives the keys of all of them", async () => {
    const first = await openProfile(url);
    const { membership, phrase } = await founded(first);
    await membership.rotate();
    await membership.rotate();
    const other = await joinByPhrase(await openProfile(url), phrase);
    expect(other.epochKeys().map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(other.epochKeys()).toEqual(membership.epochKeys());
  });

  test("that belongs to no vault here is told as that", async () => {
    const { phrase } = await foundVault(await openProfile(url));
    expect(await codeOf(joinByPhrase(await openProfile(url), phrase))).toBe("sync/not-found");
  });

  test("that was mistyped is told before anything is sent", async () => {
    const profile = await openProfile(url);
    expect(await codeOf(joinByPhrase(profile, "one two three"))).toBe("sync/phrase");
    expect(profile.calls).toEqual([]);
  });

  test("refuses a seventeenth device", async () => {
    const first = await openProfile(url);
    const { membership, phrase } = await founded(first);
    for (let i = 0; i < 15; i += 1) {
      const keys = {
        signPk: (await first.suite.curves.newSigningKey()).publicKey,
        sealPk: (await first.suite.curves.newSealingKey()).publicKey,
      };
      await membership.add(keys);
    }
    expect(await codeOf(joinByPhrase(await openProfile(url), phrase))).toBe("sync/full");
  });
});

describe("a member", () => {
  test("is one after a restart too", async () => {
    const profile = await openProfile(url);
    const { membership } = await founded(profile);
    await membership.rotate();
    const device = await loadDeviceKeys(profile.suite, profile.box);
    if (device === null || device === "lost") throw new Error("The keys were not kept.");
    const known = await loadVault({ ...profile, device }, 30_000);
    if (known === null) throw new Error("The vault was not kept.");
    const again = createMembership(known, { ...profile, device });
    expect(again.log()).toEqual(membership.log());
    expect(again.epochKeys()).toEqual(membership.epochKeys());
    expect((await again.refreshLog()).length).toBe(2);
  });

  test("is removed, with a new epoch that it does not get", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    await membership.revoke(second.membership.device.deviceId, async () => null);
    expect(membership.epochKeys().map(({ epoch }) => epoch)).toEqual([1, 2]);
    const log = membership.log();
    expect(findDevice(log, second.membership.device.deviceId)?.revoked).not.toBeNull();
    expect(await codeOf(second.membership.refreshLog())).toBe("sync/removed");
    // Done once; again is no fault.
    expect(await membership.revoke(second.membership.device.deviceId, async () => null)).toEqual(
      log,
    );
  });

  test("hears of an epoch that another opened", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const third = await linked(url, first, membership);
    await membership.revoke(third.membership.device.deviceId, async () => null);
    await second.membership.rotate();
    await membership.refreshLog();
    expect(membership.epochKeys()).toEqual(second.membership.epochKeys());
    expect(membership.epochKeys()).toHaveLength(3);
    await second.membership.raiseFloor();
    await membership.refreshLog();
    expect(membership.epochKeys().map(({ epoch }) => epoch)).toEqual([3]);
  });

  test("who appends at the same moment as another does so after it", async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    await Promise.all([membership.rotate(), second.membership.rotate()]);
    await Promise.all([membership.refreshLog(), second.membership.refreshLog()]);
    expect(membership.log().epoch).toBe(3);
    expect(membership.log().hash).toEqual(second.membership.log().hash);
    expect(membership.epochKeys()).toEqual(second.membership.epochKeys());
  });

  test("whose answer was lost finds its entry in the log", async () => {
    const profile = await openProfile(url);
    const { membership } = await founded(profile);
    let lost = 1;
    profile.between(async (name, next) => {
      const answer = await next();
      if (name !== "log.append" || lost === 0) return answer;
      lost -= 1;
      throw new ServerProblem({ code: "busy", retryAfterMs: 1 });
    });
    expect((await membership.rotate()).epoch).toBe(2);
    expect(membership.epochKeys()).toHaveLength(2);
  });

  test("opens a new session when the server no longer knows the old one", async () => {
    const profile = await openProfile(url);
    const { membership } = await founded(profile);
    await membership.refreshLog();
    profile.calls.length = 0;
    await membership.refreshLog();
    expect(profile.calls).toEqual(["log.get"]);
    let refused = 1;
    profile.between((name, next) => {
      if (name !== "log.get" || refused === 0) return next();
      refused -= 1;
      return profile.transport.call("vault.status", { vaultId: toBase64url(membership.vaultId) });
    });
    await membership.refreshLog();
    expect(profile.calls.filter((name) => name === "auth.session")).toHaveLength(1);
  });

  test("renews the session before it ends", async () => {
    let now = Date.now();
    const profile = { ...(await openProfile(url)), now: () => now };
    const { membership } = await founded(profile);
    await membership.refreshLog();
    now += 15 * 60_000;
    await membership.refreshLog();
    expect(profile.calls.filter((name) => name === "auth.session")).toHaveLength(2);
  });

  test("goes on when the server comes back", async () => {
    const profile = await openProfile(url);
    const { membership } = await founded(profile);
    const away = await openProfile("http://127.0.0.1:9");
    profile.between((name, next, input) =>
      name === "log.get"
        ? away.transport.call(name, input as { vaultId: string; from: number })
        : next(),
    );
    expect(await codeOf(membership.refreshLog())).toBe("sync/offline");
    profile.between(null);
    expect((await membership.refreshLog()).length).toBe(1);
  });

  test("destroys the vault at the server, and founds it again with all that it had", async () => {
    const first = await openProfile(url);
    const { membership, phrase } = await founded(first);
    await membership.rotate();
    await membership.destroyRemote();
    expect(await codeOf(joinByPhrase(await openProfile(url), phrase))).toBe("sync/not-found");
    const log = await membership.reseed();
    expect(log).toMatchObject({ length: 3, generation: 1, epoch: 2 });
    expect((await membership.refreshLog()).length).toBe(3);
    const other = await joinByPhrase(await openProfile(url), phrase);
    expect(other.epochKeys()).toEqual(membership.epochKeys());
  });

  test("opens a new generation where the vault is still there", async () => {
    const { membership } = await founded(await openProfile(url));
    expect(await membership.reseed()).toMatchObject({ length: 2, generation: 1 });
  });
});
