import source from "./worker/worker.ts?worker-source";

/**
 * A worker factory that needs no second file: the worker's whole code travels in this module. For pages whose bundler or host
 * cannot serve `worker.js` beside the SDK. It starts from a `blob:` URL, which the page's CSP must allow (`worker-src blob:`).
 *
 * @example
 * ```ts
 * import { createMemory } from "@alcove/sdk";
 * import { inlineWorker } from "@alcove/sdk/inline";
 *
 * const memory = createMemory({ worker: inlineWorker });
 * ```
 */
export function inlineWorker(): Worker {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  // Not at once: some browsers read the URL only after the constructor has returned.
  worker.addEventListener("message", () => URL.revokeObjectURL(url), { once: true });
  return worker;
}
