import { invalidInput } from "./options.ts";
import { patchGlobalFetch } from "./intercept/patch-global.ts";
import type { Memory } from "./memory.ts";

export interface InterceptOptions {
  /** More hosts to serve, next to the known providers; and hosts to leave alone. */
  readonly hosts?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
}

/**
 * Opt-in: puts memory in front of `globalThis.fetch`, for known provider hosts and `hosts.allow` only. Every other request is made
 * with the very arguments it came with. Returns the undo. Call it before provider clients are made: they take hold of `fetch` then.
 *
 * @throws {@link MemoryError} `usage/invalid-input` - it is active already, or `fetch` cannot be replaced here.
 */
export function intercept(memory: Memory, options: InterceptOptions = {}): () => void {
  if (typeof memory?.fetch !== "function")
    throw invalidInput("memory", "what createMemory() returned");
  return patchGlobalFetch(memory.fetch, {
    allow: options.hosts?.allow ?? [],
    deny: options.hosts?.deny ?? [],
  });
}
