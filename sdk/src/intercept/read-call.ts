import type { ProviderAdapter, ProviderCall } from "../providers/provider-adapter.ts";
import type { Scope } from "../domain/scope.ts";

/** The body as a call of this wire; `null` where it is none. */
export function readCall(adapter: ProviderAdapter, body: unknown, url: URL): ProviderCall | null {
  try {
    return adapter.read(body, url);
  } catch {
    return null;
  }
}

/** Whether there is something that memory could be for. */
export function hasTurn({ turns, last, follows }: ProviderCall): boolean {
  // What a tool gave back, to a conversation that the provider keeps: the user's turn is not sent again.
  const continuesLoop = last === "tool" && follows !== undefined;
  return continuesLoop || turns.some(({ role }) => role === "user");
}

/** A conversation that the provider keeps is a thread, by its id; what the app says of threads goes before. */
export function threadOf({ follows }: ProviderCall): Scope {
  return follows?.kind === "conversation" ? { thread: follows.id } : {};
}
