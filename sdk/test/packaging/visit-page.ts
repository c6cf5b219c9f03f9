import { basename, dirname } from "node:path";
import { chromium, type Browser, type Page } from "playwright";
import { build, preview } from "vite";

export interface Visit {
  /** What the page's script left: see pages/. */
  readonly outcome: unknown;
  readonly workers: number;
  readonly faults: readonly string[];
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"]!,
    args: process.env["CHROMIUM_ARGS"]!.split(" "),
  });
}

/** Opens a page and gives what it left; anything on its console, and any request to another origin, counts as a fault. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = watch(page, new URL(url).origin);
  let workers = 0;
  page.on("worker", () => (workers += 1));
  await page.goto(url);
  const body = page.locator("body[data-outcome]");
  await body.waitFor({ state: "attached", timeout: 30_000 }).catch((error: unknown) => {
    throw new Error(`The page left nothing. Its faults: ${JSON.stringify(faults)}`, {
      cause: error,
    });
  });
  const outcome = JSON.parse((await body.getAttribute("data-outcome"))!) as unknown;
  await context.close();
  return { outcome, workers, faults };
}

function watch(page: Page, origin: string): readonly string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.context().on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin)
      faults.push(`request to ${url}`);
  });
  return faults;
}

/** Serves a folder of files that need no more building. */
export async function serve(folder: string, headers: Record<string, string> = {}) {
  const server = await preview({
    configFile: false,
    root: dirname(folder),
    logLevel: "warn",
    appType: "mpa",
    build: { outDir: basename(folder) },
    preview: { host: "127.0.0.1", port: 0, headers },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

export async function buildApp(
  root: string,
  nodeEnv: "production" | "development",
): Promise<string> {
  await build({
    configFile: false,
    root,
    base: "./",
    logLevel: "warn",
    define: { "process.env.NODE_ENV": JSON.stringify(nodeEnv) },
    build: { outDir: "built" },
  });
  return `${root}/built`;
}
