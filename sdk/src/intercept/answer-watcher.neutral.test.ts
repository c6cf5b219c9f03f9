import { describe, expect, it } from "vitest";
import { type Answer, type AnswerFormat, createAnswerWatcher } from "./answer-watcher.ts";
import { createOpenAiChatAnswerReader } from "../providers/openai-chat-answer.ts";
import { streamEvents, wholeBody } from "../testing/scripted-provider-wire.ts";

const encoder = new TextEncoder();
const SPOKEN = { text: "Naïve café 🦦: «ok»", usage: true };

function watch(
  format: AnswerFormat,
  pieces: readonly Uint8Array[],
  end: "end" | "cut" = "end",
): readonly Answer[] {
  const answers: Answer[] = [];
  const watcher = createAnswerWatcher(createOpenAiChatAnswerReader(), format, (answer) =>
    answers.push(answer),
  );
  for (const piece of pieces) watcher.chunk(piece);
  watcher[end]();
  watcher.end();
  watcher.settleNow();
  return answers;
}

describe("createAnswerWatcher", () => {
  for (const newline of ["\n", "\r\n"] as const) {
    it(`reads a recorded stream cut at every byte (${JSON.stringify(newline)})`, () => {
      const bytes = encoder.encode(streamEvents({ ...SPOKEN, newline }, "id").join(""));
      for (let cut = 0; cut <= bytes.length; cut++) {
        expect(
          watch("sse", [bytes.subarray(0, cut), bytes.subarray(cut)]),
          `cut at ${cut}`,
        ).toEqual([{ text: SPOKEN.text, complete: true, hasToolCalls: false }]);
      }
    });
  }

  it("reads a whole body cut anywhere", () => {
    const bytes = encoder.encode(
      wholeBody({ toolCalls: [{ id: "a", name: "f", arguments: "{}" }], text: "Über 🦦" }, "id"),
    );
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      expect(watch("whole", [bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual([
        { text: "Über 🦦", complete: true, hasToolCalls: true },
      ]);
    }
  });

  it("tells a cut stream once, as far as it went, and complete where the wire had said so", () => {
    const events = streamEvents(SPOKEN, "id").map((event) => encoder.encode(event));
    expect(watch("sse", events.slice(0, 3), "cut")).toEqual([
      { text: "Naïve ca", complete: false, hasToolCalls: false },
    ]);
    expect(watch("sse", events, "cut")).toEqual([
      { text: SPOKEN.text, complete: true, hasToolCalls: false },
    ]);
  });

  it("says nothing of a body that it cannot read, and does not throw", () => {
    const nothing = { text: "", complete: false, hasToolCalls: false };
    for (const format of ["whole", "sse", "ndjson", "json-array"] as const)
      expect(watch(format, [encoder.encode("<html>"), Uint8Array.of(0xff, 0xfe)])).toEqual([
        nothing,
      ]);
    const broken = {
      readWhole() {
        throw new Error("a reader's fault");
      },
      readEvent() {
        throw new Error("a reader's fault");
      },
      answer: () => nothing,
    };
    const answers: Answer[] = [];
    const watcher = createAnswerWatcher(broken, "sse", (answer) => answers.push(answer));
    watcher.chunk(encoder.encode("data: x\n\n"));
    watcher.end();
    expect(answers).toEqual([nothing]);
  });
});
