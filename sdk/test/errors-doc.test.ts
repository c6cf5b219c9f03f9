import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../src/domain/errors.ts";

test("docs/errors.md lists every code once, in order, with when it is told and what to do", () => {
  const page = readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8");
  const rows = page.split("\n").flatMap((line) => {
    const cells = /^\| `([a-z]+\/[a-z-]+)` +\| (.+?) +\| (.+?) +\|$/.exec(line);
    return cells ? [cells.slice(1)] : [];
  });
  expect(rows.map(([code]) => code)).toEqual([...ERROR_CODES]);
  for (const [code, when, fix] of rows) {
    expect(when?.length, `when ${code} is told`).toBeGreaterThan(15);
    expect(fix?.length, `what to do about ${code}`).toBeGreaterThan(10);
  }
});
