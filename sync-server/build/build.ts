import { chmodSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/**
 * Writes dist/main.js, which `npx @alcove/sync-server` runs. The wire is put in, so that the server's package does not bring the
 * browser SDK with it; what stands under `dependencies` is not.
 */
const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const DIST = join(PACKAGE, "dist");
/** Built aside and moved in whole: a build that fails leaves no half a package behind. */
const ASIDE = join(PACKAGE, `dist.${process.pid}`);

try {
  await build({
    configFile: false,
    root: PACKAGE,
    logLevel: "warn",
    publicDir: false,
    resolve: {
      alias: {
        "@alcove/sdk/wire": fileURLToPath(new URL("../../sdk/src/wire.ts", import.meta.url)),
      },
    },
    ssr: { external: ["@trpc/server", "kysely", "pg", "zod"] },
    build: {
      outDir: ASIDE,
      emptyOutDir: false,
      target: "node22.13",
      ssr: "src/main.ts",
      rolldownOptions: { output: { entryFileNames: "main.js" } },
    },
  });
  chmodSync(join(ASIDE, "main.js"), 0o755);
  rmSync(DIST, { recursive: true, force: true });
  renameSync(ASIDE, DIST);
} finally {
  rmSync(ASIDE, { recursive: true, force: true });
}
