import type { MemoryEvents } from "./domain/events.ts";
import type { Logger } from "./options.ts";

/** Listeners of one `Memory`. One that throws is reported to the logger and harms nothing else. */
export interface EventHub {
  on<E extends keyof MemoryEvents>(
    event: E,
    listener: (payload: MemoryEvents[E]) => void,
  ): () => void;
  emit<E extends keyof MemoryEvents>(event: E, payload: MemoryEvents[E]): void;
  clear(): void;
}

type Listeners = { [E in keyof MemoryEvents]?: Set<(payload: MemoryEvents[E]) => void> };

export function createEventHub(logger: Logger): EventHub {
  let listeners: Listeners = {};

  return {
    on(event, listener) {
      const set = setOf(event);
      set.add(listener);
      return () => set.delete(listener);
    },
    emit(event, payload) {
      for (const listener of setOf(event)) {
        try {
          listener(payload);
        } catch (error) {
          logger.error?.(
            `A listener of "${event}" threw ${error instanceof Error ? error.name : typeof error}.`,
          );
        }
      }
    },
    clear() {
      listeners = {};
    },
  };

  function setOf<E extends keyof MemoryEvents>(event: E): Set<(payload: MemoryEvents[E]) => void> {
    const known = listeners[event];
    if (known) return known;
    const fresh = new Set<(payload: MemoryEvents[E]) => void>();
    (listeners as Record<string, unknown>)[event] = fresh;
    return fresh;
  }
}
