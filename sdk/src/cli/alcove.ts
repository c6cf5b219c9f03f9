import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { PRESETS, type EmbeddingPreset } from "../embedding/presets.ts";
import { HELP, readCommandLine, Refusal, type Command } from "./command-line.ts";
import { copyRuntime, copyWebGpu } from "./copy-runtime.ts";
import { checkModel, downloadModel } from "./download-model.ts";
import { createHub } from "./hub.ts";
import { createProgressLine, megabytes } from "./progress-line.ts";
import { verifyModel, type VerifyReport, type VerifyRequest } from "./verify-model.ts";

const OLDEST_NODE = [20, 19] as const;

/** The package's own folder of built files, where this file lies. */
const DIST = fileURLToPath(new URL(".", import.meta.url));

if (isMainThread) await main();
else parentPort?.postMessage(await verifyModel(workerData as VerifyRequest));

async function main(): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(
      `alcove needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}.`,
    );
    process.exitCode = 1;
    return;
  }
  try {
    await run(readCommandLine(process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error);
    process.exitCode = 1;
  }
}

async function run(command: Command): Promise<void> {
  switch (command.name) {
    case "help":
      console.log(HELP);
      return;
    case "models":
      listModels();
      return;
    case "assets":
      return writeAssets(command);
    case "verify":
      return verify(command);
  }
}

function listModels(): void {
  for (const preset of Object.values<EmbeddingPreset>(PRESETS))
    console.log(
      `${preset.name.padEnd(21)} ${megabytes(preset.approximateBytes).padStart(9)}  ${String(preset.dimensions).padStart(4)} numbers  ` +
        `${preset.languages === "en" ? "English" : "many   "}  ${preset.licence.padEnd(18)}  ${preset.verified ? "verified" : "not verified yet"}  ${preset.model}`,
    );
}

async function writeAssets(command: Extract<Command, { name: "assets" }>): Promise<void> {
  const folder = resolve(command.folder);
  const files = await copyRuntime(DIST, folder);
  if (command.webgpu) files.push(await copyWebGpu(DIST, folder, process.cwd()));
  console.log(`Copied ${files.join(", ")} to ${folder}.`);
  for (const preset of command.presets)
    await loadTo(folder, preset, command.revision ?? preset.revision, command.hub);
}

async function loadTo(
  folder: string,
  preset: EmbeddingPreset,
  revision: string,
  hub: string,
): Promise<void> {
  const line = createProgressLine(process.stderr, () => performance.now());
  try {
    const { manifest, kept } = await downloadModel(preset, revision, folder, {
      hub: createHub({ hub, token: process.env["HF_TOKEN"] ?? null, fetch }),
      onProgress: (file, loaded, total) => line.show(`${preset.name} ${file}`, loaded, total),
    });
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    const already = kept === manifest.files.length ? ", all of it there already" : "";
    console.log(
      `${preset.name}: ${manifest.files.length} files, ${megabytes(bytes)}, at ${manifest.revision}${already}. Licence: ${preset.licence}.`,
    );
  } finally {
    line.end();
  }
}

async function verify(command: Extract<Command, { name: "verify" }>): Promise<void> {
  const { preset } = command;
  const folder = resolve(command.folder ?? join(tmpdir(), "alcove-models"));
  await copyRuntime(DIST, folder);
  if (command.folder === null)
    await loadTo(folder, preset, command.revision ?? preset.revision, command.hub);
  const { revision } = await checkModel(preset, folder);
  console.log(`${preset.name}: every file is what its manifest lists, at ${revision}.`);
  const report = await inThread({ preset, folder });
  console.log(
    `${preset.name}: loaded in ${Math.round(report.loadMs)} ms; vectors of ${report.dimensions} numbers in ${report.space}; ` +
      `canary passed; ${report.right} of ${report.questions} questions found their answer.`,
  );
  // Half of them is more than chance and less than any model of these finds: a wrong pooling or prefix falls below.
  if (report.right * 2 <= report.questions)
    throw new Refusal(`${preset.name} is NOT verified: it finds too few answers.`);
  if (revision === preset.revision) console.log(`${preset.name} is verified at its pinned commit.`);
  else console.log(`${preset.name} works at ${revision}; its pinned commit is ${preset.revision}.`);
}

function inThread(request: VerifyRequest): Promise<VerifyReport> {
  return new Promise((resolvePromise, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: request });
    thread.once("message", (report: VerifyReport) => {
      resolvePromise(report);
      void thread.terminate();
    });
    thread.once("error", (error) => {
      const detail = error instanceof Error ? error.message : String(error);
      reject(new Refusal(`${request.preset.name} is NOT verified: ${detail}`));
    });
  });
}
