import {
  concatBytes,
  createWireReader,
  createWireWriter,
  isZero,
  type Bytes,
  type WireReader,
  type WireWriter,
} from "./bytes.ts";
import {
  DEVICE_ID_BYTES,
  HASH_BYTES,
  KEY_BYTES,
  SIGNATURE_BYTES,
  VAULT_ID_BYTES,
} from "./limits.ts";
import { tagged } from "./tags.ts";
import { WireError } from "./wire-error.ts";

const VERSION = 1;
const TYPES = [
  "genesis",
  "add",
  "revoke",
  "rotate",
  "floor",
  "recovery",
  "keep-recovery",
  "reseed",
] as const;
const NO_DEVICE: Bytes = new Uint8Array(DEVICE_ID_BYTES);

/** The public halves of who can sign and be sealed to. */
export interface PublicKeys {
  /** Ed25519. */
  readonly signPk: Bytes;
  /** X25519. */
  readonly sealPk: Bytes;
}

/** The last manifest of a removed device that stands. `null`: none does. */
export interface Pin {
  readonly generation: number;
  readonly batchNo: number;
  readonly hash: Bytes;
}

/** What one entry changes. */
export type LogChange =
  | {
      readonly type: "genesis";
      readonly recovery: PublicKeys;
      readonly device: PublicKeys;
      readonly commit: Bytes;
    }
  | { readonly type: "add"; readonly device: PublicKeys }
  | {
      readonly type: "revoke";
      readonly deviceId: Bytes;
      readonly pin: Pin | null;
      /** The epoch that the removal opens, and the commitment to its key. */
      readonly epoch: number;
      readonly commit: Bytes;
    }
  | { readonly type: "rotate"; readonly epoch: number; readonly commit: Bytes }
  | { readonly type: "floor"; readonly minSuite: number; readonly minEpoch: number }
  | {
      readonly type: "recovery";
      readonly recovery: PublicKeys;
      /** The second device that signs, which makes the change take effect at once. */
      readonly coSigner: Bytes | null;
    }
  | { readonly type: "keep-recovery" }
  | { readonly type: "reseed"; readonly generation: number };

export interface LogEntryBody {
  readonly vaultId: Bytes;
  readonly index: number;
  /** SHA-256 of the whole entry before; zeros at index 0. */
  readonly prevHash: Bytes;
  /** Days since 1970-01-01 UTC. */
  readonly day: number;
  readonly signer: "device" | "recovery";
  /** deviceId or recoveryId. */
  readonly signerId: Bytes;
  readonly change: LogChange;
}

export interface LogEntry extends LogEntryBody {
  readonly signature: Bytes;
  readonly coSignature: Bytes | null;
  /** All bytes before the signatures. */
  readonly body: Bytes;
}

export function encodeLogEntryBody(entry: LogEntryBody): Bytes {
  checkEntry(entry);
  const out = createWireWriter();
  out.u8(VERSION);
  out.u8(TYPES.indexOf(entry.change.type) + 1);
  out.fixed(entry.vaultId, VAULT_ID_BYTES);
  out.u32(entry.index);
  out.fixed(entry.prevHash, HASH_BYTES);
  out.u32(entry.day);
  out.u8(entry.signer === "device" ? 1 : 2);
  out.fixed(entry.signerId, DEVICE_ID_BYTES);
  writeChange(out, entry.change);
  return out.take();
}

/** What the signer signs. */
export function logEntryMessage(body: Uint8Array): Bytes {
  return tagged("log", body);
}

/** What the second device of a `recovery` entry signs. */
export function coSignMessage(body: Uint8Array): Bytes {
  return tagged("cosign", body);
}

export function joinLogEntry(
  body: Uint8Array,
  signature: Uint8Array,
  coSignature: Uint8Array | null = null,
): Bytes {
  return concatBytes(body, signature, coSignature ?? new Uint8Array(0));
}

/** Reads the form only; `verifyMemberLog` says whether an entry may stand where it stands. */
export function decodeLogEntry(bytes: Uint8Array): LogEntry {
  const from = createWireReader(bytes);
  if (from.u8() !== VERSION)
    throw new WireError("A log entry has an unknown version.", "unsupported");
  const type = TYPES[from.u8() - 1];
  if (type === undefined) throw new WireError("A log entry has an unknown type.", "unsupported");
  const fields = {
    vaultId: from.fixed(VAULT_ID_BYTES),
    index: from.u32(),
    prevHash: from.fixed(HASH_BYTES),
    day: from.u32(),
    signer: readSigner(from),
    signerId: from.fixed(DEVICE_ID_BYTES),
    change: readChange(from, type),
  };
  const body = new Uint8Array(bytes.subarray(0, bytes.length - from.left));
  const signature = from.fixed(SIGNATURE_BYTES);
  const { change } = fields;
  const coSigned = change.type === "recovery" && change.coSigner !== null;
  const coSignature = coSigned ? from.fixed(SIGNATURE_BYTES) : null;
  from.end();
  checkEntry(fields);
  return { ...fields, signature, coSignature, body };
}

