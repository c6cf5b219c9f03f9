import { createReadStream, existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright";
import { build } from "vite";
import { TARGET } from "../../build/entries.ts";
import { kernelModules } from "../../build/kernel-modules.ts";

/**
 * The bench's workers, bundled as an app would bundle them and served from the loopback to an isolated page: there the clock steps
 * by 5 microseconds, and 100 in others. SharedArrayBuffer, which isolation would allow too, is not used.
 */
export interface SearchBench {
  readonly origin: string;
  /** A browser of its own on the same profile: what was stored before is there, nothing else is. */
  open(): Promise<SearchBenchPage>;
  close(): Promise<void>;
}

export interface SearchBenchPage {
  readonly page: Page;
  readonly version: string;
  /** Memory of the page's process, in bytes; null where the system does not tell. */
  residentBytes(): Promise<number | null>;
  close(): Promise<void>;
}

const HTML =
  '<!doctype html><meta charset="utf-8"><title>Alcove bench</title><link rel="icon" href="data:,">';
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--js-flags=--expose-gc",
];

export async function openSearchBench(): Promise<SearchBench> {
  const folder = await mkdtemp(join(tmpdir(), "alcove-bench-search-"));
  const files = join(folder, "files");
  await bundle(files);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = join(files, normalize(path));
    stat(file)
      .then((found) => {
        const headers = { ...ISOLATED, "content-type": TYPES[extname(file)] ?? "text/html" };
        response.writeHead(200, headers);
        if (found.isFile()) createReadStream(file).pipe(response);
        else response.end(HTML);
      })
      .catch(() => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    open: () => openPage(origin, join(folder, "profile")),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function bundle(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [kernelModules()],
    build: {
      outDir,
      emptyOutDir: true,
      target: TARGET,
      lib: {
        entry: {
          worker: join(import.meta.dirname, "worker.ts"),
          "cold-worker": join(import.meta.dirname, "cold-worker.ts"),
        },
        formats: ["es"],
      },
      rolldownOptions: { output: { entryFileNames: "[name].js", minify: true } },
    },
  });
}

async function openPage(origin: string, profile: string): Promise<SearchBenchPage> {
  const executablePath = process.env["CHROMIUM_PATH"];
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}),
    args: ARGS,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(0);
  page.on("pageerror", (error) => process.stderr.write(`page: ${error.message}\n`));
  await page.goto(`${origin}/`);
  const browser = context.browser();
  const session = await browser?.newBrowserCDPSession();
  return {
    page,
    version: `Chromium ${browser?.version() ?? "of unknown version"}`,
    async residentBytes() {
      if (session === undefined) return null;
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      const sizes = processInfo
        .filter(({ type }) => type === "renderer")
        .map(({ id }) => residentBytesOf(id));
      return sizes.length === 0 || sizes.includes(null) ? null : Math.max(...sizes.map(Number));
    },
    close: () => context.close(),
  };
}

function residentBytesOf(processId: number): number | null {
  const file = `/proc/${processId}/status`;
  const kilobytes = existsSync(file) ? /VmRSS:\s+(\d+)/u.exec(readFileSync(file, "utf8")) : null;
  return kilobytes === null ? null : Number(kilobytes[1]) * 1024;
}
