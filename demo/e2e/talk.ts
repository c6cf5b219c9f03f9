import type { Page } from "playwright";

const PATIENCE = { timeout: 20_000 };

/** Sends a message as a person would, and waits until its answer is over. Returns the answer's text. */
export async function say(page: Page, text: string): Promise<string> {
  const answers = page.locator(".answer");
  const before = await answers.count();
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
  await answers.nth(before).and(page.locator('[data-state="done"]')).waitFor(PATIENCE);
  return answers.nth(before).locator(".answer-text").innerText();
}

/** The same, and waits until what was said is remembered and can be found. */
export async function tell(page: Page, text: string): Promise<void> {
  await say(page, text);
  await page.locator(".answer").last().getByText("Remembered:").waitFor(PATIENCE);
}

export async function newChat(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New chat", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "New chat" }).waitFor(PATIENCE);
}

/** Goes to a screen the way a person does. */
export async function go(
  page: Page,
  screen:
    | "Chat"
    | "Memories"
    | "Import & export"
    | "Storage & privacy"
    | "Devices"
    | "Gateways"
    | "Benchmark"
    | "Settings",
): Promise<void> {
  await page
    .getByRole("navigation", { name: "Screens" })
    .getByRole("link", { name: screen })
    .click();
}

/** One line of the memory list, by a part of its text. */
export function memoryRow(page: Page, text: string): ReturnType<Page["locator"]> {
  return page.locator(".memory").filter({ has: page.locator(".memory-text", { hasText: text }) });
}
