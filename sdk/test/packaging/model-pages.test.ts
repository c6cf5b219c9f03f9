import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PRESETS } from "../../src/embedding/presets.ts";
import { startLoopbackHub, type LoopbackHub } from "../tiny-model/loopback-hub.ts";
import { makeStandIn } from "../tiny-model/make-tiny-model.ts";
import { packSdk, type PackedSdk } from "./packed-sdk.ts";
import { buildApp, launchChromium, serve, visit, type Visit } from "./visit-page.ts";

const PRESET = PRESETS.minilm;
const SELF = "default-src 'self'; img-src data:; ";

let sdk: PackedSdk;
let browser: Browser;
let hub: LoopbackHub;

beforeAll(async () => {
  sdk = packSdk();
  browser = await launchChromium();
  hub = await startLoopbackHub(makeStandIn(PRESET), PRESET.revision);
});

afterAll(async () => {
  await browser?.close();
  await hub?.close();
  sdk?.remove();
});

/** Runs the packed command as npx would. */
function alcove(
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(sdk.folder, "dist", "cli.js"), ...args], {
      cwd: sdk.root,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A site without a bundler whose assets the command wrote. */
async function siteWithModel(name: string, script: string): Promise<string> {
  const site = sdk.plainSite(name, script);
  const written = await alcove(
    "assets",
    join(site, "alcove"),
    "--model",
    "minilm",
    "--hub",
    hub.url,
  );
  expect(written).toMatchObject({ code: 0, stdout: expect.stringContaining(PRESET.revision) });
  return site;
}

function expectMeaning({ outcome, workers, faults }: Visit): void {
  expect(faults).toEqual([]);
  expect(outcome).toMatchObject({
    state: "ready",
    embedded: 2,
    space: expect.stringMatching(/^Xenova\/all-MiniLM-L6-v2@751bff37182d\/q8\//),
    text: "My mother made a garden by the river.",
    meaning: expect.any(Number),
    problems: [],
  });
  expect((outcome as { meaning: number }).meaning).toBeGreaterThan(0.1);
  expect(workers).toBe(1);
}

describe("a model in the packed package", () => {
  test("runs from the app's own origin, under a strict content security policy, with no other request", async () => {
    const server = await serve(await siteWithModel("model", "model.js"), {
      "content-security-policy": `${SELF} script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'`,
    });
    expectMeaning(await visit(browser, server.url));
    await server.close();
  });

  test("runs for the inline worker, whose code for models comes from the assets", async () => {
    const server = await serve(await siteWithModel("model-inline", "model-inline.js"), {
      "content-security-policy": `${SELF} script-src 'self' 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self'`,
    });
    expectMeaning(await visit(browser, server.url));
    await server.close();
  });

  test("runs in an app that Vite built, which brings the wasm along", async () => {
    const root = sdk.app("model-bundled", "model-bundled.js");
    for (const [path, bytes] of makeStandIn(PRESET).files) {
      const file = join(root, "public", "hub", PRESET.model, "resolve", PRESET.revision, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const built = await buildApp(root, "production");
    const wasm = readdirSync(join(built, "assets")).filter((name) => /^ort-.*\.wasm$/.test(name));
    expect(wasm).toHaveLength(1);
    const server = await serve(built);
    expectMeaning(await visit(browser, server.url));
    await server.close();
  });

  test("leaves memory to words where there is no model, no code for it, or no WASM, and says which", async () => {
    const words = { text: "My mother made a garden by the river.", meaning: 0 };
    const bare = await serve(sdk.plainSite("model-missing", "model.js"));
    expect((await visit(browser, bare.url)).outcome).toMatchObject({
      ...words,
      problem: "embedder/not-found",
    });
    await bare.close();

    const alone = await serve(sdk.plainSite("model-alone", "model-inline-alone.js"));
    expect((await visit(browser, alone.url)).outcome).toMatchObject({
      ...words,
      problem: "embedder/not-found",
    });
    await alone.close();

    const server = await serve(await siteWithModel("model-no-wasm", "model.js"), {
      "content-security-policy": `${SELF} script-src 'self'; worker-src 'self'; connect-src 'self'`,
    });
    expect((await visit(browser, server.url)).outcome).toMatchObject({
      ...words,
      problem: "embedder/failed",
    });
    await server.close();
  });
});

describe("the packed command", () => {
  test("verifies a model by loading it as a page does", async () => {
    const folder = join(sdk.root, "verified");
    await alcove("assets", folder, "--model", "minilm", "--hub", hub.url);
    const { code, stdout, stderr } = await alcove("verify", "--model", "minilm", "--from", folder);
    expect(stdout).toContain("every file is what its manifest lists");
    expect(stdout).toMatch(
      /vectors of 384 numbers .* canary passed; \d of 6 questions found their answer/,
    );
    // The stand-in has random weights: it loads, and no honest check may call it the real model.
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("NOT verified") });
  });

  test("says that the hub is out of reach, and needs none for what runs models", async () => {
    const folder = join(sdk.root, "offline");
    const { code, stderr } = await alcove(
      "assets",
      folder,
      "--model",
      "potion",
      "--hub",
      "http://127.0.0.1:1/",
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("could not be reached"),
    });
    expect(await alcove("assets", folder)).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(["onnx-runtime.js", "static-runtime.js"]),
    );
  });
});
