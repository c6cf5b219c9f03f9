import { fileURLToPath } from "node:url";

/** The SDK's folder. */
export const SDK = fileURLToPath(new URL("../", import.meta.url));

/** The files that `exports` of package.json names, each from its source. */
export const ENTRIES = {
  index: "src/index.ts",
  worker: "src/worker/worker.ts",
  inline: "src/inline.ts",
  intercept: "src/intercept.ts",
  mem0: "src/mem0.ts",
  testing: "src/testing/index.ts",
  wire: "src/wire.ts",
} as const;

/** The chunks that run models. Each is one file of a fixed name, since `./inline` asks for it in `assets`. */
export const RUNTIMES = {
  "onnx-runtime": "src/embedding/onnx-runtime.ts",
  "static-runtime": "src/embedding/static-runtime.ts",
  "webgpu-runtime": "src/embedding/webgpu-runtime.ts",
} as const;

/** What `npx -p @alcove/sdk alcove` runs. */
export const COMMAND = "src/cli/alcove.ts";
export const OLDEST_NODE = "node20.19";

/** The oldest browsers that are supported, as DESIGN section 9 names them. */
export const TARGET = ["es2022", "chrome122", "firefox128", "safari17.4"];
