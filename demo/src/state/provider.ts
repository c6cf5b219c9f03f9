import {
  scriptedBaseUrl,
  startScriptedProvider,
} from "../scripted-provider/start-scripted-provider.ts";
import type { ProviderKey } from "./provider-key.ts";
import type { Settings } from "./settings.ts";

const OPENAI_URL = "https://api.openai.com/v1";

/** What the OpenAI client is made of for one call. */
export interface ProviderChoice {
  readonly label: string;
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
}

/** The base URL that the settings ask for. */
export function providerUrl(settings: Settings): string {
  if (settings.provider.value === "openai") return OPENAI_URL;
  return settings.provider.value === "scripted" ? scriptedBaseUrl() : settings.baseUrl.value.trim();
}

export function providerLabel(settings: Settings): string {
  if (settings.provider.value === "scripted") return "Built-in demo model";
  const model = settings.model.value.trim();
  const host = URL.canParse(providerUrl(settings))
    ? new URL(providerUrl(settings)).host
    : "no address yet";
  return model === "" ? host : `${model} · ${host}`;
}

/**
 * The provider as the settings say, ready to be called.
 * @throws Error that says which setting is missing.
 */
export async function chooseProvider(
  settings: Settings,
  key: ProviderKey,
): Promise<ProviderChoice> {
  const label = providerLabel(settings);
  if (settings.provider.value === "scripted") {
    await startScriptedProvider();
    return {
      label,
      baseURL: scriptedBaseUrl(),
      apiKey: "the-scripted-model-needs-no-key",
      model: "scripted",
    };
  }
  const baseURL = providerUrl(settings);
  if (!URL.canParse(baseURL))
    throw new Error("The provider's address is not a URL. Set it in Settings.");
  const model = settings.model.value.trim();
  if (model === "") throw new Error("No model is named. Set it in Settings.");
  if (settings.provider.value === "openai" && key.value.value === "")
    throw new Error("OpenAI needs your API key. Set it in Settings.");
  return { label, baseURL, apiKey: key.value.value === "" ? "none" : key.value.value, model };
}
