import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium, type Browser, type Page } from "playwright";
import { speak } from "../src/testing/scripted-provider-wires.ts";

/**
 * A page on the built SDK in a real Chromium, served from the loopback, with a provider beside it that answers at once. What a
 * bench measures is what an app would ship.
 */
export interface BenchPage {
  readonly origin: string;
  readonly page: Page;
  readonly browser: Browser;
  close(): Promise<void>;
}

const DIST = join(import.meta.dirname, "..", "dist");
const HTML =
  '<!doctype html><meta charset="utf-8"><title>Alcove bench</title><link rel="icon" href="data:,">';
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
const ARGS = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
];
/** Pieces of a streamed answer, and the pause between them. */
const STREAM_CHUNKS = 200;
const CHUNK_PAUSE_MS = 2;

export async function openBenchPage(): Promise<BenchPage> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const executablePath = process.env["CHROMIUM_PATH"];
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ARGS,
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on("pageerror", (error) => process.stderr.write(`page: ${error.message}\n`));
  await page.goto(`${origin}/`);
  return {
    origin,
    page,
    browser,
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://localhost").pathname;
  if (path === "/") return void response.writeHead(200, { "content-type": "text/html" }).end(HTML);
  if (path === "/v1/chat/completions") return provider(request, response);
  if (request.method === "POST") return otherWire(request, response);
  const file = join(DIST, normalize(path.replace(/^\/sdk\//u, "")));
  const found = file.startsWith(DIST) ? await stat(file).catch(() => null) : null;
  if (!found?.isFile()) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
}

/** A whole short answer in the wire that the path names. */
async function otherWire(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { stream } = await readBody(request);
  const spoken = speak({ text: "Understood." }, { url: request.url ?? "/", stream, id: "bench" });
  if (spoken === null) return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": spoken.contentType }).end(spoken.writes.join(""));
}

async function readBody(request: IncomingMessage): Promise<{ readonly stream?: boolean }> {
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(body).toString("utf8")) as { readonly stream?: boolean };
}

async function provider(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { stream } = await readBody(request);
  if (!stream) {
    const answered = {
      choices: [
        { index: 0, finish_reason: "stop", message: { role: "assistant", content: "Understood." } },
      ],
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answered));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let i = 0; i < STREAM_CHUNKS; i += 1) {
    const delta = { choices: [{ index: 0, delta: { content: `word${i} ` }, finish_reason: null }] };
    response.write(`data: ${JSON.stringify(delta)}\n\n`);
    await new Promise((resolve) => setTimeout(resolve, CHUNK_PAUSE_MS));
  }
  response.end("data: [DONE]\n\n");
}
