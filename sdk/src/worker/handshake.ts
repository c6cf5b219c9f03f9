/**
 * What the worker tells once, when it can be called: the name of a Web Lock that it holds for as long as it lives. The page asks
 * for the same lock and gets it at the worker's death, which nothing else tells it (a killed worker fires no event).
 * `null` where the browser has no locks.
 */
export interface ReadyMessage {
  readonly alcove: "ready";
  readonly aliveLock: string | null;
}

export function isReadyMessage(data: unknown): data is ReadyMessage {
  return (
    typeof data === "object" && data !== null && (data as { alcove?: unknown }).alcove === "ready"
  );
}
