import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffText } from "./diff-text.ts";

const join = (parts: ReturnType<typeof diffText>, leaveOut: "added" | "removed"): string =>
  parts
    .filter((part) => part.kind !== leaveOut)
    .map((part) => part.text)
    .join("");

describe("the difference of two prompts", () => {
  it("gives both texts back, whatever they are", () => {
    const lines = fc
      .array(fc.constantFrom("a", "b", "{", '  "x": 1', "", "łąka 🌿", "\r"), { maxLength: 12 })
      .map((all) => all.join("\n"));
    fc.assert(
      fc.property(
        fc.oneof(lines, fc.string({ unit: "grapheme" })),
        fc.oneof(lines, fc.string({ unit: "grapheme" })),
        (before, after) => {
          const parts = diffText(before, after);
          expect(join(parts, "added")).toBe(before);
          expect(join(parts, "removed")).toBe(after);
        },
      ),
    );
  });

  it("marks only what was put in when text was put in at two places", () => {
    const before = '{\n  "system": "Be kind.",\n  "user": "What now?"\n}';
    const after = '{\n  "system": "Be kind.\n\nPROFILE",\n  "user": "RECALL\nWhat now?"\n}';
    const parts = diffText(before, after);
    expect(parts.some((part) => part.kind === "removed")).toBe(false);
    const added = parts
      .filter((part) => part.kind === "added")
      .map((part) => part.text)
      .join("|");
    expect(added).toContain("PROFILE");
    expect(added).toContain("RECALL");
    expect(added).not.toContain("Be kind");
    expect(added).not.toContain("What now");
  });

  it("stays quick on a prompt of several thousand changed lines", () => {
    const many = (word: string): string =>
      Array.from({ length: 5000 }, (_, at) => `${word} ${at}`).join("\n");
    const started = performance.now();
    const parts = diffText(many("before"), many("after"));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(join(parts, "removed")).toBe(many("after"));
  });
});
