import { basename, dirname } from "node:path";
import { chromium, type Browser, type Page } from "playwright";
import { build, createServer, preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packSdk, type PackedSdk } from "./packed-sdk.ts";

const STRICT_CSP =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' http://127.0.0.1:*; img-src data:";

interface Outcome {
  readonly error?: string;
  readonly text: string;
  readonly tokens: number;
  readonly problems: readonly string[];
}

interface Visit {
  /** What the page's script left: see pages/. */
  readonly outcome: unknown;
  readonly workers: number;
  readonly faults: readonly string[];
}

let sdk: PackedSdk;
let browser: Browser;

beforeAll(async () => {
  sdk = packSdk();
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"]!,
    args: process.env["CHROMIUM_ARGS"]!.split(" "),
  });
});

afterAll(async () => {
  await browser?.close();
  sdk?.remove();
});

/** Opens a page and gives what it left; anything on its console, and any request to another origin, counts as a fault. */
async function visit(url: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = watch(page, new URL(url).origin);
  let workers = 0;
  page.on("worker", () => (workers += 1));
  await page.goto(url);
  const body = page.locator("body[data-outcome]");
  await body.waitFor({ state: "attached", timeout: 30_000 }).catch((error: unknown) => {
    throw new Error(`The page left nothing. Its faults: ${JSON.stringify(faults)}`, {
      cause: error,
    });
  });
  const outcome = JSON.parse((await body.getAttribute("data-outcome"))!) as unknown;
  await context.close();
  return { outcome, workers, faults };
}

function watch(page: Page, origin: string): readonly string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.context().on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin)
      faults.push(`request to ${url}`);
  });
  return faults;
}

function expectMemory({ outcome: left, workers, faults }: Visit): void {
  const outcome = left as Outcome;
  expect(faults).toEqual([]);
  expect(outcome.error).toBeUndefined();
  expect(outcome.text).toContain("Noor keeps bees");
  expect(outcome.tokens).toBeGreaterThan(0);
  expect(outcome.problems).toEqual([]);
  expect(workers, "memory has to run in a worker, not in the page").toBe(1);
}

/** Serves a folder of files that need no more building. */
async function serve(folder: string, headers: Record<string, string> = {}) {
  const server = await preview({
    configFile: false,
    root: dirname(folder),
    logLevel: "warn",
    appType: "mpa",
    build: { outDir: basename(folder) },
    preview: { host: "127.0.0.1", port: 0, headers },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

async function buildApp(root: string, nodeEnv: "production" | "development"): Promise<string> {
  await build({
    configFile: false,
    root,
    base: "./",
    logLevel: "warn",
    define: { "process.env.NODE_ENV": JSON.stringify(nodeEnv) },
    build: { outDir: "built" },
  });
  return `${root}/built`;
}

describe("the packed package", () => {
  test("works in an app that Vite built", async () => {
    const server = await serve(await buildApp(sdk.app("vite-app", "bundled.js"), "production"));
    expectMemory(await visit(server.url));
    await server.close();
  });

  test("works on Vite's dev server", async () => {
    const server = await createServer({
      configFile: false,
      root: sdk.app("vite-dev", "bundled.js"),
      logLevel: "warn",
      server: { host: "127.0.0.1", port: 0, fs: { allow: [sdk.root] } },
    });
    await server.listen();
    expectMemory(await visit(server.resolvedUrls!.local[0]!));
    await server.close();
  });

  test("works in a plain page, without a bundler or an import map", async () => {
    const server = await serve(sdk.plainSite("plain", "plain.js"));
    expectMemory(await visit(server.url));
    await server.close();
  });

  test("works in a plain page under a strict content security policy", async () => {
    const server = await serve(sdk.plainSite("strict", "plain.js"), {
      "content-security-policy": STRICT_CSP,
    });
    expectMemory(await visit(server.url));
    await server.close();
  });

  test("brings a worker that needs no file of its own", async () => {
    const site = sdk.plainSite("inline", "inline-worker.js");
    const server = await serve(site, {
      "content-security-policy": "default-src 'self'; worker-src blob:; img-src data:",
    });
    expectMemory(await visit(server.url));
    await server.close();
  });

  test("loses nothing when React's StrictMode mounts, unmounts and mounts again", async () => {
    const server = await serve(await buildApp(sdk.app("react", "strict-mode.js"), "development"));
    const { outcome, faults } = await visit(server.url);
    expect(faults).toEqual([]);
    expect(outcome).toMatchObject({
      mounts: 2,
      ingests: ["fulfilled", "fulfilled"],
      recalled: expect.stringContaining("Noor keeps bees"),
      texts: [
        "My brother Ilo repairs clocks above his shop in Riga.",
        "My sister Noor keeps bees behind her workshop in Tartu.",
      ],
    });
    await server.close();
  });
});
