import { join } from "node:path";
import { preview } from "vite";
import { ROOT } from "./paths.mjs";
import { readStartSettings } from "./start-settings.mjs";
import { exitWith, Stop } from "./stop.mjs";

/** The built demo over HTTP, as `npm start` runs it. */
await exitWith(async () => {
  const { host, demoPort } = readStartSettings(process.env);
  const server = await preview({
    configFile: false,
    root: join(ROOT, "demo"),
    logLevel: "warn",
    preview: {
      host,
      port: demoPort,
      strictPort: true,
      // The page brings its own policy in a meta element; this is the one rule that counts only in a header.
      headers: { "content-security-policy": "frame-ancestors 'none'" },
    },
  }).catch((error) => {
    throw new Stop(
      `Port ${demoPort} on ${host} cannot be used (${error.message}): set ALCOVE_DEMO_PORT or ALCOVE_HOST.`,
    );
  });
  console.log(
    `Demo listening on ${server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0]}`,
  );
  await new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
  await server.close();
  return 0;
});
