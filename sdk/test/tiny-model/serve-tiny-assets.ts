import type { Plugin } from "vite";
import { tinyAssets } from "./tiny-assets.ts";

export const TINY_ASSETS = "/tiny-assets/";

/** Serves the tiny models to tests in a browser, made when the first one asks: nothing of them is a file of the repository. */
export function serveTinyAssets(): Plugin {
  let assets: ReadonlyMap<string, Uint8Array> | null = null;
  return {
    name: "alcove-tiny-assets",
    configureServer(server) {
      server.middlewares.use(TINY_ASSETS, (request, response) => {
        assets ??= tinyAssets();
        const file = assets.get((request.url ?? "").replace(/^\/|\?.*$/g, ""));
        if (file === undefined) {
          response.writeHead(404).end();
          return;
        }
        const type = request.url?.endsWith(".wasm")
          ? "application/wasm"
          : "application/octet-stream";
        response.writeHead(200, { "content-type": type, "content-length": file.length }).end(file);
      });
    },
  };
}
