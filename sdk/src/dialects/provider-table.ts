/** A provider as gateways name it in front of a model. */
export interface ProviderEntry {
  /** Base of its OpenAI-compatible API, up to where `/chat/completions` follows; absent: only the app can know (Azure). */
  readonly base?: string;
  /** Where this provider's models stand in OpenRouter's names, if not under the provider's own. */
  readonly author?: string;
  /** It runs on the device and takes no key. */
  readonly keyless?: true;
}

/** Base URLs as the providers' own clients use them, November 2026. */
export const PROVIDERS: Readonly<Record<string, ProviderEntry>> = {
  openai: { base: "https://api.openai.com/v1" },
  anthropic: { base: "https://api.anthropic.com/v1" },
  google: { base: "https://generativelanguage.googleapis.com/v1beta/openai" },
  mistral: { base: "https://api.mistral.ai/v1", author: "mistralai" },
  "x-ai": { base: "https://api.x.ai/v1" },
  deepseek: { base: "https://api.deepseek.com/v1" },
  perplexity: { base: "https://api.perplexity.ai" },
  groq: { base: "https://api.groq.com/openai/v1" },
  together: { base: "https://api.together.xyz/v1" },
  cerebras: { base: "https://api.cerebras.ai/v1" },
  fireworks: { base: "https://api.fireworks.ai/inference/v1" },
  minimax: { base: "https://api.minimax.io/v1" },
  deepinfra: { base: "https://api.deepinfra.com/v1/openai" },
  openrouter: { base: "https://openrouter.ai/api/v1" },
  ollama: { base: "http://localhost:11434/v1", keyless: true },
  lmstudio: { base: "http://localhost:1234/v1", keyless: true },
  azure: { author: "openai" },
  meta: { author: "meta-llama" },
};

/** Other spellings that are in use. */
export const PROVIDER_ALIASES: Readonly<Record<string, string>> = {
  gemini: "google",
  xai: "x-ai",
  grok: "x-ai",
  mistralai: "mistral",
  "azure-openai": "azure",
  "meta-llama": "meta",
};

/** Whose a model is that is named without its provider. */
export const MODEL_FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt-|chatgpt|o\d|text-embedding-|whisper|tts-|dall-e|davinci|babbage|omni-)/, "openai"],
  [/^claude/, "anthropic"],
  [/^(?:gemini|gemma|learnlm)/, "google"],
  [/^grok/, "x-ai"],
  [/^deepseek/, "deepseek"],
  [/^(?:mistral|ministral|codestral|devstral|magistral|pixtral|open-mi)/, "mistral"],
  [/^sonar/, "perplexity"],
  [/^minimax/i, "minimax"],
];
