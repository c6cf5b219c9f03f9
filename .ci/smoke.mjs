import { join } from "node:path";
import { bootstrap } from "./lib/bootstrap.mjs";
import { run } from "./lib/child.mjs";
import { ROOT } from "./lib/paths.mjs";

/** `npm run smoke`: the packed package in browsers that the tests do not drive. They have to be installed already. */
await bootstrap(async () => {
  const { ensureBuilt } = await import("./lib/builds.mjs");
  await ensureBuilt({ only: ["sdk"] });
  return run(process.execPath, [join(ROOT, "sdk", "smoke", "browsers.ts")], { cwd: ROOT });
});
