import { describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { go } from "./talk.ts";

const demo = createDemoTest();
const PATIENCE = { timeout: 50_000 };

describe("the benchmark", () => {
  demo(
    "measures the engines in this browser, draws them and says them in a table, in every width and colour",
    async ({ page }) => {
      await page.getByRole("button", { name: "Run" }).click();
      await page.getByRole("progressbar", { name: "Benchmark of 1,000 vectors" }).waitFor();
      const table = page.getByRole("table", { name: "1,000 vectors" });
      await table.waitFor(PATIENCE);
      const engines = await table.getByRole("rowheader").allInnerTexts();
      expect(engines.toSorted()).toEqual([
        "Alcove, every row",
        "Orama",
        "Plain JavaScript loop",
        "hnswlib-wasm",
        "voy-search",
      ]);
      for (const engine of ["Alcove, every row", "voy-search"]) {
        const recall = table.getByRole("row", { name: engine }).getByRole("cell").nth(3);
        expect(Number.parseFloat(await recall.innerText())).toBeGreaterThan(98);
      }
      await page.getByText("Alcove, signatures first did not run").waitFor();
      expect(await page.locator(".bench-fill").count()).toBe(5);
      for (const [colorScheme, width] of [
        ["light", 1280],
        ["dark", 360],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await expectAccessible(page, `the result: ${colorScheme}, ${width} wide`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          width,
        );
      }
    },
    { hash: "#/benchmark", context: { reducedMotion: "reduce" } },
  );

  demo(
    "is run and stopped with the keyboard, goes on while other screens are open, and keeps the focus",
    async ({ page }) => {
      const run = page.getByRole("button", { name: "Run" });
      const cancel = page.getByRole("button", { name: "Cancel" });
      await page.getByRole("radio", { name: "10,000" }).check();
      await run.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("progressbar", { name: "Benchmark of 10,000 vectors" }).waitFor();
      await expectAccessible(page, "running");
      await go(page, "Chat");
      await go(page, "Benchmark");
      await cancel.focus();
      await page.keyboard.press("Enter");
      await page.getByText("Stopped. Nothing was kept.").waitFor();
      const databases = (): Promise<readonly (string | undefined)[]> =>
        page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
      await expect.poll(databases, { timeout: 10_000 }).not.toContain("/hnswlib-index");
      expect(await run.evaluate((button) => button === document.activeElement)).toBe(true);
    },
    { hash: "#/benchmark" },
  );
});
