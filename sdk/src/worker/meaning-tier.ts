import { STATE } from "../domain/document-flags.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { VectorSpace } from "../engine/vectors/vector-space.ts";
import type { VectorSpaces } from "../engine/vectors/vector-spaces.ts";
import type { OwnEmbedderPort } from "../embedding/own-embedder.ts";
import { isPresetName, type PresetName } from "../embedding/presets.ts";
import {
  calibrate,
  FEWEST_TEXTS,
  UNCALIBRATED,
  type SpaceCalibration,
} from "../recall/calibrate.ts";
import { terms } from "../text/words.ts";
import type { Vault } from "../vault/vault.ts";
import { samplePairs } from "./calibration-sample.ts";
import type { EmbedderConfig } from "./host-api.ts";
import { loadEmbedder } from "./load-embedder.ts";
import { createMeaning, type EarlierSpace, type Meaning, type MeaningDeps } from "./meaning.ts";
import { createMeaningFilters } from "./meaning-filter.ts";

export interface MeaningTierDeps extends Pick<
  MeaningDeps,
  "exclusive" | "pause" | "clock" | "onProgress" | "report"
> {
  readonly vault: Vault;
  readonly index: DocumentIndex;
  readonly spaces: VectorSpaces;
  readonly config: Exclude<EmbedderConfig, { readonly kind: "builtin" }>;
  readonly own: OwnEmbedderPort | undefined;
}

/** What is noted of the embedder of each space, so that it can be loaded again while another takes its place. */
interface KnownEmbedder {
  readonly preset: PresetName;
  readonly dimensions: number;
}

/** `rows`: how many the space had then. */
type KeptCalibration = SpaceCalibration & { readonly rows: number };

/** Calibrated again when the space has grown to so many times what it was. */
const GROWTH = 2;

/** Meaning over a vault: a chunk of the worker that is loaded where an embedder was chosen. */
export function createMeaningTier(deps: MeaningTierDeps): Meaning {
  const { vault, index, spaces, config, own } = deps;
  const { assets } = config;
  const load = (
    wanted: typeof config,
    onProgress: Parameters<MeaningDeps["loadEmbedder"]>[0],
    signal: AbortSignal,
  ) =>
    loadEmbedder(wanted, own, {
      vault,
      pause: deps.pause,
      onProgress,
      onFallback: deps.report,
      signal,
    });

  return createMeaning({
    ...deps,
    name: config.kind === "own" ? "own" : config.preset,
    async loadEmbedder(onProgress, signal) {
      const loaded = await load(config, onProgress, signal);
      if (config.kind === "model") {
        const { space, dimensions } = loaded.embedder;
        const known: KnownEmbedder = { preset: config.preset, dimensions };
        await vault.setMeta(embedderKey(space), JSON.stringify(known));
      }
      return loaded;
    },
    openSpace: (id, dimensions) => spaces.open(id, dimensions),
    openEarlier,
    async settle(current) {
      for (const { id } of await spaces.stored()) {
        if (id === current) continue;
        await spaces.drop(id);
        await vault.setMeta(embedderKey(id), null);
        await vault.setMeta(calibrationKey(id), null);
      }
    },
    isStored: async (wanted) => (await spaces.stored()).some(({ id }) => id === wanted),
    calibrate: calibrateBy,
    missing,
    async textsOf(seqs) {
      const rows = await vault.bySeq(seqs);
      return rows.map((row) => (row === null || row.text.trim() === "" ? null : row.text));
    },
    filter: createMeaningFilters(index),
  });

  function missing(space: VectorSpace): {
    readonly seqs: readonly number[];
    readonly total: number;
  } {
    const { count, columns } = index.view();
    const all = new Float64Array(count);
    let total = 0;
    for (let document = 0; document < count; document += 1) {
      if ((columns.state[document]! & STATE.dead) !== 0) continue;
      all[total] = columns.seq[document]!;
      total += 1;
    }
    return { seqs: space.missing(all.subarray(0, total).toSorted()).toReversed(), total };
  }

  async function openEarlier(current: string, signal: AbortSignal): Promise<EarlierSpace | null> {
    for (const { id, dimensions } of await spaces.stored()) {
      const known = id === current ? null : readKnown(await vault.meta(embedderKey(id)));
      if (known === null) continue;
      const space = await spaces.open(id, dimensions);
      if (space.size === 0) continue;
      const hub = config.kind === "model" ? config.hub : null;
      const embedder = await load(
        { kind: "model", ...known, assets, hub },
        () => undefined,
        signal,
      );
      if (embedder.embedder.space === id) return { space, embedder };
      await embedder.dispose();
    }
    return null;
  }

  async function calibrateBy(
    ...[space, rows, embed]: Parameters<MeaningDeps["calibrate"]>
  ): Promise<SpaceCalibration> {
    const key = calibrationKey(space);
    const kept = readCalibration(await vault.meta(key));
    if (kept !== null && rows < GROWTH * kept.rows) return kept;
    if (rows < FEWEST_TEXTS) return UNCALIBRATED;
    const rowsOfPairs = await vault.bySeq(samplePairs(index.view()));
    const sampled = rowsOfPairs.map((row) => row?.text ?? "");
    // Pairs stay together. What went meanwhile, and what holds no word, many embedders refuse.
    const texts = sampled.filter(
      (text, at) => text.trim() !== "" && sampled[at ^ 1]?.trim() !== "",
    );
    const vectors = await embed(texts);
    const found = calibrate(
      texts.map((text, at) => ({
        vector: vectors[at]!,
        terms: new Set(terms(text)),
        next: at % 2 === 0 ? at + 1 : -1,
      })),
    );
    await vault.setMeta(key, JSON.stringify({ ...found, rows } satisfies KeptCalibration));
    return found;
  }
}

function embedderKey(space: string): string {
  return `embedder:${space}`;
}

function calibrationKey(space: string): string {
  return `calibration:${space}`;
}

function readCalibration(kept: string | null): KeptCalibration | null {
  return kept === null ? null : (JSON.parse(kept) as KeptCalibration);
}

function readKnown(kept: string | null): KnownEmbedder | null {
  if (kept === null) return null;
  const { preset, dimensions } = JSON.parse(kept) as Partial<KnownEmbedder>;
  return isPresetName(preset) && typeof dimensions === "number" ? { preset, dimensions } : null;
}
