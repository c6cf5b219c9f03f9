import { signal, type ReadonlySignal } from "@preact/signals";
import type { EmbeddingStats, Memory } from "@alcove/sdk";
import type { EmbedderChoice, Settings } from "./settings.ts";

/** The embedder that this page runs with, and how far it is. */
export interface EmbeddingState {
  /** What the page was loaded with; another choice takes hold when it is loaded again. */
  readonly running: EmbedderChoice;
  readonly stats: ReadonlySignal<EmbeddingStats | null>;
  /** Of the model's files, 0 to 1. */
  readonly loaded: ReadonlySignal<number>;
}

/** More often nobody could read the figures. */
const EVERY_MS = 250;

export function createEmbeddingState(memory: Memory, settings: Settings): EmbeddingState {
  const stats = signal<EmbeddingStats | null>(null);
  const loaded = signal(0);
  let due: ReturnType<typeof setTimeout> | undefined;
  const read = async (): Promise<void> => {
    due = undefined;
    try {
      stats.value = (await memory.stats()).embedding ?? null;
    } catch {
      // The vault's own banner says what is wrong.
      stats.value = null;
    }
  };
  const soon = (): void => {
    due ??= setTimeout(() => void read(), EVERY_MS);
  };
  if (settings.embedder.value !== "builtin") {
    memory.on("progress", ({ task, done, total }) => {
      if (task === "model") loaded.value = total ? done / total : 0;
      if (task === "model" || task === "embed") soon();
    });
    memory.on("changed", soon);
    memory.on("error", soon);
    soon();
  }
  return { running: settings.embedder.value, stats, loaded };
}
