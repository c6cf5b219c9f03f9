import { describe, expect } from "vitest";
import { createDemoTest } from "./demo-test.ts";
import { newChat, say, tell } from "./talk.ts";

const demo = createDemoTest();

describe("what is said in one chat helps in another", () => {
  demo("Alice, who loves hiking, asks what she enjoys", async ({ page }) => {
    await tell(page, "My name is Alice and I love hiking");
    await newChat(page);
    const answer = await say(page, "What do I enjoy doing on weekends?");
    expect(answer).toContain("I love hiking");
    await page
      .locator(".trace > summary")
      .filter({ hasText: /^\s*1 memory used · \d+ tokens · [\d.]+ ms\s*$/u })
      .waitFor();
  });

  demo("a liking and an allergy come back when dinner is asked for", async ({ page }) => {
    await tell(page, "I love Indian food but I cannot eat pizza since I'm allergic to cheese.");
    await newChat(page);
    expect(await say(page, "Suggest some dinner options")).toContain("allergic to cheese");
  });

  demo("Alex's name and wish come back", async ({ page }) => {
    await tell(page, "My name is Alex and I prefer concise answers.");
    await newChat(page);
    expect(await say(page, "What is my name?")).toContain(
      "My name is Alex and I prefer concise answers.",
    );
  });

  demo("memory outlives the page", async ({ page }) => {
    await tell(page, "I keep bees on the roof of the town library.");
    await page.reload();
    expect(await say(page, "Where do I keep my bees?")).toContain("roof of the town library");
  });

  demo("without a memory the model says that it knows nothing", async ({ page }) => {
    expect(await say(page, "Which instrument do I play?")).toContain("I know nothing about that");
    await page.getByText(/No memory used/u).waitFor();
  });
});

