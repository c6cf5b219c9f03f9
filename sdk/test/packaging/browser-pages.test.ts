import type { Browser } from "playwright";
import { createServer } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packSdk, type PackedSdk } from "./packed-sdk.ts";
import { buildApp, launchChromium, serve, visit, type Visit } from "./visit-page.ts";

const STRICT_CSP =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' http://127.0.0.1:*; img-src data:";

interface Outcome {
  readonly error?: string;
  readonly text: string;
  readonly tokens: number;
  readonly problems: readonly string[];
}

let sdk: PackedSdk;
let browser: Browser;

beforeAll(async () => {
  sdk = packSdk();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  sdk?.remove();
});

function expectMemory({ outcome: left, workers, faults }: Visit): void {
  const outcome = left as Outcome;
  expect(faults).toEqual([]);
  expect(outcome.error).toBeUndefined();
  expect(outcome.text).toContain("Noor keeps bees");
  expect(outcome.tokens).toBeGreaterThan(0);
  expect(outcome.problems).toEqual([]);
  expect(workers, "memory has to run in a worker, not in the page").toBe(1);
}

describe("the packed package", () => {
  test("works in an app that Vite built", async () => {
    const server = await serve(await buildApp(sdk.app("vite-app", "bundled.js"), "production"));
    expectMemory(await visit(browser, server.url));
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
    expectMemory(await visit(browser, server.resolvedUrls!.local[0]!));
    await server.close();
  });

  test("works in a plain page, without a bundler or an import map", async () => {
    const server = await serve(sdk.plainSite("plain", "plain.js"));
    expectMemory(await visit(browser, server.url));
    await server.close();
  });

  test("works in a plain page under a strict content security policy", async () => {
    const server = await serve(sdk.plainSite("strict", "plain.js"), {
      "content-security-policy": STRICT_CSP,
    });
    expectMemory(await visit(browser, server.url));
    await server.close();
  });

  test("fetches the stemmer of a text's language from its own files, under the same policy", async () => {
    const server = await serve(sdk.plainSite("languages", "languages.js"), {
      "content-security-policy": STRICT_CSP,
    });
    const { outcome, workers, faults } = await visit(browser, server.url);
    expect(faults).toEqual([]);
    // Both words, each in a form that was not said.
    expect(outcome).toEqual({ words: 1, problems: [] });
    expect(workers).toBe(1);
    await server.close();
  });

  test("brings a worker that needs no file of its own", async () => {
    const site = sdk.plainSite("inline", "inline-worker.js");
    const server = await serve(site, {
      "content-security-policy": "default-src 'self'; worker-src blob:; img-src data:",
    });
    expectMemory(await visit(browser, server.url));
    await server.close();
  });

  test("loses nothing when React's StrictMode mounts, unmounts and mounts again", async () => {
    const server = await serve(await buildApp(sdk.app("react", "strict-mode.js"), "development"));
    const { outcome, faults } = await visit(browser, server.url);
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
