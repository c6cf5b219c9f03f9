import type { MemoryRecord, ObservationPriority } from "@alcove/sdk";
import { describe, expect, it } from "vitest";
import { inDays } from "./observations.ts";

const at = (day: number, hour: number): number => new Date(2026, 4, day, hour).getTime();
const record = (
  id: string,
  createdAt: number,
  priority: ObservationPriority,
  text = id,
): MemoryRecord => ({
  id,
  kind: "derived",
  text: `[2026-05-0${new Date(createdAt).getUTCDate()}, ${priority}] ${text}`,
  scope: {},
  tags: ["observation", `priority:${priority}`],
  metadata: {},
  origin: "app",
  pinned: false,
  createdAt,
  updatedAt: createdAt,
  sources: [`source of ${id}`],
});

describe("observations by day", () => {
  it("stand under the day on the person's own clock, newest day first, the weightiest first", () => {
    const days = inDays([
      record("a", at(3, 23), "low"),
      record("b", at(3, 0), "high"),
      record("c", at(3, 12), "high"),
      record("d", at(1, 9), "medium"),
      record("e", at(2, 9), "low"),
    ]);
    expect(days.map((day) => [new Date(day.at).getDate(), day.lines.map(({ id }) => id)])).toEqual([
      [3, ["c", "b", "a"]],
      [2, ["e"]],
      [1, ["d"]],
    ]);
    expect(days.every((day) => new Date(day.at).getHours() === 0)).toBe(true);
  });

  it("leave out the day and weight in front of a text, and nothing that only looks like them", () => {
    const text = (of: string): string | undefined =>
      inDays([{ ...record("a", at(3, 9), "low"), text: of }])[0]?.lines[0]?.text;
    expect(text("[2026-05-03, low] I row.")).toBe("I row.");
    expect(text("[2026-05-03, low] [2026-05-03, low] twice")).toBe("[2026-05-03, low] twice");
    expect(text("[draft, low] I row.")).toBe("[draft, low] I row.");
  });

  it("keep the sources, and count as low without a weight", () => {
    const [day] = inDays([{ ...record("a", at(3, 9), "high"), tags: ["observation"] }]);
    expect(day?.lines[0]).toMatchObject({ priority: "low", sources: ["source of a"] });
  });
});
