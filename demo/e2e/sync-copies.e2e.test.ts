import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { DemoPage } from "./demo-page.ts";
import { createDemoTest } from "./demo-test.ts";
import { edit, expectFits, joinByWords, share } from "./sharing.ts";
import { openSyncHouse, type SyncHouse } from "./sync-server.ts";
import { go, memoryRow } from "./talk.ts";

const demo = createDemoTest();
const PATIENCE = { timeout: 30_000 };
const KEPT = "The boat is painted green, and has a new mast.";
const GONE = "The oars are in the shed, behind the door.";

let server: SyncHouse;
beforeAll(async () => {
  server = await openSyncHouse();
});
afterAll(() => server.stop());

describe("texts that were not sent yet when their memories were forgotten elsewhere", () => {
  demo(
    "are told, and are kept as a memory or discarded, with keys alone and with an undo",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const words = await share(page, server);
      await go(page, "Memories");
      for (const text of ["The boat is painted green.", "The oars are in the shed."])
        await note(page, text);
      const other = await joinByWords(house, server, words);
      await go(other.page, "Memories");
      await memoryRow(other.page, "The oars are").waitFor(PATIENCE);

      // The other one edits while nobody answers, and is closed.
      await server.pause();
      await edit(other.page, "The boat is painted green.", KEPT);
      await edit(other.page, "The oars are in the shed.", GONE);
      await other.page.close();
      await server.resume();
      for (const text of ["The boat is painted green.", "The oars are in the shed."])
        await forget(page, text);
      await go(page, "Devices");
      await page.getByRole("button", { name: "Sync now" }).click();
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
      expect(await page.getByRole("heading", { name: "Copies to decide about" }).count()).toBe(0);
      await page.close();

      const back = await comeBack(other, house.url);
      await back
        .getByRole("status", { name: "2 copies of memories that left the vault" })
        .waitFor(PATIENCE);
      const copies = back.getByRole("region", { name: "Copies to decide about" });
      await copies.getByText(KEPT).waitFor();
      await copies.getByText("Edited on this device").first().waitFor();
      expect(await copies.getByRole("listitem").count()).toBe(2);
      await expectFits(back, "copies");

      // Who turns sync off is told that they would go.
      await back.getByRole("button", { name: "Turn sync off…" }).click();
      await back
        .getByRole("dialog")
        .getByText("2 copies that you have not decided about")
        .waitFor();
      await back.getByRole("dialog").getByRole("button", { name: "Keep it on" }).click();
      await expect.poll(() => focused(back)).toBe("Turn sync off…");

      const discard = copies.getByRole("button", { name: `Discard: ${GONE}` });
      await discard.focus();
      await back.keyboard.press("Enter");
      await copies.getByText(GONE).waitFor({ state: "detached" });
      await expect.poll(() => focused(back)).toBe(`Keep as a memory: ${KEPT}`);
      await inNotice(back, "Letting 1 copy go", "Undo");
      await copies.getByText(GONE).waitFor();
      await discard.click();
      await inNotice(back, "Letting 1 copy go", "Dismiss");
      await back
        .getByRole("status", { name: "1 copy of memories that left the vault" })
        .waitFor(PATIENCE);

      await copies.getByRole("button", { name: `Keep as a memory: ${KEPT}` }).focus();
      await back.keyboard.press("Enter");
      await copies.waitFor({ state: "detached", ...PATIENCE });
      await expect.poll(() => focused(back)).toBe("Sync");
      await back
        .getByRole("status", { name: /memories that left/u })
        .waitFor({ state: "detached" });
      await expectFits(back, "no copies");
      await go(back, "Memories");
      await memoryRow(back, KEPT).waitFor(PATIENCE);
      expect(await memoryRow(back, GONE).count()).toBe(0);

      // It is one of the vault's memories again, and the discarded one is nowhere.
      const first = await comeBack(opened, house.url);
      await go(first, "Memories");
      await memoryRow(first, KEPT).waitFor(PATIENCE);
      expect(await first.locator(".memory").count()).toBe(1);
      await back.reload();
      await go(back, "Devices");
      await back.locator('[data-sync="idle"]').waitFor(PATIENCE);
      expect(await back.getByText(GONE).count()).toBe(0);
      expect(other.faults.filter((fault) => !/Failed to load|ERR_/u.test(fault))).toEqual([]);
      await other.close();
    },
    { hash: "#/devices", expected: /Failed to load|ERR_/u },
  );

  demo(
    "go with a memory that says the same, wherever it is forgotten",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const words = await share(page, server);
      await go(page, "Memories");
      await note(page, "The oars are in the shed.");
      const other = await joinByWords(house, server, words);
      await go(other.page, "Memories");
      await memoryRow(other.page, "The oars are").waitFor(PATIENCE);
      await server.pause();
      await edit(other.page, "The oars are in the shed.", GONE);
      await other.page.close();
      await server.resume();
      await forget(page, "The oars are in the shed.");
      await note(page, GONE);
      await go(page, "Devices");
      await page.getByRole("button", { name: "Sync now" }).click();
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
      await page.close();
      const back = await comeBack(other, house.url);
      const copies = back.getByRole("region", { name: "Copies to decide about" });
      await copies.getByText(GONE).waitFor(PATIENCE);

      const first = await comeBack(opened, house.url);
      await go(first, "Memories");
      await forget(first, GONE);
      await copies.waitFor({ state: "detached", ...PATIENCE });
      await back
        .getByRole("status", { name: /memories that left/u })
        .waitFor({ state: "detached" });
      await other.close();
    },
    { hash: "#/devices", expected: /Failed to load|ERR_/u },
  );
});

async function note(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "Add a note" }).click();
  await page.getByLabel("What should be remembered?").fill(text);
  await page.getByRole("dialog").getByRole("button", { name: "Add note" }).click();
  await memoryRow(page, text).waitFor(PATIENCE);
}

/** Until it cannot be undone any more. */
async function forget(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: `Forget: ${text}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Forget/u }).click();
  await inNotice(page, "Forgetting 1 memory", "Dismiss");
  await page
    .locator("[data-announcer]")
    .getByText(/^Forgotten/u)
    .waitFor(PATIENCE);
}

async function inNotice(page: Page, text: string, button: string): Promise<void> {
  const notice = page.locator(".notice").filter({ hasText: text });
  await notice.getByRole("button", { name: button }).click();
}

async function comeBack({ context }: DemoPage, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}#/devices`);
  return page;
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute("aria-label") ?? at?.textContent ?? "";
  });
}
