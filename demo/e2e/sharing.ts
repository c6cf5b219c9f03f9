import type { Page } from "playwright";
import { expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import type { DemoHouse, DemoPage } from "./demo-page.ts";
import type { SyncHouse } from "./sync-server.ts";
import { memoryRow } from "./talk.ts";

const PATIENCE = { timeout: 20_000 };
export const NARROW = {
  colorScheme: "dark",
  viewport: { width: 360, height: 800 },
  reducedMotion: "reduce",
} as const;

export async function fillServer(page: Page, server: SyncHouse): Promise<void> {
  await page.getByLabel("Sync server").fill(server.url);
  await page.keyboard.press("Tab");
}

export async function makeWords(page: Page): Promise<readonly string[]> {
  await page.getByRole("radio", { name: /^is the first/u }).check();
  await page.getByRole("button", { name: "Make the recovery words" }).click();
  await page.getByRole("heading", { name: "Write down these 12 words" }).waitFor(PATIENCE);
  return page.locator(".words li").allInnerTexts();
}

/** Types the words that are asked for, or `instead` for the first of them. */
export async function typeWords(
  page: Page,
  words: readonly string[],
  instead?: string,
): Promise<void> {
  const fields = page.getByLabel(/^Word \d+$/u);
  for (const [at, field] of (await fields.all()).entries()) {
    const label = await field.evaluate((input) => input.closest("label")?.textContent ?? "");
    const right = words[Number(label.replaceAll(/\D/gu, "")) - 1] ?? "";
    await field.fill(at === 0 && instead !== undefined ? instead : right);
  }
  await page.keyboard.press("Enter");
}

export async function share(page: Page, server: SyncHouse): Promise<readonly string[]> {
  await fillServer(page, server);
  const words = await makeWords(page);
  await page.getByRole("button", { name: "I have written them down" }).click();
  await typeWords(page, words);
  await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
  return words;
}

export async function joinByWords(
  house: DemoHouse,
  server: SyncHouse,
  words: readonly string[],
): Promise<DemoPage> {
  const other = await house.open("#/devices", NARROW);
  other.allow(server.origin);
  await fillServer(other.page, server);
  await other.page.getByRole("radio", { name: /^joins with the recovery/u }).check();
  await expectFits(other.page, "joining");
  await other.page.getByRole("textbox", { name: "Recovery words" }).fill(words.join(" "));
  await other.page.getByRole("button", { name: "Join with the words" }).click();
  await other.page.locator('[data-sync="idle"]').waitFor(PATIENCE);
  return other;
}

export async function edit(page: Page, before: string, after: string): Promise<void> {
  await page.getByRole("button", { name: `Edit: ${before}` }).click();
  const dialog = page.getByRole("dialog", { name: "Edit memory" });
  await dialog.getByRole("textbox", { name: "Text" }).fill(after);
  await dialog.getByRole("button", { name: "Save" }).click();
  await memoryRow(page, after).waitFor(PATIENCE);
}

export async function expectFits(page: Page, where: string): Promise<void> {
  await page.waitForTimeout(300);
  await expectAccessible(page, where);
  const [needed, has] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  expect(needed, `${where} is wider than the window`).toBeLessThanOrEqual(has ?? 0);
}
