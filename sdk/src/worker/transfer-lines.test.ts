import fc from "fast-check";
import { expect, test } from "vitest";
import type { StoredRecord } from "../domain/stored-record.ts";
import { parseLine, recordLine } from "./transfer-lines.ts";

const NOW = Date.UTC(2026, 0, 1);

const row = (over: Partial<StoredRecord>): StoredRecord => ({
  seq: 1,
  id: "r1",
  kind: "turn",
  text: "I live in a lighthouse",
  role: "user",
  scope: { thread: "t1" },
  tags: [],
  metadata: {},
  origin: "user",
  pinned: false,
  createdAt: NOW,
  updatedAt: NOW,
  sources: [],
  live: true,
  textHash: "h",
  nearHash: "n",
  slots: [],
  factKeys: [],
  dates: [],
  entities: [],
  threadId: "owner:t1",
  position: 0,
  ...over,
});

test("a record comes back from its line as it was, whatever its text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.array(fc.string()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.boolean(),
      (text, tags, metadata, pinned) => {
        const parsed = parseLine(
          recordLine(row({ text, tags, metadata: metadata as never, pinned })),
          NOW,
        );
        if (parsed.type !== "record") throw new Error(parsed.type);
        expect(parsed.line).toMatchObject({
          text,
          tags,
          pinned,
          id: "r1",
          role: "user",
          thread: "t1",
          createdAt: NOW,
        });
        expect(parsed.line.metadata).toEqual(JSON.parse(JSON.stringify(metadata)));
      },
    ),
  );
});

test("no line breaks the reader, and a line is one line", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (source) => {
      expect(["header", "version", "record", "problem"]).toContain(parseLine(source, NOW).type);
    }),
  );
  expect(recordLine(row({ text: "two\nlines\r\u2028" }))).not.toContain("\n");
});

test("MemoryRouter's lines: role and timestamp default, seconds and milliseconds and ISO are all times", () => {
  const times = [1_700_000_000, 1_700_000_000_000, "2023-11-14T22:13:20.000Z"].map((timestamp) => {
    const parsed = parseLine(JSON.stringify({ content: "x", timestamp }), NOW);
    return parsed.type === "record" ? parsed.line.createdAt : null;
  });
  expect(times).toEqual([1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000]);
  expect(parseLine(JSON.stringify({ content: "x" }), NOW)).toMatchObject({
    type: "record",
    format: "memoryrouter",
    line: { role: "user", createdAt: NOW },
  });
});

test("says what is wrong with a line", () => {
  expect(parseLine("{", NOW)).toMatchObject({
    type: "problem",
    problem: expect.stringContaining("JSON"),
  });
  expect(parseLine('{"record":{"text":""}}', NOW)).toMatchObject({
    problem: expect.stringContaining("record.text"),
  });
  expect(parseLine('{"record":{"text":"x","kind":"turn"}}', NOW)).toMatchObject({
    problem: expect.stringContaining("record.role"),
  });
  expect(parseLine('{"content":"x","role":"system"}', NOW)).toMatchObject({
    problem: expect.stringContaining("role"),
  });
  expect(parseLine('{"alcove":2}', NOW)).toMatchObject({
    problem: expect.stringContaining("newer"),
  });
});
