import type { Json } from "./json.ts";
import type { Scope } from "./scope.ts";

/** `turn`: a raw message. `note`: added by the app. `derived`: drawn from other records, which `sources` names. */
export type MemoryKind = "turn" | "note" | "derived";

/** Who a text comes from. Only `user` text can become profile facts or instructions. */
export type MemoryOrigin = "user" | "assistant" | "app" | "import" | "tool";

/** One memory, as the public interface shows it. */
export interface MemoryRecord {
  readonly id: string;
  readonly kind: MemoryKind;
  readonly text: string;
  readonly role?: "user" | "assistant";
  readonly name?: string;
  readonly scope: Scope;
  /** The app's tags, and the rules' tags as `slot:<name>` (`slot:health`, `slot:diet`, ...). */
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, Json>>;
  readonly origin: MemoryOrigin;
  readonly pinned: boolean;
  /** Epoch milliseconds: when it was said. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Epoch milliseconds; from then on it is neither recalled nor listed. */
  readonly expiresAt?: number;
  /** The id of the older record that this one contradicts or renews. */
  readonly supersedes?: string;
  /** The ids this record was drawn from; for a turn, its caller's id where one was given. */
  readonly sources: readonly string[];
}

/** What `add` takes: a note, or a derived record with its sources. */
export interface NewMemory {
  readonly text: string;
  /** Default `"note"`; `"derived"` needs `sources`. */
  readonly kind?: "note" | "derived";
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, Json>>;
  /** Default `"app"`. Give `"user"` only for what the user wrote. */
  readonly origin?: MemoryOrigin;
  readonly pinned?: boolean;
  readonly createdAt?: number | string;
  readonly expiresAt?: number | string;
  readonly sources?: readonly string[];
  /** Who says it, as shown in the prompt. */
  readonly name?: string;
}

/** What `update` may change. `expiresAt: null` removes the expiry. */
export interface MemoryPatch {
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly pinned?: boolean;
  readonly expiresAt?: number | string | null;
}

/** An earlier state of a record, newest first in `history`. */
export interface MemoryVersion {
  readonly id: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, Json>>;
  readonly pinned: boolean;
  /** Epoch milliseconds: from when to when this state held. `until` is `null` for the present one. */
  readonly from: number;
  readonly until: number | null;
  /** `edit`: the record itself was changed. `superseded`: an older record that this one renews. */
  readonly reason: "current" | "edit" | "superseded";
  /** The record that held this state (another one where `reason` is `superseded`). */
  readonly recordId: string;
}

/** Every condition that is given must hold. */
export interface MemoryFilter {
  readonly ids?: readonly string[];
  readonly kinds?: readonly MemoryKind[];
  readonly scope?: Scope;
  /** All of these tags. */
  readonly tags?: readonly string[];
  /** Equal values under these keys. */
  readonly metadata?: Readonly<Record<string, Json>>;
  /** `createdAt` at or after, epoch milliseconds or ISO. */
  readonly from?: number | string;
  /** `createdAt` before, epoch milliseconds or ISO. */
  readonly to?: number | string;
  /** A case-insensitive part of the text. */
  readonly text?: string;
}

export interface Page {
  /** Default 50, at most 1,000. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export type ForgetTarget =
  | { readonly ids: readonly string[] }
  | { readonly filter: MemoryFilter }
  | { readonly query: string; readonly limit?: number };

export interface ForgetOptions {
  /** Only say what would go. */
  readonly dryRun?: boolean;
  /** Take near-duplicates and turns that restate the target along. */
  readonly related?: boolean;
}

export interface ForgetReport {
  /** What is gone (with `dryRun`: what would go): the targets, their versions' owners, derived records, exact duplicates. */
  readonly forgotten: readonly string[];
  /** Near-duplicates and turns that restate a target, left in place unless `related` was asked for. */
  readonly related: readonly MemoryRecord[];
  /** What went with them. */
  readonly removed: {
    readonly versions: number;
    readonly derived: number;
    readonly duplicates: number;
    /** Copies that sync kept of memories which had left the vault. */
    readonly copies: number;
    readonly rewrittenChunks: number;
  };
  readonly dryRun: boolean;
}
