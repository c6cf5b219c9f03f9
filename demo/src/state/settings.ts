import { effect, signal, type Signal } from "@preact/signals";
import { PRESETS, type PresetName } from "@alcove/sdk";
import type { PlainStorage } from "./safe-storage.ts";

export type Provider = "scripted" | "openai" | "compatible";
export type Theme = "system" | "light" | "dark";
export type Capture = "auto" | "ask" | "off";
export type Strategy = "profile" | "query" | "full";
export type Placement = "split" | "user-only";
export type EmbedderChoice = "builtin" | PresetName;

interface Values {
  readonly provider: Provider;
  readonly baseUrl: string;
  readonly model: string;
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
  provider: ["scripted", "openai", "compatible"],
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
  const text = (key: "baseUrl" | "model" | "modelHub"): string =>
    typeof stored[key] === "string" ? stored[key] : initial[key];
  const settings: Settings = {
    provider: signal(choice("provider")),
    baseUrl: signal(text("baseUrl")),
    model: signal(text("model")),
    theme: signal(choice("theme")),
    capture: signal(choice("capture")),
    budgetTokens: signal(budget(stored["budgetTokens"])),
    strategy: signal(choice("strategy")),
    placement: signal(choice("placement")),
    embedder: signal(choice("embedder")),
    modelHub: signal(text("modelHub")),
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

const initial: Pick<Values, keyof typeof CHOICES | "baseUrl" | "model" | "modelHub"> = {
  provider: "scripted",
  baseUrl: "http://localhost:11434/v1",
  model: "",
  theme: "system",
  capture: "auto",
  strategy: "full",
  placement: "split",
  embedder: "builtin",
  modelHub: "https://huggingface.co/",
};

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
