import { expect, test } from "vitest";
import { PRESETS } from "../embedding/presets.ts";
import { DEFAULT_HUB, readCommandLine, Refusal } from "./command-line.ts";
import { createProgressLine } from "./progress-line.ts";

test("reads each command", () => {
  expect(readCommandLine([])).toEqual({ name: "help" });
  expect(readCommandLine(["assets", "--help"])).toEqual({ name: "help" });
  expect(readCommandLine(["models"])).toEqual({ name: "models" });
  expect(readCommandLine(["assets", "public/alcove"])).toEqual({
    name: "assets",
    folder: "public/alcove",
    presets: [],
    hub: DEFAULT_HUB,
    revision: null,
    webgpu: false,
  });
  expect(
    readCommandLine([
      "assets",
      "x",
      "--model",
      "minilm",
      "--model=potion",
      "--hub",
      "https://mirror.example/hf",
    ]),
  ).toMatchObject({ presets: [PRESETS.minilm, PRESETS.potion], hub: "https://mirror.example/hf/" });
  expect(readCommandLine(["verify", "--model", "potion", "--revision", "main"])).toMatchObject({
    name: "verify",
    preset: PRESETS.potion,
    folder: null,
    revision: "main",
  });
});

test.each([
  [["copy"], "no command"],
  [["assets"], "one folder"],
  [["assets", "a", "b"], "one folder"],
  [["assets", "a", "--model", "gpt"], "minilm"],
  [["assets", "a", "--modle", "minilm"], "--modle"],
  [["assets", "a", "--revision", "main"], "--revision"],
  [["assets", "a", "--hub", "ftp://x"], "--hub"],
  [["verify"], "one --model"],
])("refuses %j and says why", (args, reason) => {
  expect(() => readCommandLine(args)).toThrow(Refusal);
  expect(() => readCommandLine(args)).toThrow(reason);
});

test("a terminal gets a bar that is drawn over, anything else a line a file", () => {
  let now = 0;
  const draw = (isTTY: boolean): string => {
    const written: string[] = [];
    const line = createProgressLine(
      { isTTY, columns: 60, write: (text) => written.push(text) },
      () => (now += 100),
    );
    line.show("minilm weights", 0, 2_000_000);
    line.show("minilm weights", 1_000_000, 2_000_000);
    line.show("minilm weights", 2_000_000, 2_000_000);
    line.show("minilm weights", 2_000_000, 2_000_000);
    line.end();
    return written.join("");
  };
  expect(draw(false)).toBe("minilm weights  2.0 MB\n");
  const drawn = draw(true).split("\r");
  expect(drawn).toHaveLength(4);
  expect(drawn[2]).toBe("[############............]  50 %  minilm weights  1.0 MB of\u001b[K");
  expect(drawn[3]?.endsWith("\u001b[K\n")).toBe(true);
});
