import { existsSync } from "node:fs";
import { join } from "node:path";
import { bootstrap } from "./lib/bootstrap.mjs";
import { run } from "./lib/child.mjs";
import { ROOT } from "./lib/paths.mjs";
import { Stop } from "./lib/stop.mjs";

/** `npm run bench:<name> -- ...`: runs bench/<name>.ts of a package with a Chromium at hand; everything after the name is the bench's own. */
await bootstrap(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  const script = ["sdk", "sync-server"]
    .map((folder) => join(ROOT, folder, "bench", `${name}.ts`))
    .find((file) => existsSync(file));
  if (!/^[a-z]+$/.test(name) || script === undefined)
    throw new Stop(`There is no bench "${name}".`);
  const { ensureBuilt } = await import("./lib/builds.mjs");
  const { ensureChromium } = await import("./lib/chromium.mjs");
  await ensureBuilt({ only: ["sdk"] });
  await ensureChromium();
  return run(process.execPath, [script, ...args], { cwd: process.cwd() });
});
