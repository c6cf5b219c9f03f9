import type { Page } from "playwright";
import { describe, expect } from "vitest";
import { createDemoTest } from "./demo-test.ts";
import { go, memoryRow, newChat, say, tell } from "./talk.ts";

const demo = createDemoTest();

async function addNote(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "Add a note" }).click();
  await page.getByLabel("What should be remembered?").fill(text);
  await page.getByRole("dialog").getByRole("button", { name: "Add note" }).click();
  await memoryRow(page, text).waitFor();
}

describe("the list of memories", () => {
  demo(
    "an edit shows at once, and its history keeps the text before, struck through",
    async ({ page }) => {
      await addNote(page, "The spare key hangs behind the blue door.");
      await memoryRow(page, "spare key").getByRole("button", { name: /^Edit/u }).click();
      await page
        .getByLabel("Text", { exact: true })
        .fill("The spare key lies under the third flower pot.");
      await page.getByRole("button", { name: "Save" }).click();
      await memoryRow(page, "third flower pot").waitFor();
      await page.getByRole("link", { name: "third flower pot" }).click();
      const sheet = page.getByRole("dialog", { name: "Memory" });
      await sheet.locator("s", { hasText: "behind the blue door" }).waitFor();
      await sheet.getByText(/replaced by an edit/u).waitFor();
      expect(page.url()).toMatch(/#\/memories\/.+/u);
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(
        "third flower pot",
      );
    },
    { hash: "#/memories" },
  );

  demo(
    "search, kind, slot and date narrow the list, and say so when nothing is left",
    async ({ page }) => {
      await addNote(page, "The boiler is serviced by a firm in Leuven.");
      await addNote(page, "I am allergic to penicillin.");
      await page.getByLabel("Search memories").fill("boiler");
      await page.getByText("1 memory, best match first").waitFor();
      await memoryRow(page, "boiler").locator(".memory-hit .figure").waitFor();
      await page.getByRole("button", { name: "Clear" }).click();
      await page.getByLabel("About").selectOption({ label: "Health" });
      await memoryRow(page, "boiler").waitFor({ state: "detached" });
      await memoryRow(page, "penicillin").waitFor();
      await page.getByLabel("To", { exact: true }).fill("2020-01-01");
      await page.getByText("Nothing remembered fits that.").waitFor();
      await page.getByRole("button", { name: "Clear search and filters" }).click();
      await memoryRow(page, "boiler").waitFor();
      await page.getByLabel("Kind").selectOption({ label: "Said in a chat" });
      await page.getByText("Nothing remembered fits that.").waitFor();
    },
    { hash: "#/memories" },
  );

  demo("pinning an instruction confirms it, and the memory says so", async ({ page }) => {
    await tell(page, "Please always answer me in rhyme.");
    await go(page, "Memories");
    const row = memoryRow(page, "answer me in rhyme");
    await row.getByText("Instructions").waitFor();
    await row.getByRole("button", { name: /^Pin/u }).click();
    await page
      .getByRole("region", { name: "Notices" })
      .getByText(/You confirmed this instruction/u)
      .waitFor();
    await row.locator('[aria-pressed="true"]').waitFor();
    await go(page, "Chat");
    await newChat(page);
    await say(page, "What is the capital of Peru?");
    await page.locator(".trace > summary").click();
    await page
      .locator(".recalled-item", { hasText: "answer me in rhyme" })
      .getByText("Profile", { exact: true })
      .waitFor();
  });

  demo(
    "forgetting waits six seconds: undone it is still there, left alone it is gone for good",
    async ({ page }) => {
      await addNote(page, "The alarm code is four seven one one.");
      const forget = async (): Promise<void> => {
        await memoryRow(page, "alarm code")
          .getByRole("button", { name: /^Forget/u })
          .click();
        await page
          .getByRole("dialog")
          .getByText(/Gone for good/u)
          .waitFor();
        await page.getByRole("dialog").getByRole("button", { name: "Forget", exact: true }).click();
        await memoryRow(page, "alarm code").waitFor({ state: "detached" });
      };
      await forget();
      await page.getByRole("button", { name: "Undo" }).click();
      await memoryRow(page, "alarm code").waitFor();
      await page.mouse.move(5, 5);
      await forget();
      await page.mouse.move(5, 5);
      await page.getByText("0 memories on this device").waitFor({ timeout: 15_000 });
      await page.reload();
      await page.getByText("Nothing is remembered yet.").waitFor();
    },
    { hash: "#/memories" },
  );

  demo(
    "a page closed during the delay still forgets: the next one does it",
    async ({ page, opened, house }) => {
      await addNote(page, "The alarm code is four seven one one.");
      await memoryRow(page, "alarm code")
        .getByRole("button", { name: /^Forget/u })
        .click();
      await page.getByRole("dialog").getByRole("button", { name: "Forget", exact: true }).click();
      await memoryRow(page, "alarm code").waitFor({ state: "detached" });
      await page.close();
      const next = await opened.context.newPage();
      await next.goto(`${house.url}#/memories`);
      await next.getByText("0 memories on this device").waitFor({ timeout: 20_000 });
    },
    { hash: "#/memories" },
  );

  demo("forgetting shows what restates it, and takes that along on request", async ({ page }) => {
    await tell(page, "My dentist is Doctor Okafor in Mill Street.");
    await newChat(page);
    await tell(page, "Who is my dentist?");
    await go(page, "Memories");
    await page
      .getByRole("button", {
        name: "Forget: My dentist is Doctor Okafor in Mill Street.",
        exact: true,
      })
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.locator(".related", { hasText: "Okafor" }).waitFor();
    await dialog.getByLabel("Forget these too").check();
    await dialog.getByRole("button", { name: "Forget", exact: true }).click();
    await memoryRow(page, "Okafor").first().waitFor({ state: "detached", timeout: 20_000 });
    await memoryRow(page, "Who is my dentist?").waitFor();
  });

  demo(
    "several are selected and forgotten together",
    async ({ page }) => {
      for (const text of ["First of three.", "Second of three.", "Third of three."])
        await addNote(page, text);
      await page.getByLabel("Select: First of three.").check();
      await page.getByLabel("Select: Third of three.").check();
      const bulk = page.getByRole("region", { name: "Selected memories" });
      await bulk.getByText("2 memories selected").waitFor();
      await bulk.getByRole("button", { name: "Forget" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Forget", exact: true }).click();
      await page.getByText("1 memory on this device").waitFor({ timeout: 20_000 });
      await memoryRow(page, "Second of three.").waitFor();
    },
    { hash: "#/memories" },
  );

  demo(
    "what one said later replaces what one said before, and both are shown",
    async ({ page }) => {
      await tell(page, "I live in Antwerp.");
      await newChat(page);
      await tell(page, "I live in Ghent.");
      await go(page, "Memories");
      await memoryRow(page, "I live in Antwerp.")
        .getByText(/Replaced by/u)
        .waitFor();
      await memoryRow(page, "I live in Antwerp.").locator("s").waitFor();
      await page.getByRole("link", { name: "I live in Ghent." }).first().click();
      await page
        .getByRole("dialog", { name: "Memory" })
        .getByText(/replaced by what you said later/u)
        .waitFor();
    },
  );

  demo("changes of another tab appear without a reload", async ({ page, opened, house }) => {
    const other = await opened.context.newPage();
    await other.goto(`${house.url}#/memories`);
    await other.getByText("Nothing is remembered yet.").waitFor();
    await tell(page, "I teach chess to children.");
    await memoryRow(other, "I teach chess to children.").waitFor();
    expect(await other.locator(".memory").count()).toBeGreaterThan(0);
  });
});
