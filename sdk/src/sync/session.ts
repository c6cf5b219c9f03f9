import { MemoryError } from "../domain/errors.ts";
import type { KeyPair } from "../crypto/curves.ts";
import { signAuth } from "../crypto/sign.ts";
import type { Suite } from "../crypto/suite.ts";
import { audienceOf } from "../wire/auth-messages.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import type { Bytes } from "../wire/bytes.ts";
import { LIMITS, PROTOCOL_VERSION } from "../wire/limits.ts";
import type { ProcedureInput, ProcedureOutput } from "../wire/procedure-table.ts";
import type { Base64url } from "../wire/procedures.ts";
import { withRetries } from "./back-off.ts";
import { problemCode } from "./server-problem.ts";
import type { CallName, Transport } from "./transport.ts";

/** Someone who can answer a challenge: a device, or the recovery phrase. */
export interface Signer {
  /** deviceId or recoveryId. */
  readonly id: Bytes;
  readonly signing: KeyPair;
}

/** Calls at one server in one vault's name. */
export interface Session {
  /** Opens a session where there is none, and once more where the server no longer knows it. Throws as `Transport.call` does. */
  call<Name extends CallName>(
    name: Name,
    input: ProcedureInput<Name>,
    signal?: AbortSignal,
  ): Promise<ProcedureOutput<Name>>;
  blob(
    name: { readonly hash: Base64url; readonly offset: number },
    signal?: AbortSignal,
  ): Promise<Uint8Array>;
}

export interface SessionDeps {
  readonly transport: Transport;
  readonly suite: Suite;
  readonly vaultId: Bytes;
  readonly signer: Signer;
  /** Epoch ms of a clock that only has to run evenly. */
  readonly now: () => number;
}

/** A session is renewed so long before it ends, so that no call meets its end by the way. */
const SPARE_MS = 60_000;

export function createSession({ transport, suite, vaultId, signer, now }: SessionDeps): Session {
  const names = { vaultId: toBase64url(vaultId), id: toBase64url(signer.id) };
  let opening: Promise<Base64url> | null = null;
  let renewAt = 0;

  return {
    call: (name, input, signal) =>
      withSession((token) =>
        transport.call(name, input, { token, ...(signal !== undefined && { signal }) }),
      ),
    blob: (name, signal) =>
      withSession((token) =>
        transport.blob(
          { vaultId: names.vaultId, ...name },
          { token, ...(signal !== undefined && { signal }) },
        ),
      ),
  };

  async function withSession<T>(work: (token: Base64url) => Promise<T>): Promise<T> {
    return withRetries(async () => {
      const first = current();
      try {
        return await work(await first);
      } catch (error) {
        if (problemCode(error) !== "unauthenticated") throw error;
        // Of two calls that meet the end of a session one opens the next.
        if (opening === first) opening = null;
        return work(await current());
      }
    });
  }

  function current(): Promise<Base64url> {
    if (opening !== null && now() < renewAt) return opening;
    const attempt = open();
    opening = attempt;
    renewAt = now() + LIMITS.sessionLifeMs - SPARE_MS;
    attempt.catch(() => {
      if (opening === attempt) opening = null;
    });
    return attempt;
  }

  /** Bound to the server's address and its store: what is signed here is of no use anywhere else. */
  async function open(): Promise<Base64url> {
    const { protocols, storeId } = await transport.call("meta.info", undefined);
    if (!protocols.includes(PROTOCOL_VERSION)) {
      throw new MemoryError(
        "sync/server",
        "The server does not speak this version of the sync protocol.",
        { details: { code: "unsupported" } },
      );
    }
    const { nonce } = await transport.call("auth.challenge", names);
    const audience = audienceOf(transport.url);
    const signature = await signAuth(suite, signer.signing, {
      action: "session",
      audience,
      storeId: fromBase64url(storeId),
      vaultId,
      id: signer.id,
      nonce: fromBase64url(nonce),
    });
    const { token } = await transport.call("auth.session", {
      ...names,
      audience,
      nonce,
      signature: toBase64url(signature),
    });
    return token;
  }
}
