import { describe, expect, test } from "vitest";
import { outOfDate } from "./dependencies.mjs";

const LINUX = /** @type {const} */ ({ os: "linux", cpu: "x64", libc: "glibc" });
const a = { version: "1.0.0", integrity: "sha512-a" };

describe("what has to be installed", () => {
  test("is nothing when all that is locked is there", () => {
    const wanted = { "": {}, sdk: { version: "1.0.0" }, "node_modules/a": a };
    expect(outOfDate(wanted, { "node_modules/a": a, "node_modules/extra": a }, LINUX)).toEqual([]);
  });

  test("is what is missing, of another version, or of other content", () => {
    const wanted = { "node_modules/a": a, "node_modules/b": a, "node_modules/c": a };
    const installed = {
      "node_modules/b": { ...a, version: "2.0.0" },
      "node_modules/c": { ...a, integrity: "sha512-other" },
    };
    expect(outOfDate(wanted, installed, LINUX)).toEqual(Object.keys(wanted));
  });

  test("is a workspace that is a copy and no link", () => {
    const wanted = { "node_modules/@alcove/sdk": { resolved: "sdk", link: true } };
    expect(outOfDate(wanted, { "node_modules/@alcove/sdk": a }, LINUX)).toHaveLength(1);
    expect(outOfDate(wanted, { "node_modules/@alcove/sdk": { link: true } }, LINUX)).toEqual([]);
  });

  test("is the build of a tool for this machine, and not those for others", () => {
    const wanted = {
      "node_modules/tool-linux-x64": {
        ...a,
        optional: true,
        os: ["linux"],
        cpu: ["x64"],
        libc: ["glibc"],
      },
      "node_modules/tool-linux-x64-musl": {
        ...a,
        optional: true,
        os: ["linux"],
        cpu: ["x64"],
        libc: ["musl"],
      },
      "node_modules/tool-darwin": { ...a, optional: true, os: ["darwin"], cpu: ["arm64"] },
      "node_modules/nice-to-have": { ...a, optional: true },
    };
    expect(outOfDate(wanted, {}, LINUX)).toEqual(["node_modules/tool-linux-x64"]);
    expect(outOfDate(wanted, {}, { os: "darwin", cpu: "arm64", libc: null })).toEqual([
      "node_modules/tool-darwin",
    ]);
  });
});
