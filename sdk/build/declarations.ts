import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ENTRIES, SDK } from "./entries.ts";

const SPECIFIER = /(?<!["'])\b(?:from|import)\b\s*\(?\s*["']([^"']+)["']/g;

/**
 * Writes to `folder` what the entries' declarations reach, and nothing else. A declaration that names a package would ask every
 * user to install it, so that fails the build.
 */
export function writeDeclarations(folder: string): void {
  const tsc = join(SDK, "..", "node_modules", "typescript", "bin", "tsc");
  const done = spawnSync(
    process.execPath,
    [tsc, "-p", join(SDK, "tsconfig.build.json"), "--outDir", folder],
    {
      stdio: "inherit",
    },
  );
  if (done.status !== 0) throw new Error("The declarations could not be written: see above.");

  const reached = new Set<string>();
  const open = Object.values(ENTRIES).map((entry) =>
    join(folder, entry.replace(/^src\//, "").replace(/\.ts$/, ".d.ts")),
  );
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, specifier = ""] of codeOf(file).matchAll(SPECIFIER)) {
      if (!specifier.startsWith("."))
        throw new Error(`${file} needs the package "${specifier}": no public type may.`);
      open.push(declarationOf(resolve(dirname(file), specifier)));
    }
  }
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".d.ts") && !reached.has(join(folder, file))) rmSync(join(folder, file));
  }
}

function declarationOf(path: string): string {
  const file = path.replace(/\.(ts|js)$/, ".d.ts");
  if (!existsSync(file)) throw new Error(`${file} is named by a declaration and does not exist.`);
  return file;
}

/** A declaration file without its comments, whose examples import what they like. */
function codeOf(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");
}
