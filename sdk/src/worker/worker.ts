import * as Comlink from "comlink";
import { assembleHost } from "./assemble.ts";
import { carryErrors } from "./error-transfer.ts";
import type { ReadyMessage } from "./handshake.ts";

// Imported anywhere else (a server that follows the package's entries, a page by mistake) this module does nothing.
if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  carryErrors();
  Comlink.expose(assembleHost("worker"));
  void announce();
}

async function announce(): Promise<void> {
  if (!navigator.locks) return tell(null);
  const aliveLock = `alcove:alive:${crypto.randomUUID()}`;
  try {
    await navigator.locks.request(aliveLock, () => {
      tell(aliveLock);
      return new Promise<never>(() => undefined);
    });
  } catch {
    // A frame without an origin of its own has locks and may not use them.
    tell(null);
  }
}

function tell(aliveLock: string | null): void {
  self.postMessage({ alcove: "ready", aliveLock } satisfies ReadyMessage);
}
