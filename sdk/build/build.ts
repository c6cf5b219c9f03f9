import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { bundledPackages, noticesOf } from "./bundled-packages.ts";
import { writeDeclarations } from "./declarations.ts";
import { ALIAS, ENTRIES, SDK, TARGET } from "./entries.ts";
import { keepWorkerUrl } from "./keep-worker-url.ts";
import { workerSource } from "./worker-source.ts";

/** What the last build bundled, as `npm run check` compares it with the committed notices. Not part of the package. */
const NOTICES = join(SDK, "dist", ".notices.txt");

const inlined: string[] = [];
const result = await build({
  configFile: false,
  root: SDK,
  logLevel: "warn",
  publicDir: false,
  resolve: { alias: ALIAS },
  plugins: [keepWorkerUrl(), workerSource((ids) => inlined.push(...ids))],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: TARGET,
    lib: { entry: ENTRIES, formats: ["es"] },
    rolldownOptions: {
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", minify: true },
    },
  },
});
const chunks = (Array.isArray(result) ? result : [result])
  .flatMap((output) => ("output" in output ? output.output : []))
  .filter((file): file is Rolldown.OutputChunk => file.type === "chunk");

for (const chunk of chunks) {
  const foreign = [...chunk.imports, ...chunk.dynamicImports].filter(
    (name) => !chunks.some(({ fileName }) => fileName === name),
  );
  if (foreign.length > 0)
    throw new Error(
      `dist/${chunk.fileName} would import ${foreign.join(", ")}: everything has to be in the package.`,
    );
}
writeFileSync(
  NOTICES,
  noticesOf(bundledPackages([...inlined, ...chunks.flatMap((chunk) => chunk.moduleIds)])),
);
writeDeclarations();
