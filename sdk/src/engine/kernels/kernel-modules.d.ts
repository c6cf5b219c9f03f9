/** AssemblyScript compiled to WASM, as base64 text (`sdk/build/kernel-modules.ts`). */
declare module "*?wasm-base64" {
  const code: string;
  export default code;
}
