import { concatBytes, createWireReader, createWireWriter, type Bytes } from "./bytes.ts";
import {
  DEVICE_ID_BYTES,
  NONCE_BYTES,
  SIGNATURE_BYTES,
  STORE_ID_BYTES,
  VAULT_ID_BYTES,
} from "./limits.ts";
import { readSigner } from "./member-log.ts";
import { tagged } from "./tags.ts";
import { WireError } from "./wire-error.ts";

const VERSION = 1;

export interface AuthClaim {
  /** `session`: open one. `locate`: find the vault of a recovery key that replaced the first. */
  readonly action: "session" | "locate";
  /** Host and port of the server as the client knows it, in lower case. */
  readonly audience: string;
  readonly storeId: Bytes;
  readonly vaultId: Bytes;
  /** deviceId or recoveryId. */
  readonly id: Bytes;
  /** Of `auth.challenge`. */
  readonly nonce: Bytes;
}

/** What is signed to answer a challenge. */
export function authMessage(claim: AuthClaim): Bytes {
  const audience = new TextEncoder().encode(claim.audience);
  const out = createWireWriter();
  out.u8(claim.action === "session" ? 1 : 2);
  out.u16(audience.length);
  out.rest(audience);
  out.fixed(claim.storeId, STORE_ID_BYTES);
  out.fixed(claim.vaultId, VAULT_ID_BYTES);
  out.fixed(claim.id, DEVICE_ID_BYTES);
  out.fixed(claim.nonce, NONCE_BYTES);
  return tagged("auth", out.take());
}

/** The name under which a server is addressed, for `AuthClaim.audience`. */
export function audienceOf(url: string): string {
  return new URL(url).host.toLowerCase();
}

export interface DestroyBody {
  readonly signer: "device" | "recovery";
  readonly id: Bytes;
  readonly storeId: Bytes;
  readonly vaultId: Bytes;
  /** Of `auth.challenge`: one request destroys once, on one server. */
  readonly nonce: Bytes;
}

export interface DestroyRequest extends DestroyBody {
  readonly signature: Bytes;
  readonly body: Bytes;
}

export function encodeDestroyBody(request: DestroyBody): Bytes {
  const out = createWireWriter();
  out.u8(VERSION);
  out.u8(request.signer === "device" ? 1 : 2);
  out.fixed(request.id, DEVICE_ID_BYTES);
  out.fixed(request.storeId, STORE_ID_BYTES);
  out.fixed(request.vaultId, VAULT_ID_BYTES);
  out.fixed(request.nonce, NONCE_BYTES);
  return out.take();
}

export function destroyMessage(body: Uint8Array): Bytes {
  return tagged("destroy", body);
}

export function joinDestroyRequest(body: Uint8Array, signature: Uint8Array): Bytes {
  return concatBytes(body, signature);
}

export function decodeDestroyRequest(bytes: Uint8Array): DestroyRequest {
  const from = createWireReader(bytes);
  if (from.u8() !== VERSION)
    throw new WireError("A request has an unknown version.", "unsupported");
  const fields = {
    signer: readSigner(from),
    id: from.fixed(DEVICE_ID_BYTES),
    storeId: from.fixed(STORE_ID_BYTES),
    vaultId: from.fixed(VAULT_ID_BYTES),
    nonce: from.fixed(NONCE_BYTES),
    signature: from.fixed(SIGNATURE_BYTES),
  };
  from.end();
  return { ...fields, body: new Uint8Array(bytes.subarray(0, bytes.length - SIGNATURE_BYTES)) };
}
