import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "alcove-build-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  execFileSync(process.execPath, [join(PACKAGE, "build", "build.ts")], { stdio: "pipe" });
}, 60_000);

test("what `npx @alcove/sync-server` runs starts, serves and stops", async () => {
  const { bin } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
    bin: Readonly<Record<string, string>>;
  };
  const [main = ""] = Object.values(bin);
  // Its own folder: by default the vaults are kept where it is started.
  const child = spawn(process.execPath, [join(PACKAGE, main)], {
    cwd: folder,
    env: { PATH: process.env["PATH"], ALCOVE_SYNC_PORT: "0" },
  });
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (bytes: Buffer) => resolve(String(/http\S+/.exec(bytes.toString()))));
    child.once("exit", () => reject(new Error("ended before it listened")));
  });
  expect((await fetch(`${address}/ready`)).status).toBe(200);
  const info = await fetch(`${address}/trpc/meta.info`);
  expect(await info.json()).toMatchObject({ result: { data: { protocols: [1] } } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("it needs nothing but Node and what package.json names", () => {
  const code = readFileSync(join(PACKAGE, "dist", "main.js"), "utf8");
  const { dependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const imported = [...code.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name = ""]) => name);
  const packages = imported
    .filter((name) => !name.startsWith("node:"))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0]);
  expect(new Set(packages)).toEqual(new Set(Object.keys(dependencies)));
});

test("its licence, settings and limits stand in the README, each setting by its name", () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  const config = readFileSync(join(PACKAGE, "src", "config.ts"), "utf8");
  const names = [...config.matchAll(/: "((?:ALCOVE_|DATABASE_)\w+)",$/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect(readme).toContain(`\`${name}\``);
});
