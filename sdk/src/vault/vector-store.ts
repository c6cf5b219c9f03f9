/**
 * Where vectors are kept, beside the records they were made from. A vector is derived data: what is lost or damaged here is made
 * again from the record's text. Formats belong to the layer above; to the vault a vector and a part of a segment are bytes.
 *
 * Contract (`vector-store.contract.ts` holds it for every adapter):
 * - a vector is stored only while its record is there: one that comes too late (its record forgotten or edited meanwhile) is
 *   passed over, and removing or editing a record takes its vectors out of the tail in the same transaction;
 * - a segment that holds the vector of a record that went is told as `gone` until a segment without it takes its place;
 * - segments are immutable but for their dead rows; a change of the layout names what it was made from and is refused when that
 *   is not there any more (`vault/failed`, retryable), so that no new segment brings a forgotten vector back.
 */
export interface VectorStore {
  /** Every space, in the order of their ids. */
  spaces(): Promise<readonly VectorSpaceRow[]>;
  /** Adds a space, or notes something new about one. */
  putSpace(row: VectorSpaceRow): Promise<void>;
  /** Removes a space with all its vectors, in one transaction. */
  dropSpace(space: string): Promise<void>;

  /** All that is known of a space without reading a chunk. */
  load(space: string): Promise<StoredVectors>;
  /** One part of each of these segments, `null` where it is damaged, lost or not there any more. */
  parts(
    ids: readonly string[],
    part: VectorPart,
  ): Promise<readonly (Uint8Array<ArrayBuffer> | null)[]>;
  /** Tail rows of these `seq`s that are there. */
  tail(space: string, seqs: readonly number[]): Promise<readonly VectorRow[]>;

  /**
   * Stores vectors of records that are there, in one transaction. Records that are gone, and a space that is not there, are passed
   * over.
   *
   * @returns the `seq`s that were written.
   */
  put(space: string, vectors: readonly VectorRow[]): Promise<readonly number[]>;
  /** Puts segments in the place of tail rows and older segments, in one transaction. */
  replace(change: VectorReplacement): Promise<void>;
}

/** `sketch`: keys and what finds candidates, small. `rows`: the vectors themselves. */
export type VectorPart = "sketch" | "rows";
export const VECTOR_PARTS: readonly VectorPart[] = ["sketch", "rows"];

export interface VectorSpaceRow {
  readonly id: string;
  readonly dimensions: number;
  /** What its owner measured and wants to find again. */
  readonly notes: Readonly<Record<string, number>>;
}

export interface VectorRow {
  readonly seq: number;
  readonly vector: Uint8Array<ArrayBuffer>;
}

/** A vector given with its record. */
export interface SpaceVector {
  readonly space: string;
  readonly vector: Uint8Array<ArrayBuffer>;
}

export interface VectorSegmentHead {
  readonly id: string;
  readonly rows: number;
  /** Lowest and highest `seq` in it. */
  readonly first: number;
  readonly last: number;
  /** One bit a row, lowest first; empty where every row is alive. */
  readonly dead: Uint8Array<ArrayBuffer>;
  /** Bytes of each part. */
  readonly sizes: Readonly<Record<VectorPart, number>>;
}

export interface VectorSegment {
  readonly id: string;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly dead: Uint8Array<ArrayBuffer>;
  readonly parts: Readonly<Record<VectorPart, Uint8Array<ArrayBuffer>>>;
}

export interface StoredVectors {
  /** In the order of their lowest `seq`. */
  readonly segments: readonly VectorSegmentHead[];
  readonly tail: readonly VectorRow[];
  /** `seq`s whose records are gone while a segment may still hold their vectors. */
  readonly gone: readonly number[];
  /** Ids of segments whose head is damaged: they are dropped, and their rows made again. */
  readonly damaged: readonly string[];
}

export interface VectorReplacement {
  readonly space: string;
  readonly put: readonly VectorSegment[];
  /** Segments that go. If one is not there any more, nothing is written and the call rejects (`vault/failed`, retryable). */
  readonly drop: readonly string[];
  /** Tail rows that go, likewise. */
  readonly sealed: readonly number[];
  /** `gone` that `put` and `dead` contain. */
  readonly settled?: readonly number[];
  /** New dead rows of segments that stay, likewise. */
  readonly dead?: readonly { readonly id: string; readonly dead: Uint8Array<ArrayBuffer> }[];
}

/** A segment that held the vectors of forgotten records, and what takes its place; `null` where nothing is left. */
export interface VectorRewrite {
  readonly space: string;
  readonly drop: string;
  readonly put: VectorSegment | null;
}

/** What a change did to vectors, for the other tabs. */
export interface VectorChange {
  readonly space: string;
  /** `seq`s whose vectors stand in the tail now. */
  readonly added: readonly number[];
  /** True where segments were replaced, or the space came or went. */
  readonly layout: boolean;
}
