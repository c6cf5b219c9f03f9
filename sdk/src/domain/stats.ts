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
  /** Of the whole origin, bytes; `null` where the browser does not tell. */
  readonly storage: {
    readonly usage: number | null;
    readonly quota: number | null;
    readonly persisted: boolean | null;
  };
  /** Where the vault runs. */
  readonly host: "worker" | "page";
}

/** One vault of this origin. */
export interface VaultInfo {
  readonly name: string;
  /** When it was last opened on this device, epoch milliseconds; absent where that is not known. */
  readonly openedAt?: number;
}
