import { spawn, type ChildProcess } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const WAIT_MS = 90_000;

/** What a page left in its document, in WebKitGTK's own small browser, on a display that nobody sees. */
export async function visitInWebKit(driver: string, url: string): Promise<unknown> {
  const [browser] = globSync("/usr/lib/*/webkit2gtk-4.1/MiniBrowser");
  if (browser === undefined) throw new Error("There is no MiniBrowser beside the driver.");
  const home = mkdtempSync(join(tmpdir(), "alcove-webkit-"));
  const port = await freePort();
  const running = spawn(
    "xvfb-run",
    ["--auto-servernum", driver, `--port=${port}`, "--host=127.0.0.1"],
    {
      env: {
        ...process.env,
        HOME: home,
        XDG_DATA_HOME: join(home, "data"),
        XDG_CACHE_HOME: join(home, "cache"),
        WEBKIT_DISABLE_COMPOSITING_MODE: "1",
        LIBGL_ALWAYS_SOFTWARE: "1",
      },
      stdio: "ignore",
      detached: true,
    },
  );
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { readonly value: unknown };
    if (!response.ok) throw new Error(`WebKit: ${JSON.stringify(value).slice(0, 300)}`);
    return value;
  };
  try {
    await until(() => ask("GET", "/status"));
    const { sessionId } = (await ask("POST", "/session", {
      capabilities: {
        alwaysMatch: { "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] } },
      },
    })) as { readonly sessionId: string };
    await ask("POST", `/session/${sessionId}/url`, { url });
    const script = "return document.body.dataset.outcome ?? null";
    const outcome = await until(async () => {
      const left = await ask("POST", `/session/${sessionId}/execute/sync`, { script, args: [] });
      if (typeof left !== "string") throw new Error("The page has left nothing yet.");
      return left;
    });
    await ask("DELETE", `/session/${sessionId}`);
    return JSON.parse(outcome) as unknown;
  } finally {
    end(running);
    rmSync(home, { recursive: true, force: true });
  }
}

async function until<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + WAIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await delay(200);
    }
  }
}

/** The driver's display server and browsers are its children, in a group of their own. */
function end({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
