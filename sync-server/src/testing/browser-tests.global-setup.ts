import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { startTestServer, UNSET } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly syncServer: string;
    readonly unsetSyncServer: string;
  }
}

/** Starts the servers for the tests that run in a browser. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer({ trustProxy: true });
  const front = await listenInFront(server.url);
  project.provide("syncServer", `http://127.0.0.1:${(front.address() as AddressInfo).port}`);
  const unset = await startTestServer(UNSET);
  project.provide("unsetSyncServer", unset.url);
  return async () => {
    front.closeAllConnections();
    front.close();
    await server.stop();
    await unset.stop();
  };
}

/**
 * A proxy that gives every request an address of its own: else all tests would be one customer, who opens more mailboxes in a minute
 * than a customer may. Under `/via-<name>` it is a network that a test cuts with `/via-<name>/away` and joins with `/via-<name>/back`.
 */
async function listenInFront(url: string): Promise<Server> {
  const { hostname, port } = new URL(url);
  const away = new Set<string>();
  const open = new Map<string, Set<ServerResponse>>();
  let n = 0;
  const front = createServer((from, to) => {
    const [, via = "", path = ""] = /^(\/via-[\w-]+)?(.*)$/.exec(from.url ?? "") ?? [];
    const lines = open.get(via) ?? new Set();
    open.set(via, lines.add(to));
    to.on("close", () => lines.delete(to));
    if (path === "/away" || path === "/back") {
      if (path === "/back") away.delete(via);
      else away.add(via);
      for (const line of lines) if (line !== to) line.destroy();
      to.writeHead(204, { "access-control-allow-origin": "*" }).end();
      return;
    }
    if (away.has(via)) {
      to.destroy();
      return;
    }
    n += 1;
    const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
    const headers = { ...from.headers, "x-forwarded-for": address };
    const on = request({ hostname, port, method: from.method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    on.on("error", () => to.destroy());
    to.on("close", () => on.destroy());
    from.pipe(on);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  return front;
}
