import type { Scope } from "./scope.ts";

export interface IngestOptions {
  readonly scope?: Scope;
  /** Default: what the roles say (`user`, `assistant`). `import` marks text whose author is not sure: it gives no facts. */
  readonly origin?: "import";
  /** The time of turns without a `createdAt`, epoch milliseconds. */
  readonly now?: number;
  readonly signal?: AbortSignal;
}

export interface IngestReport {
  readonly threadId: string | null;
  /** Ids of the new records, in the order of the messages that gave them. */
  readonly stored: readonly string[];
  /** Messages that gave none, and why. */
  readonly skipped: readonly {
    readonly index: number;
    readonly reason: "role" | "empty" | "known" | "own-block";
  }[];
  /** New records that repeat an older one. */
  readonly duplicates: number;
  /** New records that renew an older fact. */
  readonly superseded: number;
  /** Secrets that were taken out before storing. */
  readonly secrets: number;
}

export interface ImportOptions {
  readonly scope?: Scope;
  /** Only say what would come in. */
  readonly dryRun?: boolean;
  /**
   * The file is this person's own backup: origins and pins come back as they were. Default `false`: every record comes in with
   * origin `import`, unpinned, and gives no facts and no instructions, because a file can claim anything.
   */
  readonly trusted?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly lines: number;
  readonly imported: number;
}

export interface ImportReport {
  readonly format: "alcove" | "memoryrouter" | "mixed" | "empty";
  readonly lines: number;
  readonly imported: number;
  /** Lines whose record is there already. */
  readonly known: number;
  /** Lines that could not be read: number (from 1) and the fix. At most the first 100. */
  readonly problems: readonly { readonly line: number; readonly problem: string }[];
  readonly invalid: number;
  readonly secrets: number;
  readonly dryRun: boolean;
}

export interface ExportOptions {
  readonly scope?: Scope;
  /** Earlier versions too. Default true. */
  readonly versions?: boolean;
  readonly signal?: AbortSignal;
}
