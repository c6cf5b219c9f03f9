import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSentenceSpeaker } from "./speak-sentences.ts";

function hear(text: string, steps: readonly number[]): readonly string[] {
  const heard: string[] = [];
  const speaker = createSentenceSpeaker((sentences) => heard.push(sentences));
  let at = 0;
  for (const step of steps) {
    at = Math.min(text.length, at + step);
    speaker.push(text.slice(0, at));
  }
  speaker.end(text);
  return heard;
}

describe("reading out a growing answer", () => {
  it("says whole sentences, each once, however the text comes in", () => {
    const text = "It was 3.5 km. “Far,” you said. And then? Home";
    for (const step of [1, 2, 5, 100]) {
      const heard = hear(
        text,
        Array.from({ length: text.length }, () => step),
      );
      expect(heard.join(" ")).toBe(text);
      for (const part of heard.slice(0, -1)) expect(part).toMatch(/[.?]$/u);
    }
  });

  it("loses and repeats nothing of any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", ".", "!", " ", "\n", "”", "。", "é") }),
        fc.array(fc.integer({ min: 0, max: 5 })),
        (text, steps) => {
          const plain = (value: string): string => value.replaceAll(/\s/gu, "");
          expect(plain(hear(text, steps).join(""))).toBe(plain(text));
        },
      ),
    );
  });
});
