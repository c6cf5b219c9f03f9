import { describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { go, say, tell } from "./talk.ts";

const demo = createDemoTest();
const SCREENS = [
  "chat",
  "memories",
  "observations",
  "transfer",
  "storage",
  "devices",
  "two-devices",
  "gateways",
  "benchmark",
  "settings",
] as const;

describe("for everybody", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [360, 1280]) {
      demo(
        `no screen breaks a rule of accessibility: ${colorScheme}, ${width} wide`,
        async ({ page, house }) => {
          await expectAccessible(page, "empty chat");
          await tell(page, "I love Indian food but I'm allergic to cheese.");
          await page.getByRole("button", { name: "New chat", exact: true }).click();
          await say(page, "Suggest some dinner options");
          await page.locator(".trace > summary").click();
          await page.getByText("signals").first().click();
          await page.getByText("The exact prompt").click();
          for (const screen of SCREENS) {
            await page.goto(`${house.url}#/${screen}`);
            await page.locator(`[data-screen-title]`).waitFor();
            await page.waitForTimeout(300);
            await expectAccessible(page, screen);
            expect(
              await page.evaluate(() => document.documentElement.scrollWidth),
              `${screen} is wider than the window`,
            ).toBeLessThanOrEqual(width);
          }
          await page.goto(`${house.url}#/memories`);
          await page.locator(".memory-text a").last().click();
          await page.getByRole("dialog", { name: "Memory" }).getByText("Unchanged").waitFor();
          await page.waitForTimeout(400);
          await expectAccessible(page, "a memory");
          await page.keyboard.press("Escape");
          await page.getByRole("button", { name: "Add a note" }).click();
          await expectAccessible(page, "a note");
        },
        { context: { colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" } },
      );
    }
  }

  demo(
    "the keyboard alone is enough: skip, say, ask again, look at the memory, edit it, forget it, undo",
    async ({ page }) => {
      const focused = (): Promise<string> =>
        page.evaluate(() =>
          `${document.activeElement?.getAttribute("aria-label") ?? ""} ${document.activeElement?.textContent ?? ""}`.trim(),
        );
      const tabTo = async (name: RegExp): Promise<void> => {
        for (let step = 0; step < 80; step += 1) {
          await page.keyboard.press("Tab");
          if (name.test(await focused())) return;
        }
        throw new Error(`The Tab key never came to ${String(name)}`);
      };
      await page.keyboard.press("Tab");
      expect(await focused()).toBe("Skip to content");
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("MAIN");
      await page.getByLabel("Message", { exact: true }).focus();
      await page.keyboard.type("I play the viola in a quartet.");
      await page.keyboard.press("Enter");
      await page.locator('.answer[data-state="done"]').getByText("Remembered:").waitFor();
      await page.keyboard.press("Shift+Tab");
      await tabTo(/^Skip to content/u);
      await tabTo(/^Memories/u);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Memories" }).waitFor();
      await expect.poll(focused).toBe("Memories");
      await tabTo(/^Edit: I play the viola/u);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name: "Edit memory" }).waitFor();
      await page.keyboard.press("Escape");
      await expect.poll(focused).toMatch(/^Edit: I play the viola/u);
      await page.keyboard.press("Tab");
      expect(await focused()).toMatch(/^Forget: I play the viola/u);
      await page.keyboard.press("Enter");
      await page
        .getByRole("dialog")
        .getByText(/Gone for good/u)
        .waitFor();
      await tabTo(/^Forget$/u);
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await tabTo(/^Undo$/u);
      await page.keyboard.press("Enter");
      await page.locator(".memory", { hasText: "I play the viola" }).first().waitFor();
    },
  );

  demo("each screen has its own address, title and one main heading", async ({ page, house }) => {
    const titles = new Set<string>();
    for (const screen of SCREENS) {
      await page.goto(`${house.url}#/${screen}`);
      await page.reload();
      await page.locator("h1").waitFor();
      expect(await page.locator("h1").count()).toBe(1);
      titles.add(await page.title());
    }
    expect(titles.size).toBe(SCREENS.length);
  });

  demo("the chosen theme wins over the device and outlives the page", async ({ page }) => {
    await go(page, "Settings");
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    await page.getByRole("radio", { name: "Dark" }).check();
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await background()).toBe(dark);
  });
});

