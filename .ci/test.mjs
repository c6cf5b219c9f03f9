import { bootstrap } from "./lib/bootstrap.mjs";

/**
 * `npm test [-- filters]`: every test in Node and in a real Chromium, then the packed package and the demo end to end. Filters and
 * flags are vitest's own. `--soak` runs the long counts too and writes `--json FILE` (default test-results/soak.json).
 * The last line is always `N passed, N failed[, N skipped]`.
 */
await bootstrap(async () => {
  const { runTests } = await import("./lib/tests.mjs");
  return runTests(process.argv.slice(2));
});
