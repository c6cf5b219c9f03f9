declare module "virtual:doc-fences" {
  export const fences: readonly { readonly name: string; readonly run: () => Promise<unknown> }[];
}
