import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createDemoTest } from "./demo-test.ts";
import { expectFits, fillServer, share } from "./sharing.ts";
import { openSyncHouse, type SyncHouse } from "./sync-server.ts";
import { go, memoryRow } from "./talk.ts";

const demo = createDemoTest();
const PATIENCE = { timeout: 30_000 };

let server: SyncHouse;
beforeAll(async () => {
  server = await openSyncHouse();
});
afterAll(() => server.stop());

describe("sync tells", () => {
  demo(
    "of a memory too large to be sent, which stops nothing, with the way out: it goes once it is shorter",
    async ({ page, opened }) => {
      opened.allow(server.origin);
      await share(page, server);
      await go(page, "Memories");
      await page.getByRole("button", { name: "Add a note" }).click();
      const long = `The log of the lock keeper. ${"A barge went up, a barge came down. ".repeat(8_000)}`;
      await page.getByLabel("What should be remembered?").fill(long);
      await page.getByRole("dialog").getByRole("button", { name: "Add note" }).click();
      await memoryRow(page, "lock keeper").waitFor(PATIENCE);
      await go(page, "Devices");
      const notice = page.getByRole("status", { name: "1 memory is too large to be sent" });
      await notice.waitFor(PATIENCE);
      await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      await expectFits(page, "too large");
      await notice.getByRole("link", { name: /^The log of the lock keeper/u }).click();
      await page
        .getByRole("dialog", { name: "Memory" })
        .getByRole("button", { name: "Edit" })
        .click();
      const editor = page.getByRole("dialog", { name: "Edit memory" });
      await editor.getByRole("textbox", { name: "Text" }).fill("The log of the lock keeper.");
      await editor.getByRole("button", { name: "Save" }).click();
      await editor.waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await page.getByRole("dialog", { name: "Memory" }).waitFor({ state: "detached" });
      await go(page, "Devices");
      await notice.waitFor({ state: "detached", ...PATIENCE });
    },
    { hash: "#/devices" },
  );

  demo(
    "how far the first sync of a new device is, in numbers and for those who do not see the bar",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const lines = Array.from({ length: 4_000 }, (_, at) =>
        JSON.stringify({
          content: `Page ${at} of the tide table: high water at quay ${at % 37}, ${at % 9} feet.`,
          role: "user",
          timestamp: 1_700_000_000_000 + at * 60_000,
        }),
      );
      await page.getByLabel("Conversation file").setInputFiles({
        name: "tides.jsonl",
        mimeType: "application/x-ndjson",
        buffer: Buffer.from(lines.join("\n")),
      });
      await page.getByRole("button", { name: "Import 4,000 memories" }).click(PATIENCE);
      await page.getByRole("heading", { name: /^Imported/u }).waitFor(PATIENCE);
      await go(page, "Devices");
      const words = await share(page, server);
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);

      const other = await house.open("#/devices");
      other.allow(server.origin);
      await fillServer(other.page, server);
      await other.page.getByRole("radio", { name: /^joins with the recovery/u }).check();
      await other.page.getByRole("textbox", { name: "Recovery words" }).fill(words.join(" "));
      const seen = await watchProgress(other.page);
      await other.page.getByRole("button", { name: "Join with the words" }).click();
      await other.page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      await other.page.getByText("4,000 memories on this device").waitFor(PATIENCE);
      expect(await other.page.getByRole("progressbar").count()).toBe(0);
      const told = await seen();
      expect(told.some(({ name }) => name === "First sync of this device")).toBe(true);
      const counts = told.map(({ text }) =>
        Number(/: ([\d,]+)/u.exec(text)?.[1]?.replaceAll(",", "")),
      );
      expect(new Set(counts).size).toBeGreaterThan(1);
      expect(Math.max(...told.map(({ value }) => value))).toBeLessThanOrEqual(1);
      expect(other.faults).toEqual([]);
      await other.close();
    },
    { hash: "#/transfer" },
  );
});

interface Shown {
  readonly name: string | null;
  readonly text: string;
  readonly value: number;
}

/** Notes every state of a bar of progress from now on: it may be gone before a test looks. */
async function watchProgress(page: Page): Promise<() => Promise<readonly Shown[]>> {
  const noted = await page.evaluateHandle(() => {
    const shown: { name: string | null; text: string; value: number }[] = [];
    new MutationObserver(() => {
      const bar = document.querySelector("progress");
      if (bar === null) return;
      const text = bar.getAttribute("aria-valuetext") ?? "";
      shown.push({ name: bar.getAttribute("aria-label"), text, value: bar.value });
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
    return shown;
  });
  return () => noted.jsonValue();
}
