import type { ModelProgress } from "../domain/embedder.ts";
import { isMemoryError, MemoryError } from "../domain/errors.ts";
import { createDownloadMeter, type DownloadMeter } from "./download-meter.ts";
import { parseManifest, type ManifestFile, type ModelManifest } from "./model-manifest.ts";
import type { EmbeddingPreset } from "./presets.ts";
import type { RuntimeWasm } from "./text-model.ts";

/** Where a model may be fetched from. Nothing else is ever asked; with neither, every model is `embedder/not-found`. */
export interface ModelSource {
  /** Absolute base URL of what `alcove assets` wrote. Asked first. */
  readonly assets: string | null;
  /** Absolute base URL of a hub that serves `{model}/resolve/{revision}/{file}`. Only where the app names one. */
  readonly hub: string | null;
}

/** `fetch`, as far as files need it. */
export type FetchFile = (url: string, init?: RequestInit) => Promise<Response>;

export interface ModelFilesDeps {
  readonly fetch: FetchFile;
  /** `null` where the page may keep none; files are then left to the browser's own HTTP cache. */
  readonly caches: CacheStorage | null;
  readonly onProgress?: (progress: ModelProgress) => void;
  readonly signal?: AbortSignal;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

export interface ModelFiles {
  /** The commit that the assets' manifest names, else that of the preset. */
  readonly revision: string;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** ONNX Runtime's code; `null` if it was not asked for. */
  readonly wasm: Uint8Array<ArrayBuffer> | null;
}

/** Alcove's own cache, so that clearing it harms nobody else and no other library's rules apply. */
export const MODEL_CACHE = "alcove-models-1";
export const MANIFEST = "alcove-model.json";

/** A commit: what stands under it never changes, so it may be kept without a checksum. */
const COMMIT = /^[0-9a-f]{40}$/;
/** Marks the runtime's code in the cache. Its URL may stay the same over releases; its name does not. */
const WASM_KEY = "?alcove-runtime=";
/** Notes when a model was last loaded, beside its files. */
const USED_KEY = "?alcove-used";
const UNUSED_MS = 60 * 86_400_000;

/**
 * Loads all files of a model, and the code its runtime needs. What a manifest lists with a checksum is verified and kept in
 * the Cache API; what a hub serves under a commit is kept too; anything else may change at any time and is left to HTTP.
 *
 * **Reads**: `assets`, then `hub`. **Stores**: the files, in the cache `alcove-models-1`.
 *
 * @throws {@link MemoryError} `embedder/not-found` - no source has a file.
 * @throws {@link MemoryError} `embedder/checksum` - a file is not what the manifest says.
 * @throws {@link MemoryError} `embedder/failed` - the network failed; retryable.
 */
export async function loadModelFiles(
  preset: EmbeddingPreset,
  source: ModelSource,
  wasm: RuntimeWasm | null,
  deps: ModelFilesDeps,
): Promise<ModelFiles> {
  const cache = await openCache(deps.caches);
  const place = await findModel(preset, source, cache, deps);
  const meter = createDownloadMeter(preset, place.manifest, deps.onProgress);
  const wanted = preset.files.map((path): WantedFile => {
    const url = below(place.folder, path);
    const expected = place.manifest?.files.find((file) => file.path === path) ?? null;
    const file = { path, url, key: url, expected, keep: place.immutable };
    // A list that leaves it out was written for another precision of the model.
    if (place.manifest !== null && expected === null) throw notFound(preset, file);
    return file;
  });
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  // One after the other: the large one takes nearly all of the time, and its progress is then the model's.
  for (const file of wanted) files.set(file.path, await loadFile(file, cache, meter, deps));
  await sweep(cache, place.folder, (deps.now ?? Date.now)());
  return {
    revision: place.manifest?.revision ?? preset.revision,
    files,
    wasm: wasm === null ? null : await loadWasm(wasm, source.assets, cache, meter, deps),
  };
}

/**
 * Notes that a model was used, and deletes those that no page of this origin has used for long: after a change of model nobody else
 * would. Other vaults of the origin may use other models, so nothing goes at once.
 */
async function sweep(cache: Cache | null, folder: string, now: number): Promise<void> {
  await cache?.put(`${folder}${USED_KEY}`, new Response(String(now))).catch(() => undefined);
  const keys = (await cache?.keys()) ?? [];
  for (const { url } of keys) {
    if (!url.endsWith(USED_KEY)) continue;
    const used = Number(await (await cache?.match(url))?.text());
    if (now - used < UNUSED_MS) continue;
    const unused = url.slice(0, -USED_KEY.length);
    for (const other of keys) if (other.url.startsWith(unused)) await cache?.delete(other);
  }
}

/** `path` below `base`, whether or not that ends with a slash. */
export function below(base: string, path: string): string {
  return new URL(path, base.endsWith("/") ? base : `${base}/`).href;
}

interface Place {
  readonly manifest: ModelManifest | null;
  /** Where the files lie; ends with a slash. */
  readonly folder: string;
  readonly immutable: boolean;
}

async function findModel(
  preset: EmbeddingPreset,
  { assets, hub }: ModelSource,
  cache: Cache | null,
  deps: ModelFilesDeps,
): Promise<Place> {
  if (assets !== null) {
    const folder = below(assets, `models/${preset.model}/`);
    const manifest = await readManifest(below(folder, MANIFEST), cache, deps);
    if (manifest !== null || hub === null || (await exists(below(folder, "config.json"), deps)))
      return { manifest, folder, immutable: false };
  }
  if (hub === null) throw notFound(preset, null);
  const folder = below(hub, `${preset.model}/resolve/${preset.revision}/`);
  return {
    manifest: null,
    folder,
    immutable: COMMIT.test(preset.revision),
  };
}

/** From the network where there is one, so that a new revision is seen; what was kept of it else. */
async function readManifest(
  url: string,
  cache: Cache | null,
  deps: ModelFilesDeps,
): Promise<ModelManifest | null> {
  let text: string | undefined;
  try {
    text = await (await ask(url, deps))?.text();
  } catch (error) {
    if (deps.signal?.aborted) throw error;
    text = await (await cache?.match(url).catch(() => undefined))?.text();
    if (text === undefined) throw error;
  }
  if (text === undefined) return null;
  // A broken list is worse than none: nothing could be verified any more, and nobody would know.
  const manifest = parseManifest(text);
  if (manifest === null)
    throw new MemoryError(
      "embedder/checksum",
      `${url} is no list of a model's files. Write it again with \`alcove assets\`.`,
      { details: { file: MANIFEST } },
    );
  await cache?.put(url, new Response(text)).catch(() => undefined);
  return manifest;
}

async function exists(url: string, deps: ModelFilesDeps): Promise<boolean> {
  const response = await ask(url, deps);
  await response?.body?.cancel();
  return response !== null;
}

/** What `assets` does not hold lies in the package itself, where the build has it. */
async function loadWasm(
  { url, file }: RuntimeWasm,
  assets: string | null,
  cache: Cache | null,
  meter: DownloadMeter,
  deps: ModelFilesDeps,
): Promise<Uint8Array<ArrayBuffer>> {
  const places = [assets === null ? null : below(assets, file), url].filter(
    (place) => place !== null,
  );
  for (const [at, from] of places.entries()) {
    const key = `${from}${WASM_KEY}${file}`;
    const wanted = { path: file, url: from, key, expected: null, keep: true };
    try {
      const bytes = await loadFile(wanted, cache, meter, deps);
      for (const request of (await cache?.keys()) ?? [])
        if (request.url.startsWith(`${from}${WASM_KEY}`) && request.url !== key)
          await cache?.delete(request);
      return bytes;
    } catch (error) {
      const elsewhere = at < places.length - 1;
      if (!elsewhere || !isMemoryError(error) || error.code !== "embedder/not-found") throw error;
    }
  }
  throw notFound(meter.preset, { path: file, url: file });
}

interface WantedFile {
  readonly path: string;
  readonly url: string;
  /** Its URL in the cache. */
  readonly key: string;
  readonly expected: ManifestFile | null;
  /** The key alone says what the file holds. */
  readonly keep: boolean;
}

async function loadFile(
  file: WantedFile,
  cache: Cache | null,
  meter: DownloadMeter,
  deps: ModelFilesDeps,
): Promise<Uint8Array<ArrayBuffer>> {
  const keeps = file.keep || file.expected !== null;
  const kept = keeps ? await fromCache(cache, file) : null;
  if (kept !== null) {
    meter.read(file.path, kept.length, kept.length);
    return kept;
  }
  const response = await ask(file.url, deps);
  if (response === null) throw notFound(meter.preset, file);
  const bytes = await readBody(response, file, meter, deps);
  if (!(await isExpected(bytes, file.expected)))
    throw new MemoryError(
      "embedder/checksum",
      `${file.path} of ${meter.preset.model} is not the file that its manifest lists.`,
      { details: { file: file.path, bytes: bytes.length } },
    );
  // Full storage is no reason to do without the model: it is loaded again next time.
  if (keeps) await cache?.put(file.key, new Response(bytes)).catch(() => undefined);
  return bytes;
}

async function fromCache(
  cache: Cache | null,
  { key, expected }: WantedFile,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const response = await cache?.match(key).catch(() => undefined);
  if (response === undefined) return null;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (await isExpected(bytes, expected)) return bytes;
  await cache?.delete(key);
  return null;
}

/** Null if the file is not there. A site that answers every unknown path with its own page counts as "not there". */
async function ask(url: string, deps: ModelFilesDeps): Promise<Response | null> {
  let response: Response;
  try {
    response = await deps.fetch(url, {
      ...(deps.signal ? { signal: deps.signal } : {}),
      credentials: "same-origin",
    });
  } catch (cause) {
    throw unreachable(url, deps.signal, cause);
  }
  const page = response.headers.get("content-type")?.startsWith("text/html") ?? false;
  if (response.ok && !page) return response;
  await response.body?.cancel();
  if (page || response.status === 404 || response.status === 403 || response.status === 410)
    return null;
  throw new MemoryError("embedder/failed", `${url} answered ${response.status}.`, {
    retryable: true,
    details: { status: response.status },
  });
}

async function readBody(
  response: Response,
  file: WantedFile,
  meter: DownloadMeter,
  { signal }: ModelFilesDeps,
): Promise<Uint8Array<ArrayBuffer>> {
  // A compressed answer's length is not that of the file.
  const told = response.headers.has("content-encoding")
    ? null
    : Number(response.headers.get("content-length") ?? Number.NaN);
  const total = file.expected?.bytes ?? (told !== null && Number.isFinite(told) ? told : null);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const reader = response.body?.getReader();
    for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
      parts.push(step.value);
      length += step.value.length;
      meter.read(file.path, length, total);
    }
  } catch (cause) {
    throw unreachable(file.url, signal, cause);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

async function isExpected(
  bytes: Uint8Array<ArrayBuffer>,
  expected: ManifestFile | null,
): Promise<boolean> {
  if (expected === null) return true;
  if (bytes.length !== expected.bytes) return false;
  // A page without a secure context has no digests; the length is all that can be looked at there.
  if (!globalThis.crypto?.subtle) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return (
    Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === expected.sha256
  );
}

async function openCache(caches: CacheStorage | null): Promise<Cache | null> {
  // A page whose site data is blocked has `caches` and may not use it.
  return (await caches?.open(MODEL_CACHE).catch(() => null)) ?? null;
}

function unreachable(url: string, signal: AbortSignal | undefined, cause: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  return new MemoryError(
    "embedder/failed",
    `${url} could not be loaded: no network, or the page's CSP (connect-src) forbids it.`,
    { cause, retryable: true },
  );
}

function notFound(
  preset: EmbeddingPreset,
  file: Pick<WantedFile, "path" | "url"> | null,
): MemoryError {
  const command = `npx -p @alcove/sdk alcove assets DIR --model ${preset.name}`;
  return new MemoryError(
    "embedder/not-found",
    file === null
      ? `The model ${preset.name} is not part of the package. Write it to a folder of your site with \`${command}\` and name its URL in \`assets\`.`
      : `${file.url} does not exist. \`${command}\` writes what is needed; \`assets\` names where DIR is served.`,
    { details: { model: preset.model, ...(file === null ? {} : { file: file.path }) } },
  );
}
