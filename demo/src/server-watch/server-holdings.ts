import type { LogChange } from "@alcove/sdk/wire";

/** What a sync server has of one vault: read from its own answers, and from nothing else. */
export interface ServerHoldings {
  /** Epoch ms of the answer. */
  readonly at: number;
  /** Hex, as every id here. */
  readonly vaultId: string;
  /** Sealed rows and their bytes, by the server's own count. */
  readonly entries: number;
  readonly bytes: number;
  /** The newest place in its row of batches and entries. */
  readonly head: number;
  readonly generation: number;
  /** Newest first; of a large vault only the newest. */
  readonly rows: readonly SealedRow[];
  readonly devices: readonly SeenDevice[];
  /** The newest one, which new devices begin with. */
  readonly snapshot: {
    readonly rows: number;
    readonly blobs: number;
    readonly bytes: number;
  } | null;
  /** Newest first. */
  readonly log: readonly LogLine[];
}

export interface SealedRow {
  readonly seq: number;
  readonly writer: string;
  /** Of the writer's batches; `null`: the batch lies before what was asked for. */
  readonly batchNo: number | null;
  readonly epoch: number;
  readonly recordId: string;
  /** The whole envelope, header included. */
  readonly bytes: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface SeenDevice {
  readonly id: string;
  /** Days since 1970-01-01 UTC: the server stores no times. */
  readonly lastSeenDay: number | null;
  readonly removed: boolean;
  /** 0: it has sent nothing. */
  readonly batches: number;
}

export interface LogLine {
  readonly index: number;
  readonly day: number;
  readonly change: LogChange["type"];
  readonly epoch: number | null;
}

/** How often a text stands in the bytes as UTF-8. */
export function occurrences({ rows }: ServerHoldings, text: string): number {
  const wanted = new TextEncoder().encode(text);
  return rows.reduce((sum, { bytes }) => sum + countIn(bytes, wanted), 0);
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function countIn(bytes: Uint8Array, wanted: Uint8Array): number {
  let found = 0;
  const first = wanted[0];
  if (first === undefined) return 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1))
    if (wanted.every((byte, i) => bytes[at + i] === byte)) found += 1;
  return found;
}
