import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createHistory, EVENTS, viewOf, type HistoryEvent, type Step } from "./history.fixture.ts";

const SOAK = process.env["ALCOVE_SOAK"] === "1";
const RUNS = SOAK ? 10_000 : 300;
/** A run is told by its seed; the same seed makes the same histories. */
const SEED = Number(process.env["ALCOVE_SEED"] ?? (SOAK ? 20_261_121 : Date.now() % 2 ** 31));
const LONGEST = 40;

/** What users do comes often, what happens to devices less so. */
const WEIGHTS: Partial<Record<HistoryEvent, number>> = {
  write: 10,
  edit: 12,
  tag: 4,
  untag: 3,
  pin: 3,
  forget: 5,
  sync: 14,
  "all sync": 3,
  reopen: 2,
  "lost answer": 3,
  killed: 3,
  "days pass": 3,
  "clock jump": 2,
};

const step = fc.record({
  what: fc.oneof(
    ...EVENTS.map((what) => ({ arbitrary: fc.constant(what), weight: WEIGHTS[what] ?? 1 })),
  ),
  device: fc.nat({ max: 4 }),
  n: fc.nat({ max: 5 }),
  ms: fc.nat({ max: 50 }),
});

/** Histories that once came out wrong. */
const FOUND: readonly (readonly Step[])[] = [
  [
    { what: "unreadable row", device: 0, n: 0, ms: 0 },
    { what: "sync", device: 2, n: 0, ms: 0 },
    { what: "reseed", device: 0, n: 0, ms: 0 },
    { what: "remove behind", device: 2, n: 0, ms: 0 },
  ],
];

test(
  `${RUNS} random histories of five devices come to one state, lose nothing and bring nothing back`,
  async () => {
    const seen = new Map<HistoryEvent, number>();
    const startedAt = performance.now();
    let histories = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: LONGEST, size: "max" }), async (steps) => {
        histories += 1;
        const history = await createHistory();
        for (const [at, one] of steps.entries()) {
          seen.set(one.what, (seen.get(one.what) ?? 0) + 1);
          await history.take(one, at);
        }
        const members = await history.settle();
        const [first, ...others] = [...members, await history.fresh()];
        if (!first) throw new Error("Somebody is always left.");
        const view = viewOf(first);
        const { aside } = await first.engine.status();
        for (const device of others) {
          expect(viewOf(device)).toEqual(view);
          expect((await device.engine.status()).aside).toBe(aside);
        }
        for (const { engine } of members) expect((await engine.status()).pending).toBe(0);
        for (const id of history.forgotten()) expect(first.records.has(id)).toBe(false);
        for (const id of history.expected()) expect(first.records.has(id)).toBe(true);
        expect(await history.strayCopies()).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED, examples: FOUND.map((steps) => [[...steps]]) },
    );
    if (SOAK) writeResults({ histories, seconds: (performance.now() - startedAt) / 1_000, seen });
  },
  SOAK ? 7_200_000 : 180_000,
);

function writeResults(told: {
  readonly histories: number;
  readonly seconds: number;
  readonly seen: ReadonlyMap<HistoryEvent, number>;
}): void {
  const out = fileURLToPath(new URL("../../../test-results/", import.meta.url));
  mkdirSync(out, { recursive: true });
  const result = {
    bench: "sync-histories",
    environment: { node: process.versions.node, os: process.platform, load: loadavg() },
    results: {
      seed: SEED,
      devices: 5,
      longest: LONGEST,
      histories: told.histories,
      diverged: 0,
      seconds: Math.round(told.seconds),
      steps: Object.fromEntries(EVENTS.map((what) => [what, told.seen.get(what) ?? 0])),
    },
  };
  writeFileSync(join(out, "sync-histories.json"), `${JSON.stringify(result, null, 2)}\n`);
}
