import { createHash, randomBytes, type webcrypto } from "node:crypto";
import {
  authMessage,
  concatBytes,
  createWebVerifier,
  deviceIdOf,
  encodeDestroyBody,
  encodeEnvelopeHeader,
  encodeLogEntryBody,
  encodeManifestBody,
  encodePushBody,
  destroyMessage,
  joinDestroyRequest,
  joinEnvelope,
  joinLogEntry,
  joinManifest,
  logEntryMessage,
  manifestMessage,
  PROCEDURES,
  recoveryIdOf,
  paddedSize,
  toBase64url,
  vaultIdOf,
  type Bytes,
  type Dot,
  type Head,
  type LogChange,
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  type SealedBox,
  type Session,
  type WireProblem,
} from "@alcove/sdk/wire";

/** A client that signs for real and seals nothing: the server must not be able to tell. */

const verifier = createWebVerifier();

export interface Signer {
  readonly signPk: Bytes;
  readonly sealPk: Bytes;
  sign(message: Uint8Array): Promise<Bytes>;
}

export async function createSigner(): Promise<Signer> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  return {
    signPk: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    sealPk: random(32),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, Buffer.from(message))),
  };
}

export const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

export function sha256(bytes: Uint8Array): Bytes {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** What a call came to. */
export type Answer<T> =
  | { readonly status: number; readonly data: T; readonly problem?: never }
  | { readonly status: number; readonly problem: WireProblem; readonly data?: never };

export interface Caller {
  <Name extends ProcedureName>(
    name: Name,
    input: ProcedureInput<Name>,
    token?: string | null,
  ): Promise<Answer<ProcedureOutput<Name>>>;
}

/** Calls over HTTP as a browser would; the answer is checked with the wire's schema. */
export function createCaller(url: string): Caller {
  return async (name, input, token = null) => {
    const isBytes = input instanceof Uint8Array;
    const answer = await fetch(`${url}/trpc/${name}`, {
      method: "POST",
      headers: {
        "content-type": isBytes ? "application/octet-stream" : "application/json",
        ...(token !== null && { authorization: `Bearer ${token}` }),
      },
      body: isBytes ? Buffer.from(input) : JSON.stringify(input),
    });
    const body = (await answer.json()) as {
      result?: { data: unknown };
      error?: { data: { alcove: WireProblem } };
    };
    if (body.error !== undefined) return { status: answer.status, problem: body.error.data.alcove };
    const data = PROCEDURES[name].output.parse(body.result?.data);
    return { status: answer.status, data: data as ProcedureOutput<typeof name> };
  };
}

/** The answer that a test counts on. */
export async function good<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, problem, status } = await answer;
  if (problem !== undefined) throw new Error(`${status} ${JSON.stringify(problem)}`);
  return data;
}

export interface TestDevice extends Signer {
  readonly deviceId: Bytes;
}

/** A vault's member log as its owner keeps it. */
export interface Owner {
  readonly vaultId: Bytes;
  readonly recovery: Signer;
  readonly device: TestDevice;
  readonly entries: Bytes[];
  entry(change: LogChange, signer?: TestDevice | "recovery", day?: number): Promise<Bytes>;
}

const today = () => Math.floor(Date.now() / 86_400_000);

export async function createDevice(): Promise<TestDevice> {
  const signer = await createSigner();
  return { ...signer, deviceId: await deviceIdOf(verifier, signer.signPk) };
}

export async function createOwner(keys: { readonly recovery?: Signer } = {}): Promise<Owner> {
  const [recovery, device] = [keys.recovery ?? (await createSigner()), await createDevice()];
  const vaultId = await vaultIdOf(verifier, recovery.signPk);
  const recoveryId = await recoveryIdOf(verifier, recovery.signPk);
  const entries: Bytes[] = [];
  const entry: Owner["entry"] = async (change, signer = device, day = today()) => {
    const body = encodeLogEntryBody({
      vaultId,
      index: entries.length,
      prevHash: entries.length === 0 ? new Uint8Array(32) : sha256(entries.at(-1)!),
      day,
      signer: signer === "recovery" ? "recovery" : "device",
      signerId: signer === "recovery" ? recoveryId : signer.deviceId,
      change,
    });
    const key = signer === "recovery" ? recovery : signer;
    return joinLogEntry(body, await key.sign(logEntryMessage(body)));
  };
  entries.push(await entry({ type: "genesis", recovery, device, commit: random(32) }, "recovery"));
  return { vaultId, recovery, device, entries, entry };
}

export const boxOf = (recipient: Uint8Array, epoch = 1): SealedBox => ({
  epoch,
  recipient: toBase64url(recipient),
  box: toBase64url(random(80)),
});

