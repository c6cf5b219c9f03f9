import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveSources } from "./serve-sources.ts";

/** No stemmer touches their ends, and their tails are as unique as the whole, as `findInOrigin` asks for. */
const CANARIES = ["zqdomulatekx", "zqfrubonagex", "zqtivolumarx"] as const;
const TAILS = CANARIES.map((word) => word.slice(2));
const [TURN, EDITED, NOTE] = CANARIES;

let server: Awaited<ReturnType<typeof serveSources>>;
let profile: string;

beforeAll(async () => {
  profile = mkdtempSync(join(tmpdir(), "alcove-profile-"));
  server = await serveSources();
});

afterAll(async () => {
  await server?.close();
  rmSync(profile, { recursive: true, force: true });
});

/** A browser on the one profile, started anew, with a page of the one origin. */
async function withBrowser<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: process.env["CHROMIUM_PATH"]!,
    args: process.env["CHROMIUM_ARGS"]!.split(" "),
  });
  try {
    const page = await context.newPage();
    await page.goto(server.blank);
    return await work(page);
  } finally {
    await context.close();
  }
}

/** Runs code in the page. As text, because it is written against what the server serves, not against this file. */
function run<T>(page: Page, code: string): Promise<T> {
  return page.evaluate(`(async () => {
    const { createMemory } = await import("/src/memory.ts");
    const { findInOrigin } = await import("/test/byte-scan.ts");
    const memory = createMemory({ vault: "restart" });
    try { ${code} } finally { await memory.close(); }
  })()`);
}

const SCAN = `return await findInOrigin(${JSON.stringify(TAILS)});`;

test("what was stored, sealed and forgotten is not there after the browser was closed and started again", async () => {
  const before = await withBrowser((page) =>
    run<readonly string[]>(
      page,
      `const talk = (from, count) => Array.from({ length: count }, (_, i) => ({ role: i % 2 ? "assistant" : "user", content: "Line " + (from + i) + " about granite, rain and trains." }));
       const [edited] = await memory.add({ text: "The ${EDITED} lies in the cellar." });
       await memory.add({ text: "The ${NOTE} hangs by the door." });
       await memory.ingest([...talk(0, 600), { role: "user", content: "The ${TURN} stands in the attic." }, ...talk(600, 900)]);
       for (let tries = 0; tries < 200; tries += 1) {
         const { segments, tail } = (await memory.stats()).index;
         if (segments > 0 && tail < 1024) break;
         await new Promise((resolve) => setTimeout(resolve, 100));
       }
       await memory.update(edited.id, { text: "The cellar is empty." });
       ${SCAN}`,
    ),
  );
  for (const tail of TAILS)
    expect(before.some((place) => place.includes("/chunks") && place.endsWith(tail))).toBe(true);

  // Stored bytes are found again after a start: the scan further down could fail.
  expect(await withBrowser((page) => run(page, SCAN))).toEqual(before);

  const forgotten = await withBrowser((page) =>
    run<number>(
      page,
      `const first = await memory.forget({ filter: { text: "${TURN}" } });
       const second = await memory.forget({ query: "${NOTE} door" });
       const third = await memory.forget({ filter: { text: "The cellar is empty" } });
       return [first, second, third].flatMap((report) => report.forgotten).length;`,
    ),
  );
  expect(forgotten).toBe(3);
  expect(await withBrowser((page) => run(page, SCAN))).toEqual([]);
  expect(
    await withBrowser((page) =>
      run(page, `return (await memory.list({ text: "granite" }, { limit: 1 })).records.length;`),
    ),
  ).toBe(1);
}, 120_000);
