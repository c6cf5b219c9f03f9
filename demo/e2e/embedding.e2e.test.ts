import { describe, expect } from "vitest";
import type { BrowserContext } from "playwright";
import { PRESETS } from "../../sdk/src/embedding/presets.ts";
import { makeStandIn } from "../../sdk/test/tiny-model/make-tiny-model.ts";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { go, newChat, say, tell } from "./talk.ts";

const demo = createDemoTest();
const READY = { timeout: 30_000 };

/** A hub on the page's own origin, so that nothing of the test may leave it; models are small ones that the project makes. */
async function serveHub(context: BrowserContext): Promise<void> {
  for (const preset of [PRESETS.minilm, PRESETS.potion]) {
    const { files } = makeStandIn(preset);
    await context.route(`**/hub/${preset.model}/resolve/${preset.revision}/**`, async (route) => {
      const path = new URL(route.request().url()).pathname.split(`${preset.revision}/`)[1] ?? "";
      const bytes = files.get(path);
      // Slow enough that the page is seen while it waits.
      await new Promise((resolve) => setTimeout(resolve, 150));
      await (bytes === undefined
        ? route.fulfill({ status: 404 })
        : route.fulfill({ contentType: "application/octet-stream", body: Buffer.from(bytes) }));
    });
  }
}

describe("a model that finds by meaning", () => {
  demo(
    "is chosen, loaded with its progress, reads what was there, answers, and gives way to another",
    async ({ page, house }) => {
      await tell(page, "We went hiking in the mountains all summer.");
      await tell(page, "My brother likes to cook fish for dinner.");
      await go(page, "Settings");
      await page.getByLabel("MiniLM").check();
      await page.getByLabel("Load the model from").fill(`${house.url}hub/`);
      await page.getByLabel("Load the model from").press("Tab");
      await expectAccessible(page, "a model is chosen");
      await page.getByRole("button", { name: /Reload and get MiniLM \(24 MB\)/ }).click();
      await page.locator("[data-embedding] progress").waitFor(READY);
      await page.getByText(/Ready: \d+ memories can be found by what they mean/).waitFor(READY);
      await expectAccessible(page, "a model is ready");

      await go(page, "Chat");
      await newChat(page);
      expect(await say(page, "What does my brother like to cook?")).toContain("fish");

      await go(page, "Settings");
      await page.getByLabel("Potion").check();
      await page.getByRole("button", { name: /Reload and get Potion/ }).click();
      await page.getByText(/Ready: \d+ memories can be found by what they mean/).waitFor(READY);
      await page.getByLabel("Words, letters and structure").check();
      await page.getByRole("button", { name: "Reload without a model" }).click();
      await page.getByText("What finds them").waitFor(READY);
      expect(await page.locator("[data-embedding]").count()).toBe(0);
    },
    { prepare: serveHub },
  );
});
