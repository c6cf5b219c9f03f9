import { bootstrap } from "./lib/bootstrap.mjs";

/** `npm start`: the demo and the sync server, from whatever state the checkout is in. */
await bootstrap(async () => {
  const { readStartSettings } = await import("./lib/start-settings.mjs");
  const settings = readStartSettings(process.env);
  const { assertPortsFree, serveAll } = await import("./lib/serve-all.mjs");
  await assertPortsFree(settings);
  const { ensureBuilt } = await import("./lib/builds.mjs");
  await ensureBuilt();
  return serveAll(settings);
});
