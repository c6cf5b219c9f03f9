import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { openSyncHouse, type SyncHouse } from "./sync-server.ts";

const demo = createDemoTest();
const PATIENCE = { timeout: 30_000 };
const FERRY = "The ferry to the island leaves at ten past eight.";

let server: SyncHouse;
beforeAll(async () => {
  server = await openSyncHouse();
});
afterAll(() => server.stop());

type Part = ReturnType<Page["locator"]>;

const device = (page: Page, name: "Laptop" | "Phone"): Part => page.getByRole("region", { name });
const network = (page: Page, name: "laptop" | "phone"): Part =>
  page.getByRole("switch", { name: `Network of the ${name}` });
const memory = (of: Part, text: string): Part =>
  of.locator(".twin-memory").filter({ hasText: text });
const isDone = (page: Page, text: string): Part =>
  page.getByRole("list", { name: "To try" }).locator('[data-done="true"]', { hasText: text });

async function begin(page: Page): Promise<void> {
  await page.getByLabel("Sync server").fill(server.url);
  await page.getByRole("button", { name: "Set up both devices" }).click();
  await page.getByLabel("Digits that the phone shows").waitFor(PATIENCE);
}

async function link(page: Page): Promise<void> {
  await begin(page);
  await page
    .getByLabel("Digits that the phone shows")
    .fill(await page.locator("[data-link-digits]").innerText());
  await page.keyboard.press("Enter");
  await memory(device(page, "Phone"), FERRY).waitFor(PATIENCE);
}

async function edit(of: Part, before: string, after: string): Promise<void> {
  await of.getByRole("button", { name: `Edit: ${before}` }).click();
  await of.getByLabel("New text").fill(after);
  await of.getByLabel("New text").press("Enter");
  await memory(of, after).waitFor(PATIENCE);
}

async function expectFits(page: Page, where: string): Promise<void> {
  await page.waitForTimeout(300);
  await expectAccessible(page, where);
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    `${where} is wider than the window`,
  ).toBeLessThanOrEqual(0);
}

