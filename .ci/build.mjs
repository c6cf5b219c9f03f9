import { bootstrap } from "./lib/bootstrap.mjs";

/** `npm run build`: all packages, up to date or not. */
await bootstrap(async () => {
  const { ensureBuilt } = await import("./lib/builds.mjs");
  await ensureBuilt({ always: true });
  return 0;
});
