/** The part of voy-search 0.6.3 that is used. The package types its entry only, and that needs a bundler plugin for WASM. */
declare module "voy-search/voy_search_bg.js" {
  export interface VoyResource {
    readonly embeddings: readonly {
      readonly id: string;
      readonly title: string;
      readonly url: string;
      readonly embeddings: readonly number[];
    }[];
  }

  export class Voy {
    constructor(resource?: VoyResource);
    add(resource: VoyResource): void;
    remove(resource: VoyResource): void;
    search(
      query: Float32Array,
      k: number,
    ): { readonly neighbors: readonly { readonly id: string }[] };
  }

  function setInstance(exports: WebAssembly.Exports): void;
  export { setInstance as __wbg_set_wasm };
}
