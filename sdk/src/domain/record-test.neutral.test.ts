import { describe, expect, it } from "vitest";
import type { MemoryRecord } from "./memory-record.ts";
import { passesTest, type RecordTest } from "./record-test.ts";

const record: MemoryRecord = {
  id: "m1",
  kind: "turn",
  text: "The kettle is on the Blue shelf.",
  scope: { user: "mara", agent: "cook" },
  tags: ["kitchen"],
  metadata: {
    topic: "home",
    weight: 3,
    day: "2026-05-04",
    rooms: ["pantry", "hall"],
    user_id: "x",
  },
  origin: "user",
  pinned: false,
  createdAt: Date.UTC(2026, 4, 4),
  updatedAt: Date.UTC(2026, 4, 5),
  sources: [],
};

const holds = (test: RecordTest): boolean => passesTest(record, test);

describe("conditions on records", () => {
  it.each<[string, RecordTest, boolean]>([
    ["equal metadata", { field: "topic", is: "eq", value: "home" }, true],
    ["other metadata", { field: "topic", is: "eq", value: "work" }, false],
    ["metadata that is not there", { field: "colour", is: "eq", value: "red" }, false],
    ["what is not there is not equal", { field: "colour", is: "ne", value: "red" }, true],
    ["one of several", { field: "topic", is: "in", value: ["work", "home"] }, true],
    ["none of several", { field: "topic", is: "nin", value: ["work", "home"] }, false],
    ["a number above", { field: "weight", is: "gt", value: 2 }, true],
    ["a number at the bound", { field: "weight", is: "gt", value: 3 }, false],
    ["a text behind", { field: "day", is: "gte", value: "2026-05-04" }, true],
    ["a number and a text that is no date", { field: "weight", is: "lt", value: "x" }, false],
    ["said since a day", { field: "created_at", is: "gte", value: "2026-05-04" }, true],
    ["said before a day", { field: "created_at", is: "lt", value: "2026-05-04" }, false],
    ["a part of the text", { field: "memory", is: "contains", value: "blue" }, false],
    ["the same in any case", { field: "memory", is: "icontains", value: "blue" }, true],
    ["an entry of a list", { field: "rooms", is: "contains", value: "hall" }, true],
    ["a tag", { field: "categories", is: "eq", value: "kitchen" }, true],
    ["any value", { field: "topic", is: "present", value: "*" }, true],
    ["any value of nothing", { field: "colour", is: "present", value: "*" }, false],
    ["whose it is, whatever metadata says", { field: "user_id", is: "eq", value: "mara" }, true],
    ["a name of the language itself", { field: "toString", is: "present", value: "*" }, false],
  ])("%s", (_name, test, expected) => {
    expect(holds(test)).toBe(expected);
  });

  it("joins conditions", () => {
    const home: RecordTest = { field: "topic", is: "eq", value: "home" };
    const heavy: RecordTest = { field: "weight", is: "gt", value: 5 };
    expect(holds({ all: [home, heavy] })).toBe(false);
    expect(holds({ any: [home, heavy] })).toBe(true);
    expect(holds({ all: [home, { not: heavy }] })).toBe(true);
    expect(holds({ all: [] })).toBe(true);
  });
});
