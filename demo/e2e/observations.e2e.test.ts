import type { Page } from "playwright";
import { describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { go, memoryRow, tell } from "./talk.ts";

const demo = createDemoTest();
const PATIENCE = { timeout: 20_000 };

const observation = (page: Page, text: string): ReturnType<Page["locator"]> =>
  page.locator(".observation").filter({ hasText: text });

const views = (page: Page): ReturnType<Page["getByRole"]> =>
  page.getByRole("navigation", { name: "Views of memory" });

describe("observations", () => {
  demo(
    "are drawn on request, weighed and dated, open their source, and go with it",
    async ({ page, house }) => {
      await page.getByText("None yet.").waitFor();
      await expectAccessible(page, "none yet");
      await page.getByRole("button", { name: "Draw observations now" }).click();
      await page.getByText("Nothing new to draw from.").waitFor();

      await go(page, "Chat");
      await tell(page, "I am allergic to walnuts.");
      await tell(page, "My cousin Piet repairs church organs.");
      await page.goto(`${house.url}#/observations`);
      await page.getByRole("button", { name: "Draw observations now" }).click();
      await page.getByText(/^2 new lines from/u).waitFor(PATIENCE);
      await observation(page, "I am allergic to walnuts.").getByText("High").waitFor();
      expect(await page.locator(".observation-day").count()).toBe(1);
      const first = page.locator(".observation").first();
      await first.locator(".said", { hasText: "allergic to walnuts" }).waitFor();
      await page.getByRole("radio", { name: "High" }).check();
      await observation(page, "Piet").waitFor({ state: "detached" });
      await page.getByRole("radio", { name: "Low" }).check();
      await page.getByText("No observation of this weight.").waitFor();
      await page.getByRole("button", { name: "Show all" }).click();
      await observation(page, "Piet").waitFor();

      // Drawn once, nothing is drawn twice.
      await page.getByRole("button", { name: "Draw observations now" }).click();
      await page.getByText("Nothing new to draw from.").waitFor(PATIENCE);
      expect(await page.locator(".observation").count()).toBe(2);

      // They stand apart from the memories, and are found by whoever searches.
      await views(page).getByRole("link", { name: "Memories" }).click();
      await memoryRow(page, "allergic to walnuts").waitFor();
      expect(await memoryRow(page, "allergic to walnuts").count()).toBe(1);
      await page.getByLabel("Search memories").fill("walnuts");
      await memoryRow(page, "[").getByText("Observation", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Clear" }).click();

      await views(page).getByRole("link", { name: "Observations" }).click();
      await observation(page, "walnuts")
        .getByRole("link", { name: /^What you said/u })
        .click();
      const sheet = page.getByRole("dialog", { name: "Memory" });
      await sheet.getByText("Said in a chat").waitFor();
      expect(page.url()).toContain("#/observations/");
      await sheet.getByRole("button", { name: "Forget" }).click();
      await page
        .getByRole("dialog", { name: "Forget this memory?" })
        .getByRole("button", { name: "Forget" })
        .click();
      await observation(page, "walnuts").waitFor({ state: "detached", timeout: 20_000 });
      await observation(page, "Piet").waitFor();
      expect(page.url()).toMatch(/#\/observations$/u);
      for (const [colorScheme, width] of [
        ["light", 1280],
        ["dark", 360],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await expectAccessible(page, `observations: ${colorScheme}, ${width} wide`);
      }
    },
    { hash: "#/observations", context: { reducedMotion: "reduce" } },
  );

  demo(
    "of a long past show how far they are, stop when told to, and go on from there",
    async ({ page, house }) => {
      const lines = Array.from({ length: 6_000 }, (_, at) =>
        JSON.stringify({
          content: `I moved crate number ${at} of my collection to shelf ${at % 97} in the attic.`,
          role: "user",
          timestamp: 1_700_000_000_000 + at * 60_000,
        }),
      );
      await page.getByLabel("Conversation file").setInputFiles({
        name: "long.jsonl",
        mimeType: "application/x-ndjson",
        buffer: Buffer.from(lines.join("\n")),
      });
      await page.getByLabel("This is my own backup").check({ timeout: 30_000 });
      await page.getByRole("button", { name: "Import 6,000 memories" }).click();
      await page.getByRole("heading", { name: /^Imported/u }).waitFor({ timeout: 40_000 });
      await page.goto(`${house.url}#/observations`);
      await page.getByRole("button", { name: "Draw observations now" }).focus();
      await page.keyboard.press("Enter");
      const bar = page.getByRole("progressbar", { name: "Drawing observations" });
      await bar.waitFor();
      await expect
        .poll(() => bar.evaluate((element) => (element as HTMLProgressElement).value), PATIENCE)
        .toBeGreaterThan(0);
      await expectAccessible(page, "drawing");
      await page.getByRole("button", { name: "Cancel" }).click();
      const told = await page.getByText(/^Stopped: /u).innerText(PATIENCE);
      const looked = Number(/from ([\d,]+) messages/u.exec(told)?.[1]?.replaceAll(",", ""));
      expect(looked).toBeGreaterThan(0);
      expect(looked).toBeLessThan(6_000);
      await page.locator(".observation").first().waitFor(PATIENCE);
    },
    { hash: "#/transfer" },
  );
});
