import { describe, expect, test } from "vitest";
import { checkStartingNode } from "./pinned-node.mjs";
import { readStartSettings } from "./start-settings.mjs";
import { countResults } from "./tests.mjs";

describe("npm start", () => {
  test("needs no settings", () => {
    expect(readStartSettings({ ALCOVE_DEMO_PORT: "" })).toEqual({
      host: "127.0.0.1",
      demoPort: 5173,
      syncPort: 8787,
    });
  });

  test("takes any free port for both", () => {
    const settings = readStartSettings({ ALCOVE_DEMO_PORT: "0", ALCOVE_SYNC_PORT: "0" });
    expect(settings).toMatchObject({ demoPort: 0, syncPort: 0 });
  });

  test("tells of every bad setting at once", () => {
    const read = () =>
      readStartSettings({ ALCOVE_HOST: "a b", ALCOVE_DEMO_PORT: "70000", ALCOVE_SYNC_PORT: "1.5" });
    for (const name of ["ALCOVE_HOST", "ALCOVE_DEMO_PORT", "ALCOVE_SYNC_PORT"])
      expect(read).toThrow(name);
  });

  test("refuses one port for both servers", () => {
    expect(() => readStartSettings({ ALCOVE_DEMO_PORT: "8787" })).toThrow("are both 8787");
  });
});

describe("the starting Node", () => {
  test.each(["20.19.0", "20.20.2", "22.1.0", "24.21.0"])("%s is new enough", (version) => {
    expect(() => checkStartingNode(version)).not.toThrow();
  });

  test.each(["16.20.2", "18.20.8", "20.18.3"])("%s is told what to do", (version) => {
    expect(() => checkStartingNode(version)).toThrow("https://nodejs.org");
  });
});

describe("the count of tests", () => {
  const test1 = (/** @type {string} */ status) => ({ fullName: "t", status });

  test("takes a file that failed as a whole for a failure", () => {
    const testResults = [
      { name: "a", status: "passed", assertionResults: [test1("passed"), test1("skipped")] },
      { name: "b", status: "failed", assertionResults: [] },
      { name: "c", status: "failed", assertionResults: [test1("failed"), test1("passed")] },
      { name: "d", status: "failed", assertionResults: [test1("passed")] },
    ];
    expect(countResults({ testResults })).toEqual({ passed: 3, failed: 3, skipped: 1 });
  });

  test("takes a run without a report for a failure", () => {
    expect(countResults(null)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
