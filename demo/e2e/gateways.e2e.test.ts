import type { Page } from "playwright";
import { describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { go, newChat, say } from "./talk.ts";

const demo = createDemoTest();
const OPEN = { hash: "#/gateways" };

const GATEWAYS = [
  { name: "MemoryRouter", host: "api.memoryrouter.ai", key: "mk_made_up", model: "gpt-5.5" },
  {
    name: "supermemory router",
    host: "api.supermemory.ai",
    key: "sm_made_up",
    history: true,
    model: "gpt-5.5",
  },
  {
    name: "Mastra gateway",
    host: "gateway-api.mastra.ai",
    key: "msk_made_up",
    history: true,
    model: "gemini-3.5-flash",
  },
  {
    name: "Mem0 client",
    host: "api.mem0.ai",
    key: "m0-made-up",
    model: "gpt-5.5",
    changed: 'import { Mem0 } from "@alcove/sdk/mem0";',
  },
  {
    name: "UnifiedMemory",
    host: "edge-api.jithendranara.dev",
    key: "um_made_up",
    model: "MiniMax-M2.7",
  },
] as const;

async function send(page: Page, text: string): Promise<string> {
  await page.getByLabel("What the app’s user says").fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("region", { name: "What was remembered" }).getByText(text).waitFor();
  return page.getByRole("region", { name: "The answer" }).locator(".answer-text").innerText();
}

const requestBody = (page: Page): ReturnType<Page["locator"]> =>
  page.getByRole("region", { name: "Request as it left, with added text marked" });

describe("code of a gateway, with one changed line", () => {
  for (const gateway of GATEWAYS) {
    const { name, host, key, model } = gateway;
    const line = "changed" in gateway ? gateway.changed : "  fetch: memory.fetch,";
    demo(
      `${name}: what is said in one call helps in the next, and nothing of the gateway goes out`,
      async ({ page }) => {
        const sent: string[] = [];
        page.on("request", (request) => {
          if (request.method() === "POST")
            sent.push(
              `${request.url()} ${JSON.stringify(request.headers())} ${request.postData() ?? ""}`,
            );
        });
        await page.getByRole("radio", { name: new RegExp(`^${name} `, "u") }).check();
        expect(await page.locator(".snippet mark").allInnerTexts()).toEqual([line]);
        if (!("changed" in gateway))
          expect(await page.locator(".snippet").innerText()).toContain(host);
        await send(page, "I keep bees on the roof of the town library.");
        expect(await send(page, "Where do I keep my bees?")).toContain("roof of the town library");

        if ("history" in gateway)
          await page.getByText("2 earlier messages of this conversation went along").waitFor();
        const marked = (await requestBody(page).locator("ins").allInnerTexts()).join("");
        expect(marked).toContain("roof of the town library");
        await page.getByRole("radio", { name: "As the app wrote it" }).check();
        const made = page.getByRole("region", { name: "Request as the app wrote it" });
        expect(await made.innerText()).toContain("Where do I keep my bees?");
        expect(await made.innerText()).not.toContain("library");

        const request = page.getByRole("region", { name: "The request", exact: true });
        await request.getByText(`${host} was contacted 0 times`).waitFor();
        const authorization = request.getByRole("row", { name: /^authorization/u });
        expect(await authorization.getByRole("cell").last().innerText()).toMatch(
          /^Bearer (?:key-of-the-provider|made-up-provider-key)$/u,
        );
        const response = page.getByRole("region", { name: "The response" });
        await response.getByRole("row", { name: "status 200" }).waitFor();
        await response.getByText("The whole body").click();
        await response
          .getByRole("region", { name: "Body of the response" })
          .getByText(model)
          .waitFor();

        expect(sent).toHaveLength(2);
        for (const one of sent) {
          expect(one).not.toContain(host);
          expect(one).not.toContain(key);
          expect(one).not.toMatch(/"x-(?:sm|supermemory|thread|resource|memory|mem0|alcove)-/u);
        }
      },
      OPEN,
    );
  }

  demo(
    "what one person of one gateway said is seen by no other, and by no chat",
    async ({ page }) => {
      await send(page, "I keep bees on the roof of the town library.");
      await page.getByRole("radio", { name: /^Mastra gateway /u }).check();
      expect(await send(page, "Where do I keep my bees?")).not.toContain("library");
      await go(page, "Chat");
      expect(await say(page, "Where do I keep my bees?")).not.toContain("library");
      await newChat(page);
    },
    OPEN,
  );

  demo(
    "what was tried can be deleted",
    async ({ page }) => {
      await send(page, "I keep bees on the roof of the town library.");
      await page.getByRole("button", { name: "Delete what was tried here" }).click();
      await page
        .getByRole("region", { name: "Notices" })
        .getByText("Everything that was remembered here is deleted")
        .waitFor();
      expect(await send(page, "Where do I keep my bees?")).not.toContain("library");
    },
    OPEN,
  );

  demo(
    "the keyboard alone is enough",
    async ({ page }) => {
      await page.getByRole("radio", { name: /^MemoryRouter /u }).focus();
      await page.keyboard.press("ArrowDown");
      await page.locator(".snippet", { hasText: "api.supermemory.ai" }).waitFor();
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.className)).toBe("snippet");
      await page.keyboard.press("Tab");
      await page.keyboard.press("ControlOrMeta+A");
      await page.keyboard.type("I paint my fence green.");
      await page.keyboard.press("Enter");
      await page
        .getByRole("region", { name: "What was remembered" })
        .getByText("I paint my fence green.")
        .waitFor();
    },
    OPEN,
  );
});

describe("for everybody", () => {
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [360, 1280])
      demo(
        `breaks no rule of accessibility: ${colorScheme}, ${width} wide`,
        async ({ page }) => {
          for (const { name } of GATEWAYS) {
            await page.getByRole("radio", { name: new RegExp(`^${name} `, "u") }).check();
            await expectAccessible(page, `code of ${name}`);
          }
          await send(page, "I keep bees on the roof of the town library.");
          await send(page, "Where do I keep my bees?");
          await page.getByText("The whole body").click();
          await expectAccessible(page, "an exchange");
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth),
          ).toBeLessThanOrEqual(width);
        },
        {
          ...OPEN,
          context: { colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" },
        },
      );
});
