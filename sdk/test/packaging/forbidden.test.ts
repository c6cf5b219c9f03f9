import { chromium, type Browser, type Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startScriptedProvider,
  type ScriptedProvider,
} from "../../src/testing/scripted-provider.ts";
import { serveSources } from "./serve-sources.ts";

let browser: Browser;
let provider: ScriptedProvider;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"]!,
    args: process.env["CHROMIUM_ARGS"]!.split(" "),
  });
  provider = await startScriptedProvider();
});

afterAll(async () => {
  await browser?.close();
  await provider?.close();
});

interface Outcome {
  readonly answers: readonly string[];
  readonly errors: readonly string[];
  readonly skipped: readonly string[];
  readonly host: string;
  readonly ms: number;
}

/** Two calls in a page of this policy: what they answered, and what memory told. */
async function callTwice(policy: string): Promise<{ outcome: Outcome; faults: readonly string[] }> {
  const server = await serveSources({ "content-security-policy": policy });
  const page: Page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  try {
    await page.goto(server.blank);
    const outcome = await page.evaluate<Outcome>(`(async () => {
      const { createMemory } = await import("/src/memory.ts");
      const errors = [], skipped = [], answers = [];
      const memory = createMemory({ vault: "forbidden" });
      memory.on("error", (error) => errors.push(error.code));
      memory.on("skipped", ({ reason, error }) => skipped.push(reason + " " + (error?.code ?? "")));
      const started = performance.now();
      let ms = 0;
      for (const content of ["My rowing boat is called Petrel.", "What is my rowing boat called?"]) {
        const response = await memory.fetch("${provider.origin}/forbidden/v1/chat/completions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ messages: [{ role: "user", content }] }) });
        answers.push((await response.json()).choices[0].message.content);
        ms ||= performance.now() - started;
      }
      const host = await memory.stats().then((stats) => stats.host, (error) => error.code);
      await memory.close();
      return { answers, errors, skipped, host, ms };
    })()`);
    return { outcome, faults };
  } finally {
    await page.close();
    await server.close();
  }
}

const CONNECT = "connect-src 'self' http://127.0.0.1:*";

test("a policy that forbids workers and WASM leaves the app's calls and the memory working, in the page's own thread", async () => {
  const { outcome, faults } = await callTwice(
    `default-src 'none'; script-src 'self'; worker-src 'none'; ${CONNECT}`,
  );
  expect(faults).toEqual([]);
  expect(outcome).toMatchObject({
    answers: ["A scripted answer.", "A scripted answer."],
    errors: ["engine/load-failed"],
    host: "page",
  });
  expect(outcome.ms).toBeLessThan(3_000);
});

test("a sandbox without an origin leaves the app's calls whole, and everything else says why", async () => {
  const { outcome, faults } = await callTwice(`sandbox allow-scripts; ${CONNECT}`);
  expect(faults).toEqual([]);
  expect(outcome).toMatchObject({
    answers: ["A scripted answer.", "A scripted answer."],
    host: "vault/unavailable",
  });
  expect(
    outcome.skipped.every((skip) =>
      /^(?:unavailable vault\/unavailable|deadline recall\/deadline)$/.test(skip),
    ),
  ).toBe(true);
  expect(outcome.errors).toContain("vault/unavailable");
  expect(outcome.ms).toBeLessThan(3_000);
});
