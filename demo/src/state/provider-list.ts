import type { WireName } from "../wires/wire.ts";

/** A provider that a person can choose, apart from the built-in one. */
export interface ProviderEntry {
  readonly label: string;
  readonly hint: string;
  /** Where its API begins, as its own client spells it. */
  readonly baseURL: string;
  /** The first is used until another one is chosen. */
  readonly wires: readonly [WireName, ...WireName[]];
  /** Whether a call without a key is pointless. */
  readonly key: "needed" | "optional";
  /** A name of the kind that this provider gives its models. */
  readonly example: string;
}

const OWN_KEY = "With your own key, straight from this browser.";
const UNSURE = "With your own key. Whether it takes calls from pages is not confirmed.";

/** Addresses as the providers' own clients use them, November 2026. What is known of calls from pages is from the same month. */
export const PROVIDERS = {
  openai: {
    label: "OpenAI",
    hint: OWN_KEY,
    baseURL: "https://api.openai.com/v1",
    wires: ["openai-chat", "openai-responses"],
    key: "needed",
    example: "gpt-5.5",
  },
  anthropic: {
    label: "Anthropic",
    hint: "With your own key. An organisation with its own retention rules is refused from pages.",
    baseURL: "https://api.anthropic.com",
    wires: ["anthropic-messages"],
    key: "needed",
    example: "claude-sonnet-4-6",
  },
  google: {
    label: "Google Gemini",
    hint: OWN_KEY,
    baseURL: "https://generativelanguage.googleapis.com",
    wires: ["gemini-generate"],
    key: "needed",
    example: "gemini-3.5-flash",
  },
  openrouter: {
    label: "OpenRouter",
    hint: "Models of many makers with one key, through its servers.",
    baseURL: "https://openrouter.ai/api/v1",
    wires: ["openai-chat"],
    key: "needed",
    example: "mistralai/mistral-medium-3.5",
  },
  mistral: {
    label: "Mistral",
    hint: OWN_KEY,
    baseURL: "https://api.mistral.ai/v1",
    wires: ["openai-chat"],
    key: "needed",
    example: "mistral-large-2512",
  },
  xai: {
    label: "xAI",
    hint: UNSURE,
    baseURL: "https://api.x.ai/v1",
    wires: ["openai-chat"],
    key: "needed",
    example: "grok-4.3",
  },
  deepseek: {
    label: "DeepSeek",
    hint: UNSURE,
    baseURL: "https://api.deepseek.com/v1",
    wires: ["openai-chat"],
    key: "needed",
    example: "deepseek-v4-pro",
  },
  groq: {
    label: "Groq",
    hint: UNSURE,
    baseURL: "https://api.groq.com/openai/v1",
    wires: ["openai-chat"],
    key: "needed",
    example: "llama-3.3-70b-versatile",
  },
  ollama: {
    label: "Ollama",
    hint: "A model on your own machine. Ollama takes calls from this page once OLLAMA_ORIGINS names it.",
    baseURL: "http://localhost:11434",
    wires: ["ollama-chat"],
    key: "optional",
    example: "llama3.2",
  },
  compatible: {
    label: "Any OpenAI-compatible address",
    hint: "LM Studio, vLLM, a router, another provider.",
    baseURL: "http://localhost:1234/v1",
    wires: ["openai-chat", "openai-responses"],
    key: "optional",
    example: "the name your provider gives it",
  },
} as const satisfies Readonly<Record<string, ProviderEntry>>;

export type KeyedProvider = keyof typeof PROVIDERS;
export type Provider = "scripted" | KeyedProvider;

export const KEYED_PROVIDERS = Object.keys(PROVIDERS) as readonly KeyedProvider[];

export function providerEntry(provider: KeyedProvider): ProviderEntry {
  return PROVIDERS[provider];
}
