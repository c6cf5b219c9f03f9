/** The package itself, in a module of its own so that only those who choose this engine download it (77 KB compressed). */
import * as bindings from "voy-search/voy_search_bg.js";
// In the code and not a file beside it: there is no asset to host, and the same import works in tests, builds and bundlers.
import wasmUrl from "voy-search/voy_search_bg.wasm?url&inline";

export { bindings };

/** Decoded by hand: `fetch` of a data URL is refused by a policy with `connect-src 'self'`. */
export function wasmBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(wasmUrl.slice(wasmUrl.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
