import { launch } from "puppeteer-core";

/** What a page left in its document, in a fresh Firefox. */
export async function visitInFirefox(program: string, url: string): Promise<unknown> {
  const browser = await launch({ browser: "firefox", executablePath: program, headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForSelector("body[data-outcome]", { timeout: 60_000 });
    return JSON.parse(
      await page.$eval("body", (body) => body.getAttribute("data-outcome") ?? "null"),
    ) as unknown;
  } finally {
    await browser.close();
  }
}
