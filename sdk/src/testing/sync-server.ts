import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    readonly syncServer: string;
    readonly unsetSyncServer: string;
  }
}

/** The address of the sync server that was started for this run: the real one, with a database of its own. */
export function syncServerUrl(): string {
  return inject("syncServer");
}

/** Another one, with the limits of a server that nobody set. Its clock stands still: of what is counted nothing comes back. */
export function unsetSyncServerUrl(): string {
  return inject("unsetSyncServer");
}

/** A network of a test's own between it and the server. */
export function syncNetwork(): {
  readonly url: string;
  cut(): Promise<void>;
  join(): Promise<void>;
} {
  const url = `${syncServerUrl()}/via-${crypto.randomUUID()}`;
  return {
    url,
    cut: async () => void (await fetch(`${url}/away`)),
    join: async () => void (await fetch(`${url}/back`)),
  };
}
