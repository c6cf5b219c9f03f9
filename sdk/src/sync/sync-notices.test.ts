import { expect, test } from "vitest";
import type { EngineStatus } from "./engine-port.ts";
import { standing } from "./sync-notices.ts";

const ALL: EngineStatus = {
  pending: 1,
  lastSyncedAt: null,
  tooLarge: ["a"],
  aside: 1,
  unopened: [],
  copies: 1,
  away: true,
};

test("what a person can mend is told before what only passes, so that nothing that stays hides it", () => {
  const mended: readonly [Partial<EngineStatus>, string | undefined][] = [
    [{}, "sync/too-large"],
    [{ tooLarge: [] }, "sync/copies"],
    [{ tooLarge: [], copies: 0 }, "sync/set-aside"],
    [{ tooLarge: [], copies: 0, aside: 0 }, "sync/long-away"],
    [{ tooLarge: [], copies: 0, aside: 0, away: false }, undefined],
  ];
  for (const [over, code] of mended) expect(standing({ ...ALL, ...over }).problem?.code).toBe(code);
});
