/** What goes between a watched worker and the pages of its vault, over one broadcast channel. */
export type WatchMessage =
  /** From a page: tell of the wire from now on. */
  | { readonly type: "watch" }
  /** From a page: the device's network is switched. */
  | { readonly type: "network"; readonly on: boolean }
  /** From a page: ask the server what it has. */
  | { readonly type: "look"; readonly id: string }
  /** From a worker: a request went out, or was kept from it. */
  | { readonly type: "wire"; readonly call: WireCall }
  /** From a worker: what the server answered; told by the first that has a session. */
  | { readonly type: "looked"; readonly id: string; readonly answer: LookAnswer }
  /** From a worker that was just started: whoever watches says so again. */
  | { readonly type: "here" };

/** One request of sync as it went over the wire. */
export interface WireCall {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  /** As the address names it, such as `sync.push`. */
  readonly procedure: string;
  readonly sentBytes: number;
  /** `null`: a stream, or no answer. */
  readonly gotBytes: number | null;
  /** `kept`: the network was switched off. `failed`: nothing answered. */
  readonly outcome: "answered" | "refused" | "kept" | "failed";
}

/** The server's own words, not looked at yet. */
export type LookAnswer =
  | {
      readonly state: "told";
      readonly vaultId: string;
      readonly status: unknown;
      readonly devices: unknown;
      readonly snapshot: unknown;
      readonly log: unknown;
      /** Pages of a pull, in their order. */
      readonly pages: readonly unknown[];
      /** Epoch ms. */
      readonly at: number;
    }
  | { readonly state: "no-answer"; readonly reason: "kept" | "session" | "failed" };

export function watchChannelName(vault: string): string {
  return `alcove-demo.watch:${vault}`;
}
