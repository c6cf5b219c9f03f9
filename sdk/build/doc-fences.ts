import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Plugin } from "vite";

const LIST = "virtual:doc-fences";
const FENCE = "virtual:doc-fence/";
const ROOT = join(import.meta.dirname, "..", "..");

export interface DocFence {
  /** `README.md #1` */
  readonly name: string;
  readonly code: string;
}

/**
 * Every `ts` fence of the README, the docs and the doc comments, as modules that a test can run: `virtual:doc-fences` exports
 * their list. A fence that cannot run says `ts no-run (reason)`.
 */
export function docFences(): Plugin {
  const fences = readFences();
  return {
    name: "alcove-doc-fences",
    resolveId: (id) => (id === LIST || id.startsWith(FENCE) ? `\0${id}` : null),
    load(id) {
      if (id === `\0${LIST}`) {
        const rows = fences.map(
          ({ name }, i) =>
            `{ name: ${JSON.stringify(name)}, run: () => import("${FENCE}${i}.ts") }`,
        );
        return `export const fences = [${rows.join(",\n")}];`;
      }
      if (!id.startsWith(`\0${FENCE}`)) return null;
      return fences[Number.parseInt(id.slice(FENCE.length + 1), 10)]?.code ?? null;
    },
  };
}

export function readFences(): readonly DocFence[] {
  const files = [
    join(ROOT, "README.md"),
    ...globSync("sdk/{docs/**/*.md,src/**/*.ts}", { cwd: ROOT })
      .map((file) => join(ROOT, file))
      .toSorted(),
  ];
  return files.flatMap((file) => {
    const text = file.endsWith(".ts")
      ? commentsOf(readFileSync(file, "utf8"))
      : readFileSync(file, "utf8");
    return [...text.matchAll(/^```ts[ \t]*\n([\s\S]*?)^```/gmu)].map(([, code = ""], i) => ({
      name: `${relative(ROOT, file)} #${i + 1}`,
      code,
    }));
  });
}

function commentsOf(source: string): string {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//gu)]
    .map(([comment]) => comment.replaceAll(/^\s*\* ?/gmu, ""))
    .join("\n");
}