describe("privacy", () => {
  demo(
    "the page counts no third-party request, and names where everything is",
    async ({ page }) => {
      await say(page, "I keep a diary.");
      await go(page, "Storage & privacy");
      await page.getByText("0 third-party requests").waitFor();
      await page.getByText("in use by this page").waitFor();
      await page.getByText(/The memory engine runs in a worker/u).waitFor();
    },
  );

  demo("deleting everything needs the typed words, and leaves nothing", async ({ page }) => {
    await tell(page, "I keep a diary.");
    await go(page, "Storage & privacy");
    await page.getByRole("button", { name: "Delete everything…" }).click();
    const remove = page
      .getByRole("dialog")
      .getByRole("button", { name: "Delete everything", exact: true });
    expect(await remove.isDisabled()).toBe(true);
    await page.getByLabel("Type delete everything").fill("delete everything");
    await Promise.all([page.waitForEvent("load"), remove.click()]);
    await page.getByText("0 memories on this device").waitFor();
    expect(await page.evaluate(() => localStorage.getItem("alcove-demo.forgetting"))).toBeNull();
  });

  demo(
    "a key that is remembered survives a reload, sealed: nothing stored holds its text",
    async ({ page }) => {
      await go(page, "Settings");
      await page.getByRole("radio", { name: /^Any OpenAI-compatible/u }).check();
      await page.getByLabel("API key").fill("sk-made-up-for-this-test");
      await page.getByLabel("Remember on this device").check();
      await page.getByRole("button", { name: "Keep key" }).click();
      await page
        .getByRole("region", { name: "Notices" })
        .getByText("Key kept, sealed, on this device")
        .waitFor();
      expect(await page.evaluate(() => Object.values(localStorage).join("\n"))).not.toContain(
        "sk-made-up",
      );
      await page.evaluate(() => sessionStorage.clear());
      await page.reload();
      await page.getByPlaceholder("A key is set; type to replace it").waitFor();
      await page.getByRole("button", { name: "Forget the key" }).click();
      await page.getByRole("region", { name: "Notices" }).getByText("Key forgotten").waitFor();
      await page.reload();
      await page.getByPlaceholder("Only if it asks for one").waitFor();
      expect(await page.getByPlaceholder("A key is set; type to replace it").count()).toBe(0);
    },
  );
});

describe("when something is not there", () => {
  demo(
    "without storage the chat goes on, and a banner says what to do",
    async ({ page }) => {
      await page
        .getByRole("alert")
        .getByText("Memory is not available. The chat works without it.")
        .waitFor();
      await page.getByRole("alert").locator("code").waitFor();
      expect(await say(page, "Which instrument do I play?")).toContain("I know nothing about that");
      await go(page, "Memories");
      await page
        .getByText("There is no vault in this window, so there are no memories to show.")
        .waitFor();
    },
    {
      async prepare(context) {
        // As in a window that forbids storage: opening a database throws, in the page and in the worker.
        const refusing =
          'IDBFactory.prototype.open = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };';
        await context.addInitScript(refusing);
        await context.route("**/assets/worker-*.js", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: `${refusing}\n${await response.text()}` });
        });
      },
    },
  );

  demo(
    "a provider that is not set up says what is missing, and the question can be asked again",
    async ({ page }) => {
      await go(page, "Settings");
      await page.getByRole("radio", { name: /^OpenAI With/u }).check();
      await go(page, "Chat");
      await page.getByLabel("Message", { exact: true }).fill("Hello?");
      await page.keyboard.press("Enter");
      await page.getByText("No model is named. Set it in Settings.", { exact: true }).waitFor();
      await go(page, "Settings");
      await page.getByRole("radio", { name: /^Built-in demo model/u }).check();
      await go(page, "Chat");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.locator('.answer[data-state="done"]').waitFor();
    },
  );
});