describe("an answer as it comes in", () => {
  demo("streams in pieces and is read out in whole sentences", async ({ page }) => {
    await page.evaluate(() => {
      const heard: string[] = [];
      const grown: number[] = [];
      Object.assign(window, { heard, grown });
      const announcer = document.querySelector("[data-announcer]");
      if (announcer === null) throw new Error("no announcer");
      new MutationObserver(() => heard.push(announcer.textContent ?? "")).observe(announcer, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      new MutationObserver(() => {
        const length = document.querySelector(".answer-text")?.textContent?.length ?? 0;
        if (length > (grown.at(-1) ?? 0)) grown.push(length);
      }).observe(document.body, { childList: true, characterData: true, subtree: true });
    });
    const answer = await say(page, "I grow tomatoes on my balcony.");
    const { heard, grown } = await page.evaluate(() => {
      const seen = window as unknown as { heard: string[]; grown: number[] };
      return { heard: seen.heard, grown: seen.grown };
    });
    expect(grown.length).toBeGreaterThan(10);
    const sentences = heard.filter((text) => answer.includes(text) && text !== "");
    expect(sentences.length).toBeGreaterThan(0);
    expect(sentences.length).toBeLessThan(8);
    for (const sentence of sentences) expect(sentence).toMatch(/[.!?”]$/u);
  });

  demo("can be stopped in the middle, and the chat goes on", async ({ page }) => {
    await page
      .getByLabel("Message", { exact: true })
      .fill("I collect old maps of rivers and canals and I frame the best of them.");
    await page.keyboard.press("Enter");
    await page.locator('.answer[data-state="streaming"] .answer-text').waitFor();
    await page.getByRole("button", { name: "Stop the answer" }).click();
    await page.locator('.answer[data-state="stopped"]').waitFor();
    expect(await say(page, "Are you there?")).not.toBe("");
  });

  demo(
    "shows what was put into the prompt, what it cost, and the exact difference",
    async ({ page }) => {
      await tell(page, "My sister Ines lives in Porto and visits me every spring.");
      await newChat(page);
      await say(page, "When does my sister visit?");
      await page.locator(".trace > summary").click();
      await page
        .getByRole("link", {
          name: "My sister Ines lives in Porto and visits me every spring.",
          exact: true,
        })
        .waitFor();
      await page.getByText("signals").first().click();
      await page.getByText("Words", { exact: true }).first().waitFor();
      await page.getByText(/^\d+ of 1,000$/u).waitFor();
      await page.getByText("The exact prompt").click();
      const prompt = page.getByRole("region", {
        name: "Request as it left, with added text marked",
      });
      expect(
        await prompt
          .locator("ins")
          .allInnerTexts()
          .then((all) => all.join("")),
      ).toContain("visits me every spring");
      const left = await prompt.innerText();
      expect(left).toContain("When does my sister visit?");
      expect(
        await prompt
          .locator("ins")
          .allInnerTexts()
          .then((all) => all.join("")),
      ).not.toContain("When does my sister visit?");
      await page.getByRole("radio", { name: "As the app wrote it" }).check();
      expect(
        await page.getByRole("region", { name: "Request as the app wrote it" }).innerText(),
      ).not.toContain("Porto");
    },
  );

  demo("an earlier chat is still there, and what is said in it goes on", async ({ page }) => {
    await tell(page, "I tune pianos for a living.");
    await newChat(page);
    await say(page, "How long is a marathon?");
    await page
      .getByRole("region", { name: "Chats of this page" })
      .getByRole("button", { name: "I tune pianos for a living." })
      .click();
    await page.locator(".question", { hasText: "I tune pianos for a living." }).waitFor();
    expect(await page.locator(".question").count()).toBe(1);
    await say(page, "Do I tune guitars, or pianos?");
    expect(await page.locator(".question").count()).toBe(2);
  });

  demo("the token budget of the settings holds for the next message", async ({ page }) => {
    await tell(page, "My sister Ines lives in Porto and visits me every spring.");
    await page.goto(`${new URL(page.url()).origin}/#/settings`);
    await page.getByLabel("Token budget").focus();
    await page.keyboard.press("Home");
    await page.goto(`${new URL(page.url()).origin}/#/chat`);
    await newChat(page);
    expect(await say(page, "When does my sister visit?")).toContain("I know nothing about that");
  });
});

describe("the person decides what is kept", () => {
  demo(
    "ask: nothing is kept before one accepts, and what one refuses is never kept",
    async ({ page }) => {
      await page.getByRole("radio", { name: "Ask" }).check();
      await say(page, "I sail a small wooden boat.");
      await page.getByRole("group", { name: "Remember this exchange?" }).waitFor();
      await page.getByText("0 memories on this device").waitFor();
      await page.getByRole("button", { name: "Don’t remember" }).click();
      await page.getByText("Not remembered, as you asked.").waitFor();
      await newChat(page);
      await say(page, "I paint my garden fence green every May.");
      await page.getByRole("button", { name: "Remember", exact: true }).click();
      await page.getByText("Remembered:").waitFor();
      await newChat(page);
      expect(await say(page, "What do I paint green in May?")).toContain(
        "I paint my garden fence green every May.",
      );
      await newChat(page);
      expect(await say(page, "Which wooden boat do I sail?")).not.toContain(
        "I sail a small wooden boat.",
      );
    },
  );

  demo("a temporary chat reads and never writes", async ({ page }) => {
    await tell(page, "I keep bees on the roof of the town library.");
    await page.getByRole("switch", { name: "Temporary" }).check();
    expect(await say(page, "Where do I keep my bees?")).toContain("roof of the town library");
    await say(page, "I also keep two goats in secret.");
    await newChat(page);
    expect(await say(page, "How many goats do I keep?")).not.toContain("two goats in secret");
  });

  demo("off: nothing is added", async ({ page }) => {
    await page.getByRole("radio", { name: "Off" }).check();
    await say(page, "I repair clocks.");
    await page.getByText("No memory used").waitFor();
    await page.getByText("0 memories on this device").waitFor();
  });

  demo(
    "what was just remembered can be edited and forgotten under the answer",
    async ({ page }) => {
      await tell(page, "I have a cat named Biscuit.");
      await page.getByRole("button", { name: "Edit: I have a cat named Biscuit." }).click();
      await page.getByLabel("Text", { exact: true }).fill("I have a cat named Waffle.");
      await page.getByRole("button", { name: "Save" }).click();
      await page.locator(".remembered q", { hasText: "I have a cat named Waffle." }).waitFor();
      await page.getByRole("button", { name: "Forget: I have a cat named Waffle." }).click();
      await page
        .getByRole("region", { name: "Notices" })
        .getByText("Forgetting 1 memory")
        .waitFor();
      await page.getByText("Remembered:").waitFor({ state: "detached" });
      await page.getByText("1 memory on this device").waitFor({ timeout: 15_000 });
    },
  );
});
