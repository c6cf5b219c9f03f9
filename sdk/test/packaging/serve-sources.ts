import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const SDK = fileURLToPath(new URL("../../", import.meta.url));

/** The sources on a dev server, and an empty page at `/blank` with these headers, for code that a test runs in it. */
export async function serveSources(
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly blank: string; close(): Promise<void> }> {
  const server = await createServer({
    configFile: false,
    root: SDK,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null, cors: true },
    optimizeDeps: { include: ["comlink", "dexie/dist/modern/dexie.mjs"] },
    plugins: [
      {
        name: "blank-page",
        configureServer: ({ middlewares }) =>
          void middlewares.use("/blank", (_request, response) => {
            response.setHeader("content-type", "text/html");
            for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
            response.end("<!doctype html><title>blank</title>");
          }),
      },
    ],
  });
  await server.listen();
  return { blank: `${server.resolvedUrls!.local[0]!}blank`, close: () => server.close() };
}
