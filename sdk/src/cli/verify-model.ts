import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createNeuralEmbedder } from "../embedding/neural-embedder.ts";
import type { EmbeddingPreset } from "../embedding/presets.ts";
import type { TextModelRuntime } from "../embedding/text-model.ts";
import { cosine } from "../embedding/vectors.ts";

export interface VerifyRequest {
  readonly preset: EmbeddingPreset;
  /** As `alcove assets` wrote it. */
  readonly folder: string;
}

export interface VerifyReport {
  readonly space: string;
  readonly revision: string;
  readonly dimensions: number;
  readonly loadMs: number;
  readonly embedMs: number;
  /** Questions whose own answer was the nearest of all. */
  readonly right: number;
  readonly questions: number;
}

/** Each question with its answer; they share no word that says anything, so that only a model that knows meanings finds them. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["Which pets does he keep?", "Two cats and an old dog live with my neighbour."],
  ["What should I cook without dairy?", "Cheese and milk make me ill."],
  ["How do I get to work?", "Every morning I take the tram to the office."],
  ["Is she married?", "Her husband plays the cello in an orchestra."],
  [
    "Where is the meeting on Monday?",
    "We get together in the small room on the third floor next week.",
  ],
  ["Why is the car at the garage?", "The engine made a strange noise and would not start."],
];

/**
 * Loads a model by the very code and chunk that a page uses, and checks it: files, canary, and whether it finds answers.
 *
 * It changes the thread's globals (`loadRuntime`), so it runs in one of its own.
 */
export async function verifyModel({ preset, folder }: VerifyRequest): Promise<VerifyReport> {
  const assets = pathToFileURL(`${folder}/`).href;
  const started = performance.now();
  const embedder = await createNeuralEmbedder({
    preset,
    source: { assets, hub: null },
    importRuntime: (name) => loadRuntime(join(folder, `${name}-runtime.js`)),
    fetch: readFromDisk,
    caches: null,
    canary: { get: async () => null, put: async () => undefined },
    pause: async () => undefined,
  });
  const loadMs = performance.now() - started;
  const questions = await embedder.embed(
    PAIRS.map(([question]) => question),
    "query",
  );
  const answers = await embedder.embed(
    PAIRS.map(([, answer]) => answer),
    "document",
  );
  const right = questions.filter((question, at) => {
    const scores = answers.map((answer) => cosine(question, answer));
    return scores.indexOf(Math.max(...scores)) === at;
  }).length;
  const { space, revision, dimensions } = embedder;
  const embedMs = performance.now() - started - loadMs;
  await embedder.dispose();
  return { space, revision, dimensions, loadMs, embedMs, right, questions: PAIRS.length };
}

/** The chunk is made for pages: it finds a page's globals here, and nothing that looks like Node, whose own way it would go. */
async function loadRuntime(file: string): Promise<TextModelRuntime> {
  Object.assign(globalThis, {
    self: globalThis,
    location: { href: "https://alcove.invalid/", origin: "https://alcove.invalid" },
    process: undefined,
  });
  return (await import(pathToFileURL(file).href)) as TextModelRuntime;
}

async function readFromDisk(url: string): Promise<Response> {
  try {
    return new Response(new Uint8Array(await readFile(fileURLToPath(url))));
  } catch {
    return new Response(null, { status: 404 });
  }
}
