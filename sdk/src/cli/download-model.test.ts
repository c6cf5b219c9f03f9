import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startLoopbackHub, type LoopbackHub } from "../../test/tiny-model/loopback-hub.ts";
import { makeTinyModel } from "../../test/tiny-model/make-tiny-model.ts";
import { manifestOf } from "../../test/tiny-model/tiny-assets.ts";
import { checkModel, downloadModel } from "./download-model.ts";
import { createHub } from "./hub.ts";

const tiny = makeTinyModel();
const { preset } = tiny;
const COMMIT = preset.revision;
const PLACE = join("models", "alcove-tests", "tiny");

let folder: string;
let hub: LoopbackHub;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "alcove-download-"));
  hub = await startLoopbackHub(tiny, COMMIT);
});

afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

function load(revision = COMMIT, url = hub.url) {
  const told: string[] = [];
  const done = downloadModel(preset, revision, folder, {
    hub: createHub({ hub: url, token: null, fetch }),
    onProgress: (file, loaded, total) => told.push(`${file} ${loaded}/${total}`),
  });
  return { done, told };
}

test("loads every file at the commit, checks it, and writes what it is", async () => {
  const { done, told } = load();
  const { manifest, kept } = await done;
  expect(manifest).toEqual(manifestOf(tiny));
  expect(kept).toBe(0);
  for (const [path, bytes] of tiny.files)
    expect(new Uint8Array(readFileSync(join(folder, PLACE, path)))).toEqual(bytes);
  expect(JSON.parse(readFileSync(join(folder, PLACE, "alcove-model.json"), "utf8"))).toEqual(
    manifest,
  );
  const { length } = tiny.files.get(preset.weights)!;
  expect(told.at(-1)).toBe(`${preset.weights} ${length}/${length}`);
  await expect(checkModel(preset, folder)).resolves.toEqual(manifest);
});

test("asks the hub for nothing that is there and right, and again for what was damaged", async () => {
  await load().done;
  const before = hub.asked.length;
  expect((await load().done).kept).toBe(preset.files.length);
  expect(hub.asked.length).toBe(before);

  writeFileSync(join(folder, PLACE, "config.json"), "{}");
  await expect(checkModel(preset, folder)).rejects.toThrow("config.json");
  expect((await load().done).kept).toBe(preset.files.length - 1);
  expect(hub.asked.slice(before)).toEqual([`${preset.model}/resolve/${COMMIT}/config.json`]);
});

test("goes on where it was cut off", async () => {
  hub.fault = { kind: "cut", afterBytes: 50_000 };
  await expect(load().done).rejects.toThrow(/goes on from there/);
  const part = join(folder, PLACE, `${preset.weights}.${COMMIT.slice(0, 12)}.part`);
  const have = statSync(part).size;
  expect(have).toBeGreaterThan(0);
  expect(existsSync(join(folder, PLACE, "alcove-model.json"))).toBe(false);

  hub.fault = null;
  expect((await load().done).manifest).toEqual(manifestOf(tiny));
  expect(hub.asked).toContain(`stored/${preset.weights} from ${have}`);
  expect(existsSync(part)).toBe(false);
});

test("goes on where it was stopped between the last byte and the check", async () => {
  const part = join(folder, PLACE, `${preset.weights}.${COMMIT.slice(0, 12)}.part`);
  mkdirSync(dirname(part), { recursive: true });
  writeFileSync(part, tiny.files.get(preset.weights)!);
  expect((await load().done).manifest).toEqual(manifestOf(tiny));
  expect(existsSync(part)).toBe(false);
});

test("a file that is not what the hub lists is removed and refused", async () => {
  hub.fault = { kind: "spoil" };
  await expect(load().done).rejects.toThrow(/checksum/);
  expect(existsSync(join(folder, PLACE, preset.weights))).toBe(false);
  hub.fault = null;
  await expect(load().done).resolves.toMatchObject({ manifest: { revision: COMMIT } });
});

test("a branch is resolved to its commit, once", async () => {
  const { manifest } = await load("main").done;
  expect(manifest.revision).toBe(COMMIT);
  expect(hub.asked[0]).toBe(`api/models/${preset.model}/revision/main`);
  expect(hub.asked.slice(1).every((path) => !path.includes("main"))).toBe(true);
});

test("another commit is loaded anew, and the old manifest does not vouch for it", async () => {
  await load().done;
  const other = "f".repeat(40);
  await expect(load(other).done).rejects.toThrow(/404/);
  expect(existsSync(join(folder, PLACE, "alcove-model.json"))).toBe(false);
  await expect(load().done).resolves.toMatchObject({ kept: 0 });
});

test("says plainly what is wrong with the hub", async () => {
  for (const [status, text] of [
    [401, "HF_TOKEN"],
    [404, "does not exist"],
    [503, "Try again"],
  ] as const) {
    hub.fault = { kind: "status", status };
    await expect(load().done).rejects.toThrow(text);
  }
  await hub.close();
  await expect(load().done).rejects.toThrow(/could not be reached[\s\S]*--hub/);
});

test("the token goes to the hub and to nobody it redirects to", async () => {
  const seen: string[] = [];
  const hubOfToken = createHub({
    hub: "https://hub.example/",
    token: "secret",
    fetch: async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      seen.push(`${new URL(url).host} ${new Headers(init?.headers).get("authorization") ?? "-"}`);
      return url.startsWith("https://hub.example/")
        ? new Response(null, { status: 302, headers: { location: "https://cdn.example/file" } })
        : new Response("bytes");
    },
  });
  await hubOfToken.open("a/b", COMMIT, "config.json", 0);
  expect(seen).toEqual(["hub.example Bearer secret", "cdn.example -"]);
});
