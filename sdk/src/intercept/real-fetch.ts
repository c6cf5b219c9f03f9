const ORIGINAL = Symbol.for("alcove.original-fetch");

type Patchable = typeof globalThis & { [ORIGINAL]?: typeof globalThis.fetch };

/**
 * The fetch below memory. While `globalThis.fetch` is patched it is what stood there before the patch, whoever wrapped the patch
 * since: asking the global again would send memory's own request through memory without end. The note stands on the global object,
 * because the patch comes from another bundle (`./intercept`) than the memory that it serves.
 */
export function realFetch(): typeof globalThis.fetch {
  const scope: Patchable = globalThis;
  return scope[ORIGINAL] ?? scope.fetch;
}

export function isFetchPatched(): boolean {
  return ORIGINAL in globalThis;
}

export function noteOriginalFetch(original: typeof globalThis.fetch): void {
  Object.defineProperty(globalThis, ORIGINAL, { value: original, configurable: true });
}

export function forgetOriginalFetch(): void {
  Reflect.deleteProperty(globalThis, ORIGINAL);
}