export const createInput = (owner: Owner) => ({
  entries: owner.entries.map(toBase64url),
  boxes: [boxOf(owner.device.deviceId)],
});

export interface SessionOptions {
  readonly audience?: string;
  readonly action?: "session" | "locate";
  readonly storeId?: Bytes;
  readonly nonce?: string;
}

/** The answer to a challenge, as a device or as recovery. */
export async function sessionInput(
  call: Caller,
  url: string,
  vaultId: Bytes,
  who: TestDevice | Signer,
  options: SessionOptions = {},
): Promise<ProcedureInput<"auth.session">> {
  const id = "deviceId" in who ? who.deviceId : await recoveryIdOf(verifier, who.signPk);
  const names = { vaultId: toBase64url(vaultId), id: toBase64url(id) };
  const nonce = options.nonce ?? (await good(call("auth.challenge", names))).nonce;
  const info = await good(call("meta.info", undefined));
  const audience = options.audience ?? new URL(url).host;
  const message = authMessage({
    action: options.action ?? "session",
    audience,
    storeId: options.storeId ?? new Uint8Array(Buffer.from(info.storeId, "base64url")),
    vaultId,
    id,
    nonce: new Uint8Array(Buffer.from(nonce, "base64url")),
  });
  return { ...names, audience, nonce, signature: toBase64url(await who.sign(message)) };
}

export async function openSession(
  call: Caller,
  url: string,
  vaultId: Bytes,
  who: TestDevice | Signer,
): Promise<Session> {
  return good(call("auth.session", await sessionInput(call, url, vaultId, who)));
}

export interface Sealed {
  readonly recordId?: Bytes;
  readonly supersedes?: readonly Dot[];
  /** Stands in the ciphertext as it is: what a test looks for afterwards. */
  readonly content?: Uint8Array;
}

export interface PushWriter {
  /** The body of the next push, in the order of the device's own chain. */
  next(items: readonly Sealed[], change?: Partial<PushFields>): Promise<Bytes>;
  readonly batchNo: number;
  readonly head: Head;
}

interface PushFields {
  readonly seen: readonly Head[];
  readonly purged: readonly Dot[];
  readonly epoch: number;
  readonly generation: number;
}

export function createWriter(owner: Owner, device: TestDevice = owner.device): PushWriter {
  let batchNo = 0;
  let devSeq = 1;
  let prevHash: Bytes = new Uint8Array(32);
  return {
    get batchNo() {
      return batchNo;
    },
    get head() {
      return { deviceId: device.deviceId, batchNo, hash: prevHash };
    },
    async next(items, { seen = [], purged = [], epoch = 1, generation = 0 } = {}) {
      const envelopes = items.map(({ recordId = random(16), content = random(200) }, at) => {
        const ciphertextBytes = 16 + (paddedSize(content.length) ?? 0);
        const header = encodeEnvelopeHeader({
          suite: 1,
          kind: "entry",
          epoch,
          deviceId: device.deviceId,
          recordId,
          devSeq: devSeq + at,
          kid: random(16),
          nonce: random(12),
          ciphertextBytes,
        });
        const padding = random(ciphertextBytes - content.length);
        return joinEnvelope(header, concatBytes(content, padding));
      });
      const body = encodeManifestBody({
        type: purged.length > 0 ? "purge" : "batch",
        vaultId: owner.vaultId,
        deviceId: device.deviceId,
        generation,
        epoch,
        batchNo: ++batchNo,
        prevHash,
        logLen: owner.entries.length,
        logHash: sha256(owner.entries.at(-1)!),
        firstSeq: devSeq,
        items: envelopes.map((envelope, at) => ({
          hash: sha256(envelope),
          supersedes: items[at]?.supersedes ?? [],
        })),
        purged,
        seen,
      });
      const manifest = joinManifest(body, await device.sign(manifestMessage(body)));
      devSeq += items.length;
      prevHash = sha256(manifest);
      return encodePushBody({ manifest, envelopes });
    },
  };
}

export async function destroyRequest(
  call: Caller,
  vaultId: Bytes,
  device: TestDevice,
): Promise<string> {
  const { nonce } = await good(
    call("auth.challenge", { vaultId: toBase64url(vaultId), id: toBase64url(device.deviceId) }),
  );
  const { storeId } = await good(call("meta.info", undefined));
  const decode = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
  const body = encodeDestroyBody({
    signer: "device",
    id: device.deviceId,
    storeId: decode(storeId),
    vaultId,
    nonce: decode(nonce),
  });
  return toBase64url(joinDestroyRequest(body, await device.sign(destroyMessage(body))));
}
