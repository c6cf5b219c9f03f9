import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OTHER_WIRES, USUAL_WIRE } from "../bench/overhead-wires.ts";
import { PROVIDER_ADAPTERS } from "../src/providers/registry.ts";

const ROOT = new URL("../../", import.meta.url);
const page = readFileSync(new URL("../docs/conformance.md", import.meta.url), "utf8");

const rows = page.split("\n").flatMap((line) => {
  const cells = line.split(" | ").map((cell) => cell.replace(/^\| |\|$/g, "").trim());
  const [promise, name, file] = cells;
  return cells.length === 3 && file?.startsWith("sdk/") ? [{ promise, name, file }] : [];
});

test("docs/conformance.md names tests that are there, by their whole names, each once", () => {
  expect(rows.length).toBeGreaterThan(60);
  for (const { name, file } of rows) {
    const source = readFileSync(new URL(file, ROOT), "utf8");
    expect(source, `${file}: ${name}`).toContain(`"conformance: ${name}"`);
  }
  const places = rows.map(({ name, file }) => `${file} ${name}`);
  expect(places.filter((place, at) => places.indexOf(place) !== at)).toEqual([]);
});

test("every test whose name says so stands in docs/conformance.md", () => {
  const files = new Set(rows.map(({ file }) => file));
  for (const file of files) {
    const source = readFileSync(new URL(file, ROOT), "utf8");
    for (const [, name] of source.matchAll(
      /\b(?:it|describe)(?:\.each)?\([^]*?"conformance: ([^"]+)"/g,
    ))
      if (name?.startsWith("bytes of ") === false)
        expect(
          rows.some((row) => row.file === file && row.name === name),
          `${file}: ${name}`,
        ).toBe(true);
  }
});

test("bench:overhead measures every wire", () => {
  expect([USUAL_WIRE, ...OTHER_WIRES].map(({ name }) => name).toSorted()).toEqual(
    PROVIDER_ADAPTERS.map(({ wire }) => wire).toSorted(),
  );
});
