import type { MemoryErrorCode } from "./errors.ts";
import type { Scope } from "./scope.ts";

/** What the vault holds and how it is kept. */
export interface VaultStats {
  readonly vault: string;
  readonly records: number;
  readonly turns: number;
  readonly notes: number;
  readonly derived: number;
  readonly threads: number;
  readonly versions: number;
  /** Every scope that holds records, so that an interface can reach each by `with(scope)`. */
  readonly scopes: readonly { readonly scope: Scope; readonly records: number }[];
  readonly index: {
    readonly kind: "flat";
    readonly documents: number;
    readonly segments: number;
    readonly tail: number;
    readonly residentBytes: number;
  };
  /** What finds memories by meaning; absent with the built-in embedder. */
  readonly embedding?: EmbeddingStats;
  /** Of the whole origin, bytes; `null` where the browser does not tell. */
  readonly storage: {
    readonly usage: number | null;
    readonly quota: number | null;
    readonly persisted: boolean | null;
  };
  /** Where the vault runs. */
  readonly host: "worker" | "page";
}

/** How far the embedder is, and how its vectors are searched. */
export interface EmbeddingStats {
  /** The preset's name, or `own`. */
  readonly embedder: string;
  /** `loading`: no model yet. `embedding`: usable, memories still get their vectors. `failed`: recall goes by words; `problem` says why. */
  readonly state: "loading" | "embedding" | "ready" | "failed";
  /** The code of what went wrong. */
  readonly problem?: MemoryErrorCode;
  /** The space of its vectors, once it is known. */
  readonly space: string | null;
  /** Memories with a vector in this space, and all that are to have one. */
  readonly embedded: number;
  readonly total: number;
  /** An earlier space that still answers for what is not embedded anew. */
  readonly earlier?: { readonly space: string; readonly embedded: number };
  readonly index: {
    /** `flat`, `voy`, or what took over. */
    readonly kind: string;
    readonly residentBytes: number;
    /** Which code compares vectors: plain JavaScript, WASM with 128-bit SIMD, or with relaxed SIMD. */
    readonly kernel?: "script" | "simd" | "relaxed";
    /** How rows are kept; see `sdk/docs/guide.md`. */
    readonly tier?: "full" | "prefiltered" | "on-demand";
    /** Candidates that signatures choose for exact comparison; 0 where every row is compared. */
    readonly rescored?: number;
    /** Recall@10 measured on stored rows, 0..1. */
    readonly recallEstimate?: number;
  };
  /** How meaning counts in this space, read from the vault itself. */
  readonly weight: number;
}

/** One vault of this origin. */
export interface VaultInfo {
  readonly name: string;
  /** When it was last opened on this device, epoch milliseconds; absent where that is not known. */
  readonly openedAt?: number;
}
