import type { ProviderAdapter } from "./provider-adapter.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import { geminiGenerate } from "./gemini-generate.ts";
import { geminiInteractions } from "./gemini-interactions.ts";
import { ollamaChat } from "./ollama-chat.ts";
import { openAiChat } from "./openai-chat.ts";
import { openAiResponses } from "./openai-responses.ts";

/** Every wire that is served. The first whose path matches reads the request. */
export const PROVIDER_ADAPTERS: readonly ProviderAdapter[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  geminiGenerate,
  geminiInteractions,
  ollamaChat,
];

export function findAdapter(url: URL): ProviderAdapter | null {
  return PROVIDER_ADAPTERS.find((adapter) => adapter.matches(url)) ?? null;
}
