import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, existsSync, statSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  parseManifest,
  type ManifestFile,
  type ModelManifest,
} from "../embedding/model-manifest.ts";
import type { EmbeddingPreset } from "../embedding/presets.ts";
import { Refusal } from "./command-line.ts";
import type { Hub, HubFile } from "./hub.ts";

export interface DownloadDeps {
  readonly hub: Hub;
  /** Told while a file is loaded, and once when it is there. */
  readonly onProgress: (file: string, loaded: number, total: number | null) => void;
}

export interface DownloadReport {
  readonly manifest: ModelManifest;
  /** Files that were there already and are what the manifest says. */
  readonly kept: number;
}

const MANIFEST = "alcove-model.json";

/**
 * Loads a model to `folder/models/owner/name/`, at one commit. What is there and right stays; what was cut off (`.part`) goes on. The
 * manifest is written last, so a folder that has one is whole.
 */
export async function downloadModel(
  preset: EmbeddingPreset,
  revision: string,
  folder: string,
  deps: DownloadDeps,
): Promise<DownloadReport> {
  const place = join(folder, "models", ...preset.model.split("/"));
  const commit = await deps.hub.commitOf(preset.model, revision);
  const before = await readManifest(place);
  const known = before?.revision === commit ? before.files : [];
  // Parts of another commit are no beginning of this one's files.
  if (before !== null && before.revision !== commit) await rm(join(place, MANIFEST));
  let kept = 0;
  const files: ManifestFile[] = [];
  for (const path of preset.files) {
    const target = join(place, ...path.split("/"));
    const listed = known.find((file) => file.path === path);
    if (listed !== undefined && (await sameFile(target, listed))) {
      kept += 1;
      files.push(listed);
      deps.onProgress(path, listed.bytes, listed.bytes);
      continue;
    }
    await mkdir(dirname(target), { recursive: true });
    files.push({ path, ...(await downloadFile(preset.model, commit, path, target, deps)) });
  }
  const manifest: ModelManifest = { alcove: 1, model: preset.model, revision: commit, files };
  await writeFile(join(place, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  return { manifest, kept };
}

/** Compares what lies in a folder with its manifest. @throws Refusal that names the first file that is not as listed. */
export async function checkModel(preset: EmbeddingPreset, folder: string): Promise<ModelManifest> {
  const place = join(folder, "models", ...preset.model.split("/"));
  const manifest = await readManifest(place);
  if (manifest === null) throw new Refusal(`${place} holds no model with a manifest.`);
  for (const path of preset.files) {
    const listed = manifest.files.find((file) => file.path === path);
    if (listed === undefined || !(await sameFile(join(place, ...path.split("/")), listed)))
      throw new Refusal(`${join(place, path)} is not the file that its manifest lists.`);
  }
  return manifest;
}

async function downloadFile(
  model: string,
  commit: string,
  path: string,
  target: string,
  deps: DownloadDeps,
): Promise<Pick<ManifestFile, "bytes" | "sha256">> {
  // The commit is part of the name: a part of another one is never gone on with.
  const part = `${target}.${commit.slice(0, 12)}.part`;
  const have = existsSync(part) ? statSync(part).size : 0;
  const file = await deps.hub.open(model, commit, path, have);
  await append(part, file, (loaded) => deps.onProgress(path, loaded, file.total));
  const bytes = statSync(part).size;
  if (file.total !== null && bytes !== file.total)
    throw new Refusal(
      `${path} ended after ${bytes} of ${file.total} bytes. Run the command again: it goes on from there.`,
    );
  const sums = await sumsOf(part);
  const wrong =
    (file.sha256 !== null && file.sha256 !== sums.sha256) ||
    (file.gitSha1 !== null && file.gitSha1 !== sums.gitSha1);
  if (wrong) {
    await rm(part);
    throw new Refusal(
      `${path} is not the file that the hub lists (checksum). It was removed; run the command again.`,
    );
  }
  await rename(part, target);
  deps.onProgress(path, bytes, bytes);
  return { bytes, sha256: sums.sha256 };
}

async function append(part: string, file: HubFile, tell: (loaded: number) => void): Promise<void> {
  const out = createWriteStream(part, file.start > 0 ? { flags: "a" } : {});
  let loaded = file.start;
  const failed = new Promise<never>((_, reject) => out.once("error", reject));
  failed.catch(() => undefined);
  try {
    for await (const bytes of file.body) {
      if (!out.write(bytes)) await Promise.race([once(out, "drain"), failed]);
      loaded += bytes.length;
      tell(loaded);
    }
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      `The connection or the disk failed (${cause}). Run the command again: it goes on from there.`,
    );
  } finally {
    await new Promise<void>((resolve) => out.end(() => resolve()));
  }
}

async function sameFile(path: string, { bytes, sha256 }: ManifestFile): Promise<boolean> {
  if (!existsSync(path) || statSync(path).size !== bytes) return false;
  return (await sumsOf(path)).sha256 === sha256;
}

/** Git hashes a file with its length before it. */
async function sumsOf(path: string): Promise<{ sha256: string; gitSha1: string }> {
  const sha256 = createHash("sha256");
  const git = createHash("sha1").update(`blob ${statSync(path).size}\0`);
  for await (const bytes of createReadStream(path)) {
    sha256.update(bytes as Buffer);
    git.update(bytes as Buffer);
  }
  return { sha256: sha256.digest("hex"), gitSha1: git.digest("hex") };
}

async function readManifest(place: string): Promise<ModelManifest | null> {
  return parseManifest(await readFile(join(place, MANIFEST), "utf8").catch(() => ""));
}