/** 1: a device, 2: the recovery key. */
export function readSigner(from: WireReader): "device" | "recovery" {
  const signer = from.u8();
  if (signer !== 1 && signer !== 2) throw new WireError("A signer is neither device nor recovery.");
  return signer === 1 ? "device" : "recovery";
}

function checkEntry({ index, prevHash, change, signer }: LogEntryBody): void {
  if ((index === 0) !== isZero(prevHash) || (index === 0) !== (change.type === "genesis")) {
    throw new WireError("Only the first entry of a log has none before it.");
  }
  if (change.type === "genesis" && signer !== "recovery") {
    throw new WireError("The first entry of a log is signed by the recovery key.");
  }
  if (change.type === "recovery" && change.coSigner && signer !== "device") {
    throw new WireError("The recovery key needs no second signature.");
  }
}

function writeChange(out: WireWriter, change: LogChange): void {
  switch (change.type) {
    case "genesis":
      writeKeys(out, change.recovery);
      writeKeys(out, change.device);
      out.fixed(change.commit, HASH_BYTES);
      return;
    case "add":
      writeKeys(out, change.device);
      return;
    case "revoke":
      out.fixed(change.deviceId, DEVICE_ID_BYTES);
      writePin(out, change.pin);
      out.u32(change.epoch);
      out.fixed(change.commit, HASH_BYTES);
      return;
    case "rotate":
      out.u32(change.epoch);
      out.fixed(change.commit, HASH_BYTES);
      return;
    case "floor":
      out.u8(change.minSuite);
      out.u32(change.minEpoch);
      return;
    case "recovery":
      writeKeys(out, change.recovery);
      if (change.coSigner && isZero(change.coSigner))
        throw new WireError("No device has the id zero.");
      out.fixed(change.coSigner ?? NO_DEVICE, DEVICE_ID_BYTES);
      return;
    case "keep-recovery":
      return;
    case "reseed":
      out.u32(change.generation);
  }
}

function readChange(from: WireReader, type: LogChange["type"]): LogChange {
  switch (type) {
    case "genesis":
      return {
        type,
        recovery: readKeys(from),
        device: readKeys(from),
        commit: from.fixed(HASH_BYTES),
      };
    case "add":
      return { type, device: readKeys(from) };
    case "revoke":
      return {
        type,
        deviceId: from.fixed(DEVICE_ID_BYTES),
        pin: readPin(from),
        epoch: from.u32(),
        commit: from.fixed(HASH_BYTES),
      };
    case "rotate":
      return { type, epoch: from.u32(), commit: from.fixed(HASH_BYTES) };
    case "floor":
      return { type, minSuite: from.u8(), minEpoch: from.u32() };
    case "recovery": {
      const recovery = readKeys(from);
      const coSigner = from.fixed(DEVICE_ID_BYTES);
      return { type, recovery, coSigner: isZero(coSigner) ? null : coSigner };
    }
    case "keep-recovery":
      return { type };
    case "reseed":
      return { type, generation: from.u32() };
  }
  throw new WireError("A log entry has an unknown type.", "unsupported");
}

function writePin(out: WireWriter, pin: Pin | null): void {
  if (pin && (pin.batchNo === 0 || isZero(pin.hash)))
    throw new WireError("A pin names no manifest.");
  out.u32(pin?.generation ?? 0);
  out.u64(pin?.batchNo ?? 0);
  out.fixed(pin?.hash ?? new Uint8Array(HASH_BYTES), HASH_BYTES);
}

function readPin(from: WireReader): Pin | null {
  const pin = { generation: from.u32(), batchNo: from.u64(), hash: from.fixed(HASH_BYTES) };
  const none = pin.batchNo === 0;
  if (none !== isZero(pin.hash) || (none && pin.generation !== 0)) {
    throw new WireError("A pin is half empty.");
  }
  return none ? null : pin;
}

function writeKeys(out: WireWriter, { signPk, sealPk }: PublicKeys): void {
  out.fixed(signPk, KEY_BYTES);
  out.fixed(sealPk, KEY_BYTES);
}

function readKeys(from: WireReader): PublicKeys {
  return { signPk: from.fixed(KEY_BYTES), sealPk: from.fixed(KEY_BYTES) };
}
