import type { BrowserContext, Page } from "playwright";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { createDemoTest } from "./demo-test.ts";
import { edit, expectFits, fillServer, share } from "./sharing.ts";
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

  demo(
    "of a change that a newer version of the page made, until it is made in a form that is known here",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      const words = await share(page, server);
      const newer = await house.open("#/devices", {}, serveNewerVersion);
      newer.allow(server.origin);
      await join(newer.page, server, words);
      await go(newer.page, "Memories");
      for (const text of [NEWER, "A note as it always was."]) await note(newer.page, text);

      const notice = page.getByRole("status", {
        name: "1 change of another device cannot be read by this version of the page",
      });
      await notice.waitFor(PATIENCE);
      await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      await expectFits(page, "set aside");
      await go(page, "Memories");
      await memoryRow(page, "A note as it always was.").waitFor(PATIENCE);
      expect(await memoryRow(page, NEWER).count()).toBe(0);

      // Its own writer says it in a form that is known here.
      await edit(newer.page, NEWER, "A picture of the quay.");
      await memoryRow(page, "A picture of the quay.").waitFor(PATIENCE);
      await go(page, "Devices");
      await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
      await notice.waitFor({ state: "detached" });
      expect(newer.faults).toEqual([]);
      await newer.close();
    },
    { hash: "#/devices" },
  );

  demo(
    "that this device was away for long, while it reads everything anew, and no longer",
    async ({ page, opened, house }) => {
      opened.allow(server.origin);
      await share(page, server);
      await go(page, "Memories");
      await note(page, "The lighthouse keeper comes on Thursdays.");
      await go(page, "Devices");
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
      const notice = page.getByRole("status", { name: "This device was away for long" });
      expect(await notice.count()).toBe(0);
      // As it would be found half a year later.
      await page.route("**/still", (route) =>
        route.fulfill({ contentType: "text/html", body: '<link rel="icon" href="data:,">' }),
      );
      await page.goto(`${house.url}still`);
      await putLastSync(page, 181);
      let goOn = (): void => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      await opened.context.route(`${server.origin}/**`, async (route) => {
        if (route.request().url().includes("sync.pull")) await held;
        await route.continue();
      });
      await page.goto(`${house.url}#/devices`);
      await notice.waitFor(PATIENCE);
      await expectFits(page, "away for long");
      goOn();
      await notice.waitFor({ state: "detached", ...PATIENCE });
      await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
      await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
      await go(page, "Memories");
      await memoryRow(page, "The lighthouse keeper").waitFor(PATIENCE);
    },
    { hash: "#/devices" },
  );
});

describe("a vault that is full at the server", () => {
  demo(
    "is told with the way out, and is sent what waits once something was forgotten",
    async ({ page, opened, house }) => {
      const small = await openSyncHouse({ ALCOVE_SYNC_VAULT_BYTES: "6000" });
      try {
        opened.allow(small.origin);
        const words = await share(page, small);
        await go(page, "Memories");
        for (const name of ["first", "second", "third"])
          await note(page, `The ${name} page of the log. ${"A barge went up. ".repeat(90)}`);
        await go(page, "Devices");
        await page.locator('[data-sync="stopped"]').waitFor(PATIENCE);
        await page.getByText("The vault at the server is full.").waitFor(PATIENCE);
        await page.getByText(/^Forget memories/u).waitFor();
        await expectFits(page, "full");
        await go(page, "Memories");
        const row = memoryRow(page, "The first page");
        await row.getByRole("button", { name: /^Forget/u }).click();
        await page
          .getByRole("dialog")
          .getByRole("button", { name: /^Forget/u })
          .click();
        await page
          .locator(".notice")
          .filter({ hasText: "Forgetting 1 memory" })
          .getByRole("button", { name: "Dismiss" })
          .click();
        await go(page, "Devices");
        await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
        await page.getByText("Nothing waits to be sent").waitFor(PATIENCE);
        const other = await house.open("#/devices");
        other.allow(small.origin);
        await join(other.page, small, words);
        await go(other.page, "Memories");
        await memoryRow(other.page, "The third page").waitFor(PATIENCE);
        expect(await other.page.locator(".memory").count()).toBe(2);
        await other.close();
      } finally {
        await small.stop();
      }
    },
    { hash: "#/devices", expected: /status of 403/u },
  );
});

/** What only the version to come writes in its own way. */
const NEWER = "From the version to come: a picture of the quay.";

/** The built page as a version to come may have it: what it seals of such a text says that it is of the next form of records. */
async function serveNewerVersion(context: BrowserContext): Promise<void> {
  await context.route("**/assets/open-sync-*.js", async (route) => {
    const response = await route.fetch();
    const body = `(${writeNextForm.toString()})(${JSON.stringify(NEWER)});${await response.text()}`;
    await route.fulfill({ response, body });
  });
}

/** Runs in the worker. */
function writeNextForm(text: string): void {
  const { subtle } = crypto;
  const encrypt = subtle.encrypt.bind(subtle);
  const find = (bytes: Uint8Array, wanted: ArrayLike<number>): number =>
    bytes.findIndex((_, at) => Array.from(wanted).every((one, i) => bytes[at + i] === one));
  const marked = new TextEncoder().encode(text);
  // The field `v` with the number 1.
  const version = [0x61, 0x76, 1];
  subtle.encrypt = async (algorithm, key, data) => {
    const bytes = new Uint8Array(await new Response(data).arrayBuffer());
    if (find(bytes, marked) >= 0) bytes[find(bytes, version) + 2] = 2;
    return encrypt(algorithm, key, bytes);
  };
}

async function join(page: Page, house: SyncHouse, words: readonly string[]): Promise<void> {
  await fillServer(page, house);
  await page.getByRole("radio", { name: /^joins with the recovery/u }).check();
  await page.getByRole("textbox", { name: "Recovery words" }).fill(words.join(" "));
  await page.getByRole("button", { name: "Join with the words" }).click();
  await page.locator('[data-sync="idle"]').waitFor(PATIENCE);
}

async function note(page: Page, text: string): Promise<void> {
  await page.getByRole("button", { name: "Add a note" }).click();
  await page.getByLabel("What should be remembered?").fill(text);
  await page.getByRole("dialog").getByRole("button", { name: "Add note" }).click();
  await memoryRow(page, text).waitFor(PATIENCE);
}

/** Makes this device one that has not synced for so many days. No page of the vault may be open. */
async function putLastSync(page: Page, daysAgo: number): Promise<void> {
  await page.evaluate(async (days) => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("It failed."));
      });
    const db = await settled(indexedDB.open("alcove:default"));
    const states = db.transaction("syncState", "readwrite").objectStore("syncState");
    const row = (await settled(states.get("state"))) as { value: { lastSyncedAt: number } };
    row.value.lastSyncedAt -= days * 86_400_000;
    await settled(states.put(row));
    db.close();
  }, daysAgo);
}

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
