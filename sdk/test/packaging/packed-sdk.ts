import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const PAGES = fileURLToPath(new URL("./pages/", import.meta.url));

/** A folder outside of the repository in which the packed package is installed, as in an app of somebody else. */
export interface PackedSdk {
  readonly root: string;
  /** The installed package. */
  readonly folder: string;
  /** Makes an app folder with the test pages in it and an index.html that runs `script`; gives its path. */
  app(name: string, script: string): string;
  /** The same with the package's files beside the page, as a site without a bundler has them. */
  plainSite(name: string, script: string): string;
  remove(): void;
}

/** Packs the built SDK and installs the tarball: what is not in it cannot be used by mistake. */
export function packSdk(): PackedSdk {
  const root = mkdtempSync(join(tmpdir(), "alcove-packed-"));
  const folder = join(root, "node_modules", "@alcove", "sdk");
  npmPack(root);
  const archive = readdirSync(root).find((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error("npm pack wrote no tarball.");
  mkdirSync(folder, { recursive: true });
  must(
    spawnSync("tar", ["-xzf", join(root, archive), "-C", folder, "--strip-components=1"], {
      encoding: "utf8",
    }),
  );
  for (const name of ["react", "react-dom", "scheduler"]) {
    symlinkSync(
      join(REPOSITORY, "node_modules", name),
      join(root, "node_modules", name),
      "junction",
    );
  }

  const app = (name: string, script: string): string => {
    const site = join(root, name);
    cpSync(PAGES, site, { recursive: true });
    writeFileSync(
      join(site, "index.html"),
      `<!doctype html><html lang="en"><head><title>${name}</title><link rel="icon" href="data:,"></head><body><div id="app"></div><script type="module" src="./${script}"></script></body></html>`,
    );
    return site;
  };
  return {
    root,
    folder,
    app,
    plainSite(name, script) {
      const site = app(name, script);
      cpSync(join(folder, "dist"), join(site, "sdk"), { recursive: true });
      return site;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function npmPack(destination: string): void {
  const npm = process.env["npm_execpath"];
  const args = [
    "pack",
    "--workspace",
    "@alcove/sdk",
    "--pack-destination",
    destination,
    "--loglevel=error",
  ];
  const done =
    npm === undefined
      ? spawnSync("npm", args, {
          cwd: REPOSITORY,
          encoding: "utf8",
          shell: process.platform === "win32",
        })
      : spawnSync(process.execPath, [npm, ...args], { cwd: REPOSITORY, encoding: "utf8" });
  must(done);
}

function must(done: {
  readonly status: number | null;
  readonly stderr: string;
  readonly error?: Error;
}): void {
  if (done.status !== 0) throw done.error ?? new Error(done.stderr);
}
