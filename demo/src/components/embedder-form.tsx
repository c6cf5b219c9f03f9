import type { JSX } from "preact";
import { PRESETS, type EmbeddingPreset, type EmbeddingStats, type PresetName } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import type { EmbedderChoice } from "../state/settings.ts";
import { Choices } from "./choice.tsx";
import { formatBytes, formatNumber } from "./words.ts";

const NAMES: Readonly<Record<PresetName, string>> = {
  minilm: "MiniLM",
  "arctic-xs": "Arctic Embed XS",
  "granite-multilingual": "Granite Multilingual",
  potion: "Potion",
  embeddinggemma: "EmbeddingGemma",
};

/** What finds memories, and how far a model is that the person chose. */
export function EmbedderForm(): JSX.Element {
  const { settings, embedding } = useApp();
  const choice = settings.embedder.value;
  return (
    <div class="stack">
      <Choices<EmbedderChoice>
        label="What finds them"
        value={choice}
        onChange={(value) => (settings.embedder.value = value)}
        options={[
          {
            value: "builtin",
            label: "Words, letters and structure",
            hint: "Built in: nothing to download, ready at once.",
          },
          ...(Object.keys(PRESETS) as PresetName[]).map((name) => ({
            value: name,
            label: NAMES[name],
            hint: describe(PRESETS[name]),
          })),
        ]}
      />
      {choice !== "builtin" && <HubField />}
      {choice === embedding.running ? (
        <Progress />
      ) : (
        <div class="row">
          <button type="button" class="button" onClick={() => location.reload()}>
            {choice === "builtin"
              ? "Reload without a model"
              : `Reload and get ${NAMES[choice]} (${formatBytes(PRESETS[choice].approximateBytes)})`}
          </button>
        </div>
      )}
    </div>
  );
}

function describe(preset: EmbeddingPreset): string {
  const languages = preset.languages === "en" ? "English" : "many languages";
  const checked = preset.verified ? "" : ", not verified by this project yet";
  return `A model on this device that finds what means the same: ${languages}, ${formatBytes(preset.approximateBytes)}, ${preset.licence}${checked}.`;
}

function HubField(): JSX.Element {
  const { settings } = useApp();
  return (
    <label class="field">
      <span>Load the model from</span>
      <input
        type="url"
        value={settings.modelHub.value}
        spellcheck={false}
        aria-describedby="hub-hint"
        onChange={(event) => (settings.modelHub.value = event.currentTarget.value)}
      />
      <span id="hub-hint" class="muted small">
        Asked once, for the model’s files alone and only where this site has none. They are kept in
        this browser. Nothing you say goes there.
      </span>
    </label>
  );
}

function Progress(): JSX.Element | null {
  const { embedding } = useApp();
  const stats = embedding.stats.value;
  if (embedding.running === "builtin" || stats === null) return null;
  const share = stats.state === "loading" ? embedding.loaded.value : embeddedShare(stats);
  return (
    <div class="stack" data-embedding={stats.state}>
      {(stats.state === "loading" || stats.state === "embedding") && (
        <progress aria-label={LABELS[stats.state]} max={1} value={share}>
          {Math.round(share * 100)} %
        </progress>
      )}
      <p>{sentence(stats, share)}</p>
      {/* Figures change four times a second: only the step is spoken. */}
      <p class="visually-hidden" role="status">
        {SPOKEN[stats.state]}
      </p>
      {stats.state === "ready" && <Figures stats={stats} />}
      {stats.state === "failed" && (
        <div class="row">
          <button type="button" class="button" onClick={() => location.reload()}>
            Reload and try again
          </button>
        </div>
      )}
    </div>
  );
}

const LABELS = { loading: "Getting the model", embedding: "Reading your memories" } as const;

const SPOKEN: Readonly<Record<EmbeddingStats["state"], string>> = {
  ...LABELS,
  ready: "The model is ready",
  failed: "The model could not be used",
};

function embeddedShare({ embedded, total }: EmbeddingStats): number {
  return total === 0 ? 1 : embedded / total;
}

function sentence(stats: EmbeddingStats, share: number): string {
  const { state, embedded, total, earlier, problem } = stats;
  if (state === "loading")
    return `Getting the model: ${Math.round(share * 100)} %. Until it is here, words find your memories.`;
  if (state === "embedding")
    return `Reading your memories: ${formatNumber(embedded)} of ${formatNumber(total)}.${earlier === undefined ? "" : " The model before still answers for the rest."}`;
  if (state === "ready")
    return `Ready: ${formatNumber(embedded)} memories can be found by what they mean.`;
  return `The model could not be used (${problem ?? "unknown"}). Words still find your memories; nothing is lost.`;
}

function Figures({ stats }: { readonly stats: EmbeddingStats }): JSX.Element {
  const { kind, kernel, residentBytes, recallEstimate } = stats.index;
  return (
    <p class="muted small">
      The {kind} index holds {formatBytes(residentBytes)}
      {kernel === undefined ? "" : ` and compares by ${KERNELS[kernel]}`}
      {recallEstimate === undefined
        ? ""
        : `; it finds ${Math.round(recallEstimate * 100)} % of the ten nearest`}
      . In this vault, meaning counts for {Math.round(stats.weight * 100)} % of the order.
    </p>
  );
}

const KERNELS = {
  script: "plain JavaScript",
  simd: "WASM with SIMD",
  relaxed: "WASM with relaxed SIMD",
} as const;
