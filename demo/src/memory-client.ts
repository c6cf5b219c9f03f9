import { createMemory, type Memory, type ScopedMemory } from "@alcove/sdk";
import { startWatchedWorker } from "./server-watch/start-watched-worker.ts";
import type { Settings } from "./state/settings.ts";

/** Where a site puts what `alcove assets` writes. */
const ASSETS = "./alcove/";
/** The vault of this page. */
export const PAGE_VAULT = "default";

/** The one memory of this page. A model is asked for on this site first, and on the hub that the person named. */
export function createPageMemory(settings: Settings): Memory {
  const model = settings.embedder.value;
  const hub = settings.modelHub.value;
  const watched = { vault: PAGE_VAULT, worker: () => startWatchedWorker(PAGE_VAULT) };
  if (model === "builtin") return createMemory(watched);
  return createMemory({
    ...watched,
    assets: ASSETS,
    embedder: URL.canParse(hub) ? { model, hub } : model,
  });
}

/** The memory of one chat: its own thread, with the person's settings as they are now. */
export function memoryOfChat(
  memory: Memory,
  settings: Settings,
  chat: { readonly threadId: string; readonly temporary: boolean },
): ScopedMemory {
  return memory.with(
    { thread: chat.threadId },
    {
      mode: chat.temporary ? "read" : "on",
      capture: settings.capture.value,
      recall: {
        budgetTokens: settings.budgetTokens.value,
        strategy: settings.strategy.value,
        placement: settings.placement.value,
      },
    },
  );
}
