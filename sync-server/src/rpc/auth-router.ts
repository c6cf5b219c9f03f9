import {
  authMessage,
  fromBase64url,
  LIMITS,
  recoveryIdOf,
  toBase64url,
  vaultIdOf,
  equalBytes,
} from "@alcove/sdk/wire";
import { hashToken, mintToken } from "../auth/tokens.ts";
import type { VaultState } from "../store/store.ts";
import { problem } from "./problem.ts";
import { createProcedures, memberOf, router, type RpcDeps } from "./trpc.ts";

const DAY_MS = 86_400_000;

export function createAuthRouter(deps: RpcDeps) {
  const { json, limited } = createProcedures(deps);
  const { store, verifier, challenges, config, now } = deps;

  /** The signature that answers a challenge, once. Slow paths first, so that the time tells nothing of what exists. */
  async function answered(answer: {
    readonly action: "session" | "locate";
    readonly audience: string;
    readonly host: string;
    readonly vaultId: Uint8Array;
    readonly id: Uint8Array;
    readonly nonce: Uint8Array;
    readonly signature: Uint8Array;
    /** Null: there is nobody of this name. */
    readonly publicKey: Uint8Array | null;
  }): Promise<boolean> {
    const { action, audience, vaultId, id, nonce } = answer;
    const [forVault, forId, forNonce] = [vaultId, id, nonce].map((part) => new Uint8Array(part));
    if (forVault === undefined || forId === undefined || forNonce === undefined) return false;
    const { storeId } = store.identity;
    const message = authMessage({
      action,
      audience,
      storeId: new Uint8Array(storeId),
      vaultId: forVault,
      id: forId,
      nonce: forNonce,
    });
    const signed = await verifier.verify(answer.publicKey ?? NOBODY, answer.signature, message);
    const forUs = audience === answer.host || config.publicHosts.includes(audience);
    return (
      signed &&
      answer.publicKey !== null &&
      forUs &&
      challenges.isGood(nonce, vaultId, id, now()) &&
      (await store.spend(hashToken(nonce)))
    );
  }

  return router({
    challenge: json("auth.challenge").mutation(({ input, ctx }) => {
      limited("auth", ctx.client);
      const expiresAtMs = now() + LIMITS.challengeLifeMs;
      const nonce = challenges.issue(
        fromBase64url(input.vaultId),
        fromBase64url(input.id),
        expiresAtMs,
      );
      return { nonce: toBase64url(nonce), expiresAtMs };
    }),

    session: json("auth.session").mutation(async ({ input, ctx }) => {
      limited("auth", ctx.client);
      const vaultId = fromBase64url(input.vaultId);
      const id = fromBase64url(input.id);
      const [device, vault] = await Promise.all([store.device(vaultId, id), store.vault(vaultId)]);
      const recoveryPk = vault === null ? NOBODY : recoveryPkOf(vault, now());
      const isRecovery = equalBytes(await recoveryIdOf(verifier, recoveryPk), id) && vault !== null;
      const good = await answered({
        action: "session",
        audience: input.audience,
        host: ctx.host,
        vaultId,
        id,
        nonce: fromBase64url(input.nonce),
        signature: fromBase64url(input.signature),
        publicKey: device?.signPk ?? (isRecovery ? recoveryPk : null),
      });
      if (!good) throw problem("unauthenticated");
      // Only who holds the key learns that the device was removed.
      if (device?.revoked === true) throw problem("revoked");
      const expiresAtMs = now() + LIMITS.sessionLifeMs;
      const token = mintToken(expiresAtMs);
      const granted = await store.grant({
        tokenHash: hashToken(token),
        kind: "session",
        vaultId,
        deviceId: device?.deviceId ?? null,
      });
      if (!granted) throw problem("unauthenticated");
      return { token: toBase64url(token), expiresAtMs };
    }),

    locate: json("auth.locate").mutation(async ({ input, ctx }) => {
      limited("auth", ctx.client);
      const publicKey = fromBase64url(input.recoverySignPk);
      const founded = await vaultIdOf(verifier, publicKey);
      const good = await answered({
        action: "locate",
        audience: input.audience,
        host: ctx.host,
        vaultId: founded,
        id: await recoveryIdOf(verifier, publicKey),
        nonce: fromBase64url(input.nonce),
        signature: fromBase64url(input.signature),
        publicKey,
      });
      if (!good) throw problem("unauthenticated");
      // Where there is none, the answer is the name that this key would give: a key nobody uses looks like one that founded a vault.
      return { vaultId: toBase64url((await store.vaultOfRecoveryKey(publicKey)) ?? founded) };
    }),

    ticket: json("auth.ticket").mutation(async ({ ctx }) => {
      const member = memberOf(ctx);
      const ticket = mintToken(now() + LIMITS.ticketLifeMs);
      const granted = await store.grant({
        tokenHash: hashToken(ticket),
        kind: "ticket",
        ...member,
      });
      if (!granted) throw problem("revoked");
      return { ticket: toBase64url(ticket) };
    }),
  });
}

/** A key of RFC 8032's examples. A signature is checked against it where there is nobody, only so that this takes as long. */
const NOBODY = new Uint8Array(
  Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex"),
);

/** The recovery key in force on the day of `nowMs`. */
export function recoveryPkOf({ recoveryPk, nextRecovery }: VaultState, nowMs: number): Uint8Array {
  const today = Math.floor(nowMs / DAY_MS);
  return nextRecovery !== null && today >= nextRecovery.fromDay
    ? nextRecovery.recoveryPk
    : recoveryPk;
}