describe("two devices side by side", () => {
  demo(
    "part and come together: both texts are kept on both, news arrives, what is forgotten goes",
    async ({ page, opened }) => {
      opened.allow(server.origin);
      const asked: string[] = [];
      opened.context.on("request", (request) => {
        if (new URL(request.url()).origin === server.origin) asked.push(request.url());
      });
      await page.getByRole("link", { name: "See two devices at work" }).click();
      await page.getByRole("heading", { level: 1, name: "Two devices" }).waitFor();
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.textContent))
        .toBe("Two devices, side by side");
      await expectFits(page, "before");
      await begin(page);
      await expectFits(page, "linking");
      await page.getByRole("button", { name: "Type them for me" }).click();
      await page.getByRole("button", { name: "Let it in" }).click();
      const [laptop, phone] = [device(page, "Laptop"), device(page, "Phone")];
      await memory(phone, FERRY).waitFor(PATIENCE);
      for (const one of [laptop, phone]) await one.getByText("Online, in step").waitFor(PATIENCE);

      await network(page, "laptop").uncheck();
      await network(page, "phone").uncheck();
      await isDone(page, "Switch the network of both devices off.").waitFor();
      await page.waitForTimeout(500);
      const before = asked.length;
      await edit(laptop, FERRY, "The ferry leaves at nine.");
      await edit(phone, FERRY, "The ferry leaves at half past ten.");
      await isDone(page, "Change the same memory on both").waitFor();
      for (const one of [laptop, phone])
        await one.getByText("Offline, 1 change to send").waitFor(PATIENCE);
      await page.getByText("Offline: this is the server’s last answer").waitFor();
      expect(asked.length, "requests went out of a device that is off").toBe(before);
      expect(await laptop.getByText("half past ten").count()).toBe(0);
      await expectFits(page, "offline");

      await network(page, "laptop").check();
      await network(page, "phone").check();
      for (const one of [laptop, phone]) {
        for (const text of ["The ferry leaves at nine.", "The ferry leaves at half past ten."])
          await one.getByText(text, { exact: true }).waitFor(PATIENCE);
        await one.locator(".twin-others").getByText(FERRY).waitFor(PATIENCE);
      }
      await isDone(page, "Switch both on").waitFor(PATIENCE);
      const present = (of: Part): Promise<string> => of.locator(".said").first().innerText();
      expect(await present(laptop)).toBe(await present(phone));

      await phone.getByLabel("A new memory on the phone").fill("The bakery opens at six.");
      await page.keyboard.press("Enter");
      await memory(laptop, "The bakery opens at six.").getByText("arrived").waitFor(PATIENCE);
      await page
        .locator("[data-announcer]")
        .filter({ hasText: "Laptop got: The bakery opens at six." })
        .waitFor({ state: "attached" });
      await isDone(page, "Add a memory on one").waitFor();
      await laptop.getByRole("button", { name: "Forget: The bakery opens at six." }).click();
      await memory(phone, "The bakery").waitFor({ state: "detached", timeout: 30_000 });
      await isDone(page, "Forget it on one").waitFor();

      // What the server shows beside them are the bytes that it keeps.
      const rows = page.locator(".sealed-row");
      await rows.first().locator("summary").click();
      const bytes = (await rows.first().locator("details > p").innerText()).replaceAll(" ", "");
      expect(server.keeps(Buffer.from(bytes, "hex"))).toBe(true);
      expect(server.keeps(Buffer.from("half past ten"))).toBe(false);
      await page.setViewportSize({ width: 360, height: 800 });
      await page.emulateMedia({ colorScheme: "dark" });
      await expectFits(page, "narrow and dark");
      expect(opened.faults).toEqual([]);
    },
    { hash: "#/devices", context: { reducedMotion: "reduce" } },
  );

  demo(
    "are worked by the keyboard, outlive a reload, and are taken away with all they have",
    async ({ page, opened }) => {
      opened.allow(server.origin);
      await link(page);
      await network(page, "phone").focus();
      await page.keyboard.press("Space");
      await device(page, "Phone")
        .getByText(/^Offline/u)
        .waitFor(PATIENCE);
      await page.keyboard.press("Space");
      await device(page, "Phone").getByText("Online, in step").waitFor(PATIENCE);
      const opener = device(page, "Phone").getByRole("button", { name: /^Edit: /u });
      await opener.focus();
      await page.keyboard.press("Enter");
      await device(page, "Phone").getByLabel("New text").waitFor();
      await page.keyboard.type("Thrown away");
      await page.keyboard.press("Escape");
      expect(await opener.evaluate((button) => button === document.activeElement)).toBe(true);
      expect(await page.getByText("Thrown away").count()).toBe(0);

      await page.reload();
      await memory(device(page, "Laptop"), FERRY).waitFor(PATIENCE);
      await device(page, "Laptop").getByLabel("A new memory on the laptop").fill("After a reload.");
      await page.keyboard.press("Enter");
      await memory(device(page, "Phone"), "After a reload.").waitFor(PATIENCE);

      await page.getByRole("button", { name: "Take both away…" }).click();
      await page.getByRole("button", { name: "Take them away" }).click();
      await page.getByRole("button", { name: "Set up both devices" }).waitFor(PATIENCE);
      const left = await page.evaluate(async () =>
        (await indexedDB.databases()).filter(({ name }) => /laptop|phone/u.test(name ?? "")),
      );
      expect(left).toEqual([]);
    },
    { hash: "#/two-devices" },
  );

  demo(
    "are not linked by wrong digits nor without a server, and it can be begun again",
    async ({ page, opened }) => {
      opened.allow(server.origin);
      await begin(page);
      const digits = await page.locator("[data-link-digits]").innerText();
      await page
        .getByLabel("Digits that the phone shows")
        .fill(`${digits.startsWith("0") ? "1" : "0"}${digits.slice(1)}`);
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("Should it happen twice").waitFor(PATIENCE);
      await server.pause();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("alert").getByText("Check the address").waitFor(PATIENCE);
      await server.resume();
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("button", { name: "Refuse" }).click(PATIENCE);
      await page.getByRole("button", { name: "Set up both devices" }).waitFor(PATIENCE);
      await link(page);
    },
    { hash: "#/two-devices", expected: /Failed to load resource: net::ERR_/u },
  );
});
