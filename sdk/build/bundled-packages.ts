import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** The package's own licence and notice files, whole. */
  readonly texts: readonly string[];
}

/** Packages that name a licence and bring no text of it; the text is that of their repository. */
const TEXTS_FROM_REPOSITORIES: Readonly<Record<string, string>> = {
  "onnxruntime-common": "onnxruntime.txt",
  "onnxruntime-web": "onnxruntime.txt",
};

/** What stands among our own sources, as its project's compiler wrote it. */
const VENDORED: readonly {
  readonly folder: RegExp;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}[] = [
  {
    folder: /[\\/]sdk[\\/]src[\\/]text[\\/]snowball[\\/]/,
    name: "snowball",
    version: "3.1.1",
    license: "BSD-3-Clause",
    text: "snowball.txt",
  },
];

/** Packages whose published file has others inside already. */
const BUNDLED_BEFORE: Readonly<Record<string, readonly string[]>> = {
  "@huggingface/transformers": ["@huggingface/jinja", "@huggingface/tokenizers"],
};

/** The packages that modules of a bundle come from, by name. */
export function bundledPackages(moduleIds: Iterable<string>): readonly BundledPackage[] {
  const folders = new Set<string>();
  const ids = [...moduleIds];
  const vendored = VENDORED.filter(({ folder }) => ids.some((id) => folder.test(id))).map(
    ({ name, version, license, text }): BundledPackage => ({
      name,
      version,
      license,
      texts: [readText(join(import.meta.dirname, "licences", text))],
    }),
  );
  for (const id of ids) {
    const folder = packageFolder(id.replace(/^\0/, "").replace(/\?.*$/, ""));
    if (folder === null) continue;
    folders.add(folder);
    for (const [name, inside] of Object.entries(BUNDLED_BEFORE))
      if (folder.replaceAll("\\", "/").endsWith(`/node_modules/${name}`))
        for (const other of inside) folders.add(join(folder.slice(0, -name.length), other));
  }
  return [...vendored, ...[...folders].map(readPackage)].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The text of THIRD-PARTY-NOTICES.txt. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const head =
    "Third-party software in this package\n\n" +
    "The files in dist/ contain parts of the packages below, each under its own licence.\n";
  const parts = packages.map(
    ({ name, version, license, texts }) =>
      `${"=".repeat(72)}\n${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`,
  );
  return [head, ...parts].join("\n");
}

function packageFolder(file: string): string | null {
  const inside = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
  return inside !== undefined && existsSync(join(inside, "package.json")) ? inside : null;
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as Record<"name" | "version" | "license", string>;
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)(\.|-|_|$)/i.test(file))
    .toSorted()
    .map((file) => readText(join(folder, file)));
  const kept = TEXTS_FROM_REPOSITORIES[name];
  if (texts.length === 0 && kept !== undefined)
    texts.push(readText(join(import.meta.dirname, "licences", kept)));
  if (license === undefined || texts.length === 0)
    throw new Error(`${name} in ${dirname(folder)} names no licence: it cannot be bundled.`);
  return { name, version, license, texts };
}

const readText = (file: string): string =>
  readFileSync(file, "utf8").replaceAll("\r\n", "\n").trim();
