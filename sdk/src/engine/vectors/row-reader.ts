import type { Int8Rows } from "../kernels/scan-kernels.ts";

/** Reads rows of stored segments that are not kept in memory. */
export interface RowReader {
  /**
   * The rows with these numbers of each segment, one after the other. A row that cannot be had (its segment was replaced meanwhile,
   * or is damaged) comes with a scale of -1.
   */
  read(wanted: readonly WantedRows[]): Promise<Int8Rows>;
  /** The packed sketches of these segments where it keeps a copy that is quicker to read than the vault; else `null`. */
  sketches(ids: readonly string[]): readonly (Uint8Array<ArrayBuffer> | null)[];
  /**
   * Brings a copy of the rows, where it keeps one, to what is stored now: what went is wiped first, then what came is copied. Reading
   * goes on meanwhile.
   */
  copy(): Promise<void>;
  /** Memory that it holds on to, in bytes. */
  readonly residentBytes: number;
  close(): void;
}

export interface WantedRows {
  readonly id: string;
  readonly rows: readonly number[];
}
