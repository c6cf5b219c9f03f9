import type { ProviderAdapter } from "./provider-adapter.ts";
import { openAiChat } from "./openai-chat.ts";

/** Every wire that is served. The first whose path matches reads the request. */
export const PROVIDER_ADAPTERS: readonly ProviderAdapter[] = [openAiChat];

export function findAdapter(url: URL): ProviderAdapter | null {
  return PROVIDER_ADAPTERS.find((adapter) => adapter.matches(url)) ?? null;
}
