import { minify } from "terser";
import type { Plugin } from "vite";

/**
 * A second minifier before the bundler's own, which leaves functions and constants of one use where they are: about a fiftieth of what a
 * page loads. What libraries publish is as small already.
 */
export function smaller(): Plugin {
  return {
    name: "alcove-smaller",
    apply: "build",
    async renderChunk(code, { moduleIds }) {
      if (moduleIds.every((id) => id.includes("node_modules"))) return null;
      const { code: shorter } = await minify(code, {
        module: true,
        ecma: 2020,
        compress: { passes: 2 },
        // The bundler's own names are the better ones.
        mangle: false,
        format: { comments: false },
      });
      return shorter === undefined ? null : { code: shorter, map: null };
    },
  };
}
