/** A clock that stands still until it is told to move: for the `now` option. */
export interface FakeClock {
  readonly now: () => number;
  /** Moves by this many milliseconds, backwards too. */
  advance(ms: number): void;
  set(epochMs: number): void;
}

/** @param start Epoch milliseconds. Default: 2026-01-01T12:00:00Z. */
export function createFakeClock(start: number = Date.UTC(2026, 0, 1, 12)): FakeClock {
  let at = start;
  return {
    now: () => at,
    advance(ms) {
      at += ms;
    },
    set(epochMs) {
      at = epochMs;
    },
  };
}
