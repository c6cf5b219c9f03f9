import type { Page } from "playwright";
import { describe, expect } from "vitest";
import { expectAccessible } from "./accessibility.ts";
import { createDemoTest } from "./demo-test.ts";
import { go, newChat, say, tell } from "./talk.ts";

const demo = createDemoTest();

/** Every provider of the picker, and where the built-in model speaks its API. */
const PROVIDERS = [
  { name: "OpenAI", base: "scripted/v1", wire: "/v1/chat/completions" },
  { name: "OpenAI", base: "scripted/v1", wire: "/v1/responses", api: "Responses" },
  { name: "Anthropic", base: "scripted", wire: "/v1/messages" },
  { name: "Google Gemini", base: "scripted", wire: ":streamGenerateContent" },
  { name: "OpenRouter", base: "scripted/v1", wire: "/v1/chat/completions" },
  { name: "Mistral", base: "scripted/v1", wire: "/v1/chat/completions" },
  { name: "xAI", base: "scripted/v1", wire: "/v1/chat/completions" },
  { name: "DeepSeek", base: "scripted/v1", wire: "/v1/chat/completions" },
  { name: "Groq", base: "scripted/v1", wire: "/v1/chat/completions" },
  { name: "Ollama", base: "scripted", wire: "/api/chat", keyless: true },
  {
    name: "Any OpenAI-compatible address",
    base: "scripted/v1",
    wire: "/responses",
    api: "Responses",
  },
] as const;

async function choose(
  page: Page,
  provider: { readonly name: string; readonly base: string; readonly api?: string },
): Promise<void> {
  await go(page, "Settings");
  await page.getByRole("radio", { name: new RegExp(`^${provider.name} `, "u") }).check();
  await page.getByLabel("Base URL").fill(`${new URL(page.url()).origin}/${provider.base}`);
  await page.getByLabel("Model", { exact: true }).fill("made-up");
  if (provider.api !== undefined) await page.getByRole("radio", { name: provider.api }).check();
}

async function keepKey(page: Page, key: string): Promise<void> {
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Keep key" }).click();
  await page.getByPlaceholder("A key is set; type to replace it").waitFor();
}

describe("every provider of the picker", () => {
  for (const provider of PROVIDERS) {
    const how = "api" in provider ? ` by its API ${provider.api}` : "";
    demo(`${provider.name}${how} answers in a stream, with memory`, async ({ page }) => {
      const asked: { readonly url: string; readonly body: string }[] = [];
      page.on("request", (request) => {
        if (request.method() === "POST")
          asked.push({ url: request.url(), body: request.postData() ?? "" });
      });
      await choose(page, provider);
      if (!("keyless" in provider)) await keepKey(page, "made-up-key");
      await go(page, "Chat");
      await tell(page, "I keep bees on the roof of the town library.");
      await newChat(page);
      await page.evaluate(() => {
        const grown: number[] = [];
        Object.assign(window, { grown });
        new MutationObserver(() => {
          const length = document.querySelector(".answer-text")?.textContent?.length ?? 0;
          if (length > (grown.at(-1) ?? 0)) grown.push(length);
        }).observe(document.body, { childList: true, characterData: true, subtree: true });
      });
      expect(await say(page, "Where do I keep my bees?")).toContain("roof of the town library");
      const grown = await page.evaluate(() => (window as unknown as { grown: number[] }).grown);
      expect(grown.length).toBeGreaterThan(5);
      expect(new URL(asked.at(-1)?.url ?? "").pathname).toContain(provider.wire);
      expect(asked.at(-1)?.body).toContain("roof of the town library");
      await page
        .getByText(/^made-up · 127\.0\.0\.1/u)
        .first()
        .waitFor();
    });
  }
});

describe("keys", () => {
  demo("each provider has its own: none is shown for, or sent to, another", async ({ page }) => {
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") sent.push(JSON.stringify(request.headers()));
    });
    await choose(page, { name: "OpenAI", base: "scripted/v1" });
    await keepKey(page, "key-of-openai");
    await choose(page, { name: "Anthropic", base: "scripted" });
    await page.getByPlaceholder("Your key of Anthropic").waitFor();
    await go(page, "Chat");
    await page.getByLabel("Message", { exact: true }).fill("Hello?");
    await page.keyboard.press("Enter");
    await page
      .getByText("Anthropic needs your API key. Set it in Settings.", { exact: true })
      .waitFor();
    await go(page, "Settings");
    await keepKey(page, "key-of-anthropic");
    await go(page, "Chat");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator('.answer[data-state="done"]').waitFor();
    expect(sent.join("\n")).toContain("key-of-anthropic");
    expect(sent.join("\n")).not.toContain("key-of-openai");
  });

  demo("an address that is cleared is the provider's own again", async ({ page }) => {
    await choose(page, { name: "Mistral", base: "scripted/v1" });
    await page.getByLabel("Base URL").fill("");
    await page.getByLabel("Model", { exact: true }).click();
    await page.reload();
    expect(await page.getByLabel("Base URL").inputValue()).toBe("https://api.mistral.ai/v1");
    expect(await page.getByLabel("Model", { exact: true }).inputValue()).toBe("made-up");
  });
});

describe("a provider that refuses", () => {
  for (const { name, base } of [
    { name: "Anthropic", base: "scripted/nowhere" },
    { name: "Google Gemini", base: "scripted/nowhere" },
    { name: "Ollama", base: "scripted/nowhere" },
    { name: "Groq", base: "scripted/nowhere/v1" },
  ]) {
    demo(
      `${name}: the page shows what it said`,
      async ({ page }) => {
        await choose(page, { name, base });
        await keepKey(page, "made-up-key");
        await go(page, "Chat");
        await page.getByLabel("Message", { exact: true }).fill("Hello?");
        await page.keyboard.press("Enter");
        await page
          .locator('.answer[data-state="failed"]')
          .getByText(/answered 404: The built-in demo model has no POST nowhere/u)
          .waitFor();
        expect(await page.getByText("Remembered:").count()).toBe(0);
      },
      // The browser itself writes a failed request to the console.
      { expected: /Failed to load resource.*404/u },
    );
  }
});

describe("the picker", () => {
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [360, 1280])
      demo(
        `breaks no rule of accessibility: ${colorScheme}, ${width} wide`,
        async ({ page, house }) => {
          await page.goto(`${house.url}#/settings`);
          for (const { name } of PROVIDERS) {
            await page.getByRole("radio", { name: new RegExp(`^${name} `, "u") }).check();
            await page.getByLabel("Base URL").waitFor();
          }
          await expectAccessible(page, "settings with a provider");
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth),
          ).toBeLessThanOrEqual(width);
        },
        { context: { colorScheme, viewport: { width, height: 800 }, reducedMotion: "reduce" } },
      );
});
