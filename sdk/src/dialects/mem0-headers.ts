/** Where `@alcove/sdk/mem0` and its dialect meet. */
export const MEM0_BASE = "https://api.mem0.ai/v1";
/** The provider's URL that a client of the app's own would have called. */
export const MEM0_PROVIDER_HEADER = "x-mem0-provider-url";
/** Names of options of the hosted product that were given, with commas between. */
export const MEM0_OPTIONS_HEADER = "x-mem0-options";
