import { forgetOriginalFetch, isFetchPatched, noteOriginalFetch } from "./real-fetch.ts";
import { findDialect } from "../dialects/registry.ts";
import { type HostRules, isInterceptedHost } from "../providers/hosts.ts";
import { MemoryError } from "../domain/errors.ts";

/**
 * Puts `memoryFetch` in front of `globalThis.fetch` for known provider hosts and `hosts.allow`; every other request goes to the
 * original with the very arguments it was made with. Returns the undo, which restores the exact property descriptor. Where another
 * library has wrapped `fetch` since, its wrapper stays and ours lets everything through.
 *
 * A client that has taken hold of `fetch` before (the `openai` client does so when it is made) is not seen.
 */
export function patchGlobalFetch(
  memoryFetch: typeof globalThis.fetch,
  hosts: HostRules,
): () => void {
  if (isFetchPatched())
    throw new MemoryError(
      "usage/invalid-input",
      "intercept() is active already. Call the function that it returned first.",
    );
  const before = Object.getOwnPropertyDescriptor(globalThis, "fetch");
  if (before !== undefined && before.configurable !== true) {
    throw new MemoryError(
      "usage/invalid-input",
      "globalThis.fetch cannot be replaced here. Give the client `fetch: memory.fetch` instead.",
    );
  }
  const original = globalThis.fetch;
  let active = true;
  const patched: typeof globalThis.fetch = (input, init) =>
    active && isForMemory(input, hosts) ? memoryFetch(input, init) : original(input, init);

  noteOriginalFetch(original);
  Object.defineProperty(globalThis, "fetch", {
    value: patched,
    writable: true,
    configurable: true,
    enumerable: before?.enumerable ?? true,
  });
  return () => {
    if (!active) return;
    active = false;
    forgetOriginalFetch();
    if (globalThis.fetch !== patched) return;
    if (before === undefined) Reflect.deleteProperty(globalThis, "fetch");
    else Object.defineProperty(globalThis, "fetch", before);
  };
}

function isForMemory(input: RequestInfo | URL, hosts: HostRules): boolean {
  const url = typeof input === "object" && "url" in input ? input.url : String(input);
  const base: string | undefined = globalThis.location?.href;
  if (!URL.canParse(url, base)) return false;
  const target = new URL(url, base);
  // Also a host that was denied: what is meant for a gateway goes to the provider, without memory then.
  return findDialect(target) !== null || isInterceptedHost(target, hosts);
}
