/** AssemblyScript compiled to WASM twice (`sdk/build/kernel-modules.ts`). */
declare module "*?packed-wasm" {
  /** Base64 of the raw deflation of both modules: with plain SIMD, and with relaxed SIMD after it. */
  export const packed: string;
  /** Length of the first, inflated. */
  export const simdBytes: number;
}
