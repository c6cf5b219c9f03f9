import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { build } from "vite";
import { SDK, TARGET } from "./entries.ts";
import { kernelModules } from "./kernel-modules.ts";

/** Both compiled modules, the plain kernels, and all that drives them, but the error class that the package has anyway. */
const BAR = 8_000;

test("kernels take less than 8 KB of a bundle, compressed, and need no file beside it", async () => {
  const result = await build({
    configFile: false,
    root: SDK,
    logLevel: "error",
    publicDir: false,
    plugins: [kernelModules()],
    build: {
      write: false,
      target: TARGET,
      lib: { entry: "src/engine/kernels/load-kernels.ts", formats: ["es"] },
      rolldownOptions: {
        external: [join(SDK, "src/domain/errors.ts")],
        output: { minify: true },
      },
    },
  });
  const output = (Array.isArray(result) ? result : [result]).flatMap((built) =>
    "output" in built ? built.output : [],
  );
  expect(output).toHaveLength(1);
  const [chunk] = output;
  expect(chunk?.type).toBe("chunk");
  if (chunk?.type === "chunk")
    expect(gzipSync(chunk.code, { level: 9 }).length).toBeLessThanOrEqual(BAR);
});
