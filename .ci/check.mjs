import { bootstrap } from "./lib/bootstrap.mjs";

/**
 * `npm run check`: everything that can be said of the code without running its tests. All steps run, then it fails if one did.
 * `npm run check -- --fix` first writes what can be written: format, lint fixes, third-party notices.
 */
await bootstrap(async () => {
  const { ensureBuilt } = await import("./lib/builds.mjs");
  const { runChecks } = await import("./lib/checks.mjs");
  await ensureBuilt({ only: ["sdk", "sync-server"] });
  return runChecks({ fix: process.argv.includes("--fix") });
});
