import { effect, signal, type Signal } from "@preact/signals";
import { PRESETS, type PresetName } from "@alcove/sdk";
import type { WireName } from "../wires/wire.ts";
import {
  KEYED_PROVIDERS,
  providerEntry,
  type KeyedProvider,
  type Provider,
} from "./provider-list.ts";
import type { PlainStorage } from "./safe-storage.ts";

export type Theme = "system" | "light" | "dark";
export type Capture = "auto" | "ask" | "off";
export type Strategy = "profile" | "query" | "full";
export type Placement = "split" | "user-only";
export type EmbedderChoice = "builtin" | PresetName;

export type ByProvider<T> = Readonly<Partial<Record<KeyedProvider, T>>>;

interface Values {
  readonly provider: Provider;
  /** What differs from the provider's own address, model and wire; an entry may be missing or empty. */
  readonly baseUrls: ByProvider<string>;
  readonly models: ByProvider<string>;
  readonly wires: ByProvider<WireName>;
  readonly theme: Theme;
  readonly capture: Capture;
  readonly budgetTokens: number;
  readonly strategy: Strategy;
  readonly placement: Placement;
  readonly embedder: EmbedderChoice;
  /** Base URL of the hub that a model is loaded from; empty: this site alone. */
  readonly modelHub: string;
}

/** What the person chose. Kept in this browser's local storage; no key is among it. */
export type Settings = { readonly [K in keyof Values]: Signal<Values[K]> };

const ITEM = "alcove-demo.settings";

const CHOICES = {
  provider: ["scripted", ...KEYED_PROVIDERS],
  theme: ["system", "light", "dark"],
  capture: ["auto", "ask", "off"],
  strategy: ["profile", "query", "full"],
  placement: ["split", "user-only"],
  embedder: ["builtin", ...(Object.keys(PRESETS) as PresetName[])],
} as const;

export const BUDGET = { least: 0, most: 4000, step: 100 } as const;

export function createSettings(storage: PlainStorage): Settings {
  const stored = readStored(storage);
  const choice = <K extends keyof typeof CHOICES>(key: K): (typeof CHOICES)[K][number] =>
    CHOICES[key].find((value) => value === stored[key]) ?? initial[key];
  const hub = stored["modelHub"];
  const settings: Settings = {
    provider: signal(choice("provider")),
    baseUrls: signal(byProvider(stored["baseUrls"], isText)),
    models: signal(byProvider(stored["models"], isText)),
    wires: signal(
      byProvider(stored["wires"], (value, provider): value is WireName =>
        providerEntry(provider).wires.some((wire) => wire === value),
      ),
    ),
    theme: signal(choice("theme")),
    capture: signal(choice("capture")),
    budgetTokens: signal(budget(stored["budgetTokens"])),
    strategy: signal(choice("strategy")),
    placement: signal(choice("placement")),
    embedder: signal(choice("embedder")),
    modelHub: signal(isText(hub) ? hub : initial.modelHub),
  };
  effect(() => {
    const values = Object.fromEntries(
      Object.entries(settings).map(([key, entry]) => [key, entry.value]),
    );
    try {
      storage.setItem(ITEM, JSON.stringify(values));
    } catch {
      // A private window may forbid it: the choices then last as long as the page.
    }
  });
  return settings;
}

const initial: Pick<Values, keyof typeof CHOICES | "modelHub"> = {
  provider: "scripted",
  theme: "system",
  capture: "auto",
  strategy: "full",
  placement: "split",
  embedder: "builtin",
  modelHub: "https://huggingface.co/",
};

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function byProvider<T>(
  stored: unknown,
  isOne: (value: unknown, provider: KeyedProvider) => value is T & {},
): ByProvider<T> {
  const given = new Map<string, unknown>(Object.entries(Object(stored) as object));
  const entries = KEYED_PROVIDERS.flatMap((provider) => {
    const value = given.get(provider);
    return isOne(value, provider) ? [[provider, value]] : [];
  });
  return Object.fromEntries(entries) as ByProvider<T>;
}

function budget(value: unknown): number {
  return typeof value === "number" && value >= BUDGET.least && value <= BUDGET.most
    ? Math.round(value)
    : 1000;
}

function readStored(storage: PlainStorage): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(storage.getItem(ITEM) ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
