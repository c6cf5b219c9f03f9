import { createMemory, type Memory, type ScopedMemory } from "@alcove/sdk";
import type { Settings } from "./state/settings.ts";

/** The one memory of this page. */
export function createPageMemory(): Memory {
  return createMemory();
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
