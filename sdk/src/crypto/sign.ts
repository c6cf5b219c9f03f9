import {
  authMessage,
  destroyMessage,
  encodeDestroyBody,
  joinDestroyRequest,
  type AuthClaim,
  type DestroyBody,
} from "../wire/auth-messages.ts";
import type { Bytes } from "../wire/bytes.ts";
import {
  encodeManifestBody,
  joinManifest,
  manifestMessage,
  type ManifestBody,
} from "../wire/manifest.ts";
import {
  coSignMessage,
  encodeLogEntryBody,
  joinLogEntry,
  logEntryMessage,
  type LogEntryBody,
} from "../wire/member-log.ts";
import type { KeyPair } from "./curves.ts";
import type { Suite } from "./suite.ts";

export async function signManifest(
  suite: Suite,
  key: KeyPair,
  manifest: ManifestBody,
): Promise<Bytes> {
  const body = encodeManifestBody(manifest);
  return joinManifest(body, await suite.curves.sign(key, manifestMessage(body)));
}

/** @param coSigner the second device of a `recovery` entry that takes effect at once */
export async function signLogEntry(
  suite: Suite,
  key: KeyPair,
  entry: LogEntryBody,
  coSigner: KeyPair | null = null,
): Promise<Bytes> {
  const body = encodeLogEntryBody(entry);
  return joinLogEntry(
    body,
    await suite.curves.sign(key, logEntryMessage(body)),
    coSigner && (await suite.curves.sign(coSigner, coSignMessage(body))),
  );
}

/** The signature that answers a challenge. */
export function signAuth(suite: Suite, key: KeyPair, claim: AuthClaim): Promise<Bytes> {
  return suite.curves.sign(key, authMessage(claim));
}

export async function signDestroy(
  suite: Suite,
  key: KeyPair,
  request: DestroyBody,
): Promise<Bytes> {
  const body = encodeDestroyBody(request);
  return joinDestroyRequest(body, await suite.curves.sign(key, destroyMessage(body)));
}
