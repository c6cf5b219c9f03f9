import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import type { DemoPage } from "./demo-page.ts";
import { createDemoTest } from "./demo-test.ts";
import {
  edit,
  expectFits,
  fillServer,
  joinByWords,
  makeWords,
  NARROW,
  share,
  typeWords,
} from "./sharing.ts";
import { openSyncHouse, type SyncHouse } from "./sync-server.ts";
import { go, memoryRow, tell } from "./talk.ts";

const demo = createDemoTest();
const PATIENCE = { timeout: 20_000 };

let server: SyncHouse;
beforeAll(async () => {
  server = await openSyncHouse();
});
afterAll(() => server.stop());

describe("devices", () => {
  demo(
    "share a vault by recovery words: what is said on one arrives on the other, until it is removed",
    async ({ page, opened, house }) => {
      const asked = requestsTo(opened);
      await fillServer(page, server);
      const words = await makeWords(page);
      expect(words).toHaveLength(12);
      await expectFits(page, "the words");
      await page.getByRole("button", { name: "I have written them down" }).click();
      await page.getByRole("heading", { name: "Type 3 words from your paper" }).waitFor();
      // Whoever sees nothing is told where they are now, and goes on from there.
      const focused = (): Promise<string> =>
        page.evaluate(() => document.activeElement?.textContent ?? "");
      await expect.poll(focused).toBe("Type 3 words from your paper");
      await expectFits(page, "typing the words");
      await typeWords(page, words, "elsewhere");
      await page.getByRole("alert").getByText("Nothing was sent").waitFor();
      expect(asked).toEqual([]);
      opened.allow(server.origin);
      await typeWords(page, words);
      await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      await page.locator(".devices li").getByText("this device").waitFor(PATIENCE);
      await expectFits(page, "shared");
      await go(page, "Chat");
      await tell(page, "I keep three beehives on the roof.");

      const other = await joinByWords(house, server, words);
      await go(other.page, "Memories");
      await memoryRow(other.page, "I keep three beehives").waitFor(PATIENCE);

      await tell(page, "My neighbour lends me a ladder.");
      await memoryRow(other.page, "lends me a ladder").waitFor(PATIENCE);

      await go(page, "Devices");
      const others = page.locator(".devices li").filter({ hasNotText: "this device" });
      await others.getByRole("button", { name: /^Rename/u }).click();
      await page.getByRole("textbox", { name: "Name" }).fill("Old phone");
      await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
      await page.getByRole("button", { name: "Remove Old phone" }).click();
      await page.getByRole("dialog").getByText("What it has, it keeps").waitFor();
      await expectAccessible(page, "the warning");
      await page.getByRole("button", { name: "Remove it" }).click();
      await others.getByText("removed", { exact: true }).waitFor(PATIENCE);

      await other.page
        .getByRole("region", { name: "Notices" })
        .getByText("This device was removed")
        .waitFor(PATIENCE);
      await memoryRow(other.page, "I keep three beehives").waitFor();
      await go(other.page, "Devices");
      await other.page.getByText("Turn sync off here.").waitFor();
      await expectFits(other.page, "removed");
      await turnOff(other.page);
      await go(page, "Chat");
      await tell(page, "The ladder is blue.");
      await go(other.page, "Memories");
      expect(await memoryRow(other.page, "The ladder is blue.").count()).toBe(0);
      expect(other.faults).toEqual([]);
      await other.close();
    },
    { hash: "#/devices" },
  );

  demo(
    "are linked by a code and by digits that are compared",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      await share(page, server);
      await go(page, "Chat");
      await tell(page, "I sing alto in the harbour choir.");
      await go(page, "Devices");

      const other = await house.open("#/devices", NARROW);
      other.allow(server.origin);
      await fillServer(other.page, server);
      await other.page.getByRole("radio", { name: /^joins another/u }).check();

      const first = await askIn(page, other.page);
      await page.getByLabel("Digits that the new device shows").fill(otherDigits(first));
      await page.getByRole("button", { name: "Let it in" }).click();
      await page.getByRole("alert").getByText("Should it happen twice").waitFor(PATIENCE);
      await other.page.getByRole("alert").waitFor(PATIENCE);
      expect(await page.locator(".devices li").count()).toBe(1);

      await other.page.getByRole("button", { name: "Show a code" }).click();
      await other.page.getByRole("img", { name: /^QR code/u }).waitFor(PATIENCE);
      await expectFits(other.page, "the code");
      const digits = await giveCode(page, other.page);
      expect(digits).toMatch(/^\d{6}$/u);
      await expectFits(page, "letting in");
      await page.getByLabel("Digits that the new device shows").fill(digits);
      await page.getByRole("button", { name: "Let it in" }).click();
      await other.page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      const told = /[\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4}/u;
      const shown = await Promise.all(
        [page, other.page].map((one) =>
          one
            .getByRole("region", { name: "Notices" })
            .getByText("for the same vault")
            .innerText(PATIENCE),
        ),
      );
      expect(told.exec(shown[0] ?? "")?.[0]).toBeDefined();
      expect(told.exec(shown[1] ?? "")?.[0]).toBe(told.exec(shown[0] ?? "")?.[0]);
      await go(other.page, "Memories");
      await memoryRow(other.page, "I sing alto").waitFor(PATIENCE);
      for (const one of [page, other.page]) {
        await go(one, "Memories");
        await one.getByText("2 devices hold a copy, this one among them").waitFor(PATIENCE);
      }
      expect(other.faults).toEqual([]);
      await other.close();
    },
    { hash: "#/devices" },
  );

  demo(
    "show what the server has as it changes: the bytes are those of its files, and no word of a memory is among them",
    async ({ page, opened }) => {
      opened.allow(server.origin);
      await share(page, server);
      await page.getByText("No row.").waitFor(PATIENCE);
      await go(page, "Chat");
      await tell(page, "My lighthouse has a green lantern.");
      await go(page, "Devices");
      const rows = page.locator(".sealed-row");
      await rows.first().waitFor(PATIENCE);
      await page
        .getByRole("region", { name: "What the server does not see" })
        .getByText("green lantern")
        .waitFor();
      const before = await rows.count();
      await rows.first().locator("summary").click();
      const shown = (await rows.first().locator("details > p").innerText()).replaceAll(" ", "");
      expect(shown).toMatch(/^[\da-f]{512,}$/u);
      expect(server.keeps(Buffer.from(shown, "hex"))).toBe(true);
      expect(server.keeps(Buffer.from("green lantern"))).toBe(false);
      await page.getByLabel("Look for a word of yours").fill("lantern");
      await page.getByText("“lantern” is nowhere in").waitFor();
      await page.getByText("Devices and days, as it notes them").click();
      await page
        .getByRole("table", { name: "The log of members" })
        .getByText("The vault begins")
        .waitFor();
      await page.getByText(/^On the wire/u).click();
      await page
        .getByRole("table", { name: "Requests of sync" })
        .getByText("sync.pull")
        .first()
        .waitFor();
      await expectFits(page, "the live view");

      // A change made while the view is open comes by itself.
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.getByLabel("Seal everything anew").check();
      await page.getByRole("button", { name: "Change the keys" }).click();
      await rows.first().getByText("epoch 2").waitFor(PATIENCE);
      await rows.first().getByText("new", { exact: true }).waitFor(PATIENCE);
      await page
        .getByRole("table", { name: "The log of members" })
        .getByText("New keys, epoch 2")
        .waitFor();
      expect(await rows.count()).toBe(before);
      await page.setViewportSize({ width: 360, height: 800 });
      await page.emulateMedia({ colorScheme: "dark" });
      await expectFits(page, "the live view, narrow and dark");
    },
    { hash: "#/devices" },
  );

  demo(
    "are told which word is wrong; sync is turned off and its vault deleted at the server",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const words = await share(page, server);
      await page.getByRole("button", { name: "Turn sync off…" }).click();
      await page.getByRole("dialog").getByLabel("Delete the vault at the server too").check();
      await expectAccessible(page, "turning off");
      await page.getByRole("button", { name: "Turn off and delete" }).click();
      await page.getByRole("heading", { name: "Sync is off" }).waitFor(PATIENCE);

      const other = await house.open("#/devices");
      other.allow(server.origin);
      await fillServer(other.page, server);
      await other.page.getByRole("radio", { name: /^joins with the recovery/u }).check();
      await other.page
        .getByRole("textbox", { name: "Recovery words" })
        .fill(words.with(4, "harbor").join(" "));
      await other.page.getByRole("button", { name: "Join with the words" }).click();
      await other.page.getByRole("alert").waitFor();
      await other.page.getByRole("textbox", { name: "Recovery words" }).fill(words.join(" "));
      await other.page.getByRole("button", { name: "Join with the words" }).click();
      await other.page.getByRole("alert").getByText("Check the words and the address").waitFor();
      await other.close();
    },
    { hash: "#/devices" },
  );

  demo(
    "keep both versions of a memory that was edited on both while the server was away",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const words = await share(page, server);
      await page.getByLabel("Seal everything anew").check();
      await page.getByRole("button", { name: "Change the keys" }).click();
      await page
        .getByRole("region", { name: "Notices" })
        .getByText("Everything was sealed anew.")
        .waitFor(PATIENCE);
      await go(page, "Chat");
      await tell(page, "My boat is called Heron.");
      const other = await joinByWords(house, server, words);
      const both = [page, other.page];
      for (const one of both) {
        await go(one, "Memories");
        await memoryRow(one, "My boat is called Heron.").waitFor(PATIENCE);
      }
      await server.pause();
      await edit(page, "My boat is called Heron.", "My boat is called Grey Heron.");
      await edit(other.page, "My boat is called Heron.", "My boat is called Plover.");
      await server.resume();
      for (const one of both) {
        await memoryRow(one, "called Plover.").waitFor({ timeout: 40_000 });
        await memoryRow(one, "called Plover.").getByRole("link").first().click();
        const sheet = one.getByRole("dialog", { name: "Memory" });
        await sheet.locator("s", { hasText: "My boat is called Grey Heron." }).waitFor(PATIENCE);
        await one.keyboard.press("Escape");
      }
      expect(other.faults.filter((fault) => !fault.includes("net::ERR_"))).toEqual([]);
      await other.close();
    },
    { hash: "#/devices", expected: /Failed to load resource: net::ERR_/u },
  );

  demo(
    "go on without the server: changes wait, and are sent when it is back; a reload changes nothing",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const words = await share(page, server);
      await server.pause();
      await page.getByRole("button", { name: "Sync now" }).click();
      await page.getByRole("alert").getByText("Check the address").waitFor(PATIENCE);
      await go(page, "Chat");
      await tell(page, "My kayak is moored at pier nine.");
      await go(page, "Devices");
      await page.locator('[data-sync="offline"]').waitFor(PATIENCE);
      await page.getByText(/changes? waits? to be sent; that happens by itself/u).waitFor(PATIENCE);
      await expectFits(page, "without the server");
      await page.reload();
      await page.locator('[data-sync="offline"]').waitFor(PATIENCE);
      await server.resume();
      await page.locator('[data-sync="idle"]').waitFor({ timeout: 40_000 });
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
      await go(page, "Storage & privacy");
      await page.getByText(`Sync is on: your memories go to ${server.url}`).waitFor();

      const other = await joinByWords(house, server, words);
      await go(other.page, "Memories");
      await memoryRow(other.page, "My kayak is moored").waitFor(PATIENCE);
      expect(other.faults).toEqual([]);
      await other.close();
    },
    { hash: "#/devices", expected: /Failed to load resource: net::ERR_/u },
  );
});

/** Shows a code on the new device and gives it to the old one. Returns the digits that the new one shows then. */
async function askIn(old: Page, fresh: Page): Promise<string> {
  await fresh.getByRole("button", { name: "Show a code" }).click();
  return giveCode(old, fresh);
}

async function giveCode(old: Page, fresh: Page): Promise<string> {
  const code = await fresh.locator("[data-link-code]").innerText(PATIENCE);
  await old.getByLabel("Code of the new device").fill(code.toLowerCase());
  await old.keyboard.press("Enter");
  return fresh.locator("[data-link-digits]").innerText(PATIENCE);
}

function otherDigits(digits: string): string {
  return `${digits.startsWith("0") ? "1" : "0"}${digits.slice(1)}`;
}

async function turnOff(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Turn sync off…" }).click();
  await page.getByRole("button", { name: "Turn off", exact: true }).click();
  await page.getByRole("heading", { name: "Sync is off" }).waitFor(PATIENCE);
}

function requestsTo({ context }: DemoPage): readonly string[] {
  const asked: string[] = [];
  context.on("request", (request) => {
    if (new URL(request.url()).origin === server.origin) asked.push(request.url());
  });
  return asked;
}
