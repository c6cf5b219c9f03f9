import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from "playwright";
import { preview, type PreviewServer } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The built demo, served as any static host would, and a browser. */
export interface DemoHouse {
  readonly url: string;
  /** A page in a fresh profile, open at `hash`; `prepare` may change the profile before the page is loaded. */
  open(
    hash?: string,
    options?: BrowserContextOptions,
    prepare?: (context: BrowserContext) => Promise<void>,
  ): Promise<DemoPage>;
  close(): Promise<void>;
}

export interface DemoPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything that must never happen: console errors, page errors, requests to another origin. */
  readonly faults: readonly string[];
  /** From now on requests to this origin are no fault. */
  allow(origin: string): void;
  close(): Promise<void>;
}

export async function openDemoHouse(): Promise<DemoHouse> {
  if (!existsSync(`${ROOT}/dist/index.html`))
    throw new Error("There is no built demo: run `npm run build` first.");
  const server: PreviewServer = await preview({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    preview: { host: "127.0.0.1", port: 0 },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("The demo got no port.");
  const url = `http://127.0.0.1:${address.port}/`;
  const browser: Browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
    ],
  });
  return {
    url,
    async open(hash = "", options = {}, prepare) {
      const context = await browser.newContext({
        locale: "en-GB",
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      const faults: string[] = [];
      const allowed = new Set([new URL(url).origin]);
      context.on("request", (request) => {
        const asked = new URL(request.url());
        if (asked.protocol.startsWith("http") && !allowed.has(asked.origin))
          faults.push(`request to ${asked.href}`);
      });
      context.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning")
          faults.push(`console ${message.type()}: ${message.text()}`);
      });
      context.on("weberror", (error) => faults.push(`page error: ${error.error().message}`));
      await prepare?.(context);
      const page = await context.newPage();
      await page.goto(url + hash);
      return {
        page,
        context,
        faults,
        allow: (origin) => void allowed.add(origin),
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
