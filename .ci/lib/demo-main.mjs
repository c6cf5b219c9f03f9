import { join } from "node:path";
import { ROOT } from "./paths.mjs";
import { readStartSettings } from "./start-settings.mjs";
import { serveFolder } from "./static-server.mjs";
import { exitWith, Stop } from "./stop.mjs";

/** The page brings its own policy in a meta element; this is the one rule that counts only in a header. */
const HEADERS = { "content-security-policy": "frame-ancestors 'none'" };

/** The built demo over HTTP, as `npm start` runs it. */
await exitWith(async () => {
  const { host, demoPort } = readStartSettings(process.env);
  const server = await serveFolder(join(ROOT, "demo", "dist"), {
    host,
    port: demoPort,
    headers: HEADERS,
  }).catch((error) => {
    if (error.code === "EADDRINUSE")
      throw new Stop(`Port ${demoPort} on ${host} is in use: set ALCOVE_DEMO_PORT to a free one.`);
    throw error;
  });
  console.log(`Demo listening on ${server.url}`);
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  await server.close();
  return 0;
});
