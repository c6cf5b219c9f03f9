import { readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import { createDemoTest } from "./demo-test.ts";
import { go, memoryRow, say } from "./talk.ts";

const demo = createDemoTest();
const jsonl = (name: string, text: string): { name: string; mimeType: string; buffer: Buffer } => ({
  name,
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(text),
});

describe("import", () => {
  demo(
    "shows what would come in before anything is stored, with the problems by line",
    async ({ page }) => {
      const file = [
        '{"content":"I moved to Ghent.","role":"user","timestamp":"2026-03-02T18:20:00Z"}',
        "not a line",
        '{"content":"I mend violins.","role":"user","timestamp":"2026-03-02T18:21:00Z"}',
      ].join("\n");
      await page.getByLabel("Conversation file").setInputFiles(jsonl("old.jsonl", file));
      await page.getByRole("button", { name: "Import 2 memories" }).waitFor();
      await page.getByText("0 memories on this device").waitFor();
      expect(
        await page
          .getByRole("region", { name: "Problems by line" })
          .locator("tbody tr td")
          .first()
          .innerText(),
      ).toBe("2");
      await page.getByRole("button", { name: "Import 2 memories" }).click();
      await page.getByRole("heading", { name: "Imported: old.jsonl" }).waitFor();
      await page.getByText("2 memories on this device").waitFor();
      await page.getByRole("link", { name: "See the memories" }).click();
      await memoryRow(page, "I mend violins.").waitFor();
    },
    { hash: "#/transfer" },
  );

  demo(
    "the sample file comes in whole and answers a question",
    async ({ page, house }) => {
      const offered = await page
        .getByRole("link", { name: "Download a sample file" })
        .getAttribute("href");
      const sample = await (await fetch(new URL(offered ?? "", house.url))).text();
      expect(sample).toBe(
        readFileSync(new URL("../public/sample-conversation.jsonl", import.meta.url), "utf8"),
      );
      await page
        .getByLabel("Conversation file")
        .setInputFiles(jsonl("sample-conversation.jsonl", sample));
      await page.getByRole("button", { name: /^Import \d+ memories$/u }).click();
      await page.getByRole("heading", { name: /^Imported/u }).waitFor();
      await go(page, "Chat");
      expect(await say(page, "What is my dog called?")).toContain("Pepper");
    },
    { hash: "#/transfer" },
  );

  demo(
    "a long import shows how far it is, and stops when told to",
    async ({ page }) => {
      const lines = Array.from({ length: 20_000 }, (_, at) =>
        JSON.stringify({
          content: `Entry ${at}: the ferry number ${at * 7} left quay ${at % 13} with ${at % 401} crates.`,
          role: "user",
          timestamp: 1_700_000_000_000 + at * 60_000,
        }),
      );
      await page
        .getByLabel("Conversation file")
        .setInputFiles(jsonl("long.jsonl", lines.join("\n")));
      await page.getByRole("button", { name: "Import 20,000 memories" }).click({ timeout: 30_000 });
      const bar = page.getByRole("progressbar", { name: "Importing long.jsonl" });
      await bar.waitFor();
      await page.waitForFunction(
        () => (document.querySelector("progress")?.value ?? 0) > 0,
        undefined,
        { timeout: 30_000 },
      );
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("heading", { name: "Stopped: long.jsonl" }).waitFor();
      const foot = page.locator(".side-foot");
      await page.waitForTimeout(1500);
      const after = Number((await foot.innerText()).replaceAll(/\D/gu, ""));
      expect(after).toBeLessThan(20_000);
      await page.waitForTimeout(1500);
      expect(Number((await foot.innerText()).replaceAll(/\D/gu, ""))).toBe(after);
    },
    { hash: "#/transfer" },
  );
});

describe("export", () => {
  demo(
    "gives a file that another browser takes in, without the provider's key",
    async ({ page, house }) => {
      await say(page, "I restore old barometers.");
      await go(page, "Settings");
      await page.getByRole("radio", { name: /^OpenAI With/u }).check();
      await page.getByLabel("API key").fill("sk-made-up-for-this-test");
      await page.getByRole("button", { name: "Keep key" }).click();
      await page
        .getByRole("region", { name: "Notices" })
        .getByText("Key kept for this session")
        .waitFor();
      await go(page, "Import & export");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Export" }).click(),
      ]);
      const text = readFileSync(await download.path(), "utf8");
      expect(text).toContain("I restore old barometers.");
      expect(text).not.toContain("sk-made-up-for-this-test");
      const other = await house.open("#/transfer");
      await other.page.getByLabel("Conversation file").setInputFiles(jsonl("export.jsonl", text));
      await other.page.getByLabel("This is my own backup").check();
      await other.page.getByRole("button", { name: /^Import \d+ memories$/u }).click();
      await other.page.getByRole("heading", { name: /^Imported/u }).waitFor();
      await other.page.getByRole("button", { name: "Import another file" }).click();
      await other.page.getByLabel("Conversation file").setInputFiles(jsonl("export.jsonl", text));
      await other.page.getByRole("button", { name: "Nothing new to import" }).waitFor();
      await go(other.page, "Memories");
      await memoryRow(other.page, "I restore old barometers.").waitFor();
      expect(other.faults).toEqual([]);
      await other.close();
    },
  );
});
