import {
  scriptedBaseUrl,
  startScriptedProvider,
} from "../scripted-provider/start-scripted-provider.ts";
import type { ModelAddress } from "../wires/ask-model.ts";
import type { WireName } from "../wires/wire.ts";
import type { ProviderKeys } from "./provider-keys.ts";
import { providerEntry, type KeyedProvider } from "./provider-list.ts";
import type { Settings } from "./settings.ts";

/** Who answers the next call. */
export interface ProviderChoice extends ModelAddress {
  readonly label: string;
}

/** The base URL that the settings ask for. */
export function providerUrl(settings: Settings): string {
  const provider = settings.provider.value;
  return provider === "scripted" ? scriptedBaseUrl() : baseUrlOf(settings, provider);
}

/** The address of a provider: its own, unless the person gave another. */
export function baseUrlOf(settings: Settings, provider: KeyedProvider): string {
  const given = settings.baseUrls.value[provider]?.trim() ?? "";
  return given === "" ? providerEntry(provider).baseURL : given;
}

export function wireOf(settings: Settings, provider: KeyedProvider): WireName {
  return settings.wires.value[provider] ?? providerEntry(provider).wires[0];
}

export function providerLabel(settings: Settings): string {
  const provider = settings.provider.value;
  if (provider === "scripted") return "Built-in demo model";
  const model = modelOf(settings, provider);
  const url = providerUrl(settings);
  const host = URL.canParse(url) ? new URL(url).host : "no address yet";
  return model === "" ? host : `${model} · ${host}`;
}

/**
 * The provider as the settings say, ready to be called.
 * @throws Error that says which setting is missing.
 */
export async function chooseProvider(
  settings: Settings,
  keys: ProviderKeys,
): Promise<ProviderChoice> {
  const label = providerLabel(settings);
  const provider = settings.provider.value;
  if (provider === "scripted") {
    await startScriptedProvider();
    return {
      label,
      wire: "openai-chat",
      baseURL: scriptedBaseUrl(),
      apiKey: "",
      model: "scripted",
    };
  }
  const entry = providerEntry(provider);
  const baseURL = providerUrl(settings);
  if (!URL.canParse(baseURL))
    throw new Error("The provider's address is not a URL. Set it in Settings.");
  const model = modelOf(settings, provider);
  if (model === "") throw new Error("No model is named. Set it in Settings.");
  const apiKey = keys.of(provider);
  if (entry.key === "needed" && apiKey === "")
    throw new Error(`${entry.label} needs your API key. Set it in Settings.`);
  return { label, wire: wireOf(settings, provider), baseURL, apiKey, model };
}

function modelOf(settings: Settings, provider: KeyedProvider): string {
  return settings.models.value[provider]?.trim() ?? "";
}
