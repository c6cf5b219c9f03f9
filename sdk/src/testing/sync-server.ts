import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    readonly syncServer: string;
  }
}

/** The address of the sync server that was started for this run: the real one, with a database of its own. */
export function syncServerUrl(): string {
  return inject("syncServer");
}
