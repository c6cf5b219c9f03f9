import { loadavg } from "node:os";
import { median, quantile } from "../statistics.ts";
import type { ColdAnswer, ColdRequest } from "./cold-worker.ts";
import type { SearchBench } from "./page.ts";

/** A vault that was stored before, opened in a fresh browser and asked. */
export interface ColdFigures {
  readonly store: "flat" | "rows";
  readonly size: number;
  /** Median of the browsers. */
  readonly coldMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** How often the time of the plain loop in the same worker, scaled to the size, holds a search. Median of the browsers. */
  readonly timesPlain: number;
  readonly recallAt10: number;
  readonly heldBytes: number;
  readonly writeMs: number;
  readonly notes: ColdAnswer["notes"];
  readonly load: number;
}

const BROWSERS = 5;
/** Beyond, writing a row a memory takes minutes and gigabytes. */
const MOST_SINGLE_ROWS = 100_000;

export async function measureCold(
  bench: SearchBench,
  size: number,
  dimensions: number,
  reference: readonly (readonly number[])[],
): Promise<readonly ColdFigures[]> {
  const stores = size > MOST_SINGLE_ROWS ? (["flat"] as const) : (["flat", "rows"] as const);
  const request = { size, dimensions, queries: reference.length };
  const written = new Map<string, number>();
  for (const store of stores) {
    const started = performance.now();
    await inFreshBrowser(bench, { ...request, step: "write", store });
    written.set(store, performance.now() - started);
  }
  const answers = new Map<string, ColdAnswer[]>();
  for (let browser = 0; browser < BROWSERS; browser += 1)
    for (const store of stores) {
      const answer = await inFreshBrowser(bench, { ...request, step: "open", store });
      if (answer !== null) answers.set(store, [...(answers.get(store) ?? []), answer]);
    }
  return stores.map((store) => {
    const all = answers.get(store) ?? [];
    const last = all.at(-1);
    return {
      store,
      size,
      coldMs: median(all.map(({ coldMs }) => coldMs)),
      p50Ms: median(all.map(({ times }) => median(times))),
      p95Ms: quantile(
        all.flatMap(({ times }) => times),
        0.95,
      ),
      timesPlain: median(all.map(({ timesPlain }) => timesPlain)),
      recallAt10: recallOf(last?.found ?? [], reference),
      heldBytes: last?.heldBytes ?? Number.NaN,
      writeMs: written.get(store) ?? Number.NaN,
      notes: last?.notes ?? {},
      load: loadavg()[0] ?? Number.NaN,
    };
  });
}

async function inFreshBrowser(
  bench: SearchBench,
  request: ColdRequest,
): Promise<ColdAnswer | null> {
  const opened = await bench.open();
  try {
    const { answer, failed } = await opened.page.evaluate(
      (given) =>
        new Promise<{ answer?: ColdAnswer | null; failed?: string }>((resolve) => {
          const worker = new Worker("/cold-worker.js", { type: "module" });
          worker.addEventListener("message", ({ data }) => resolve(data));
          worker.addEventListener("error", ({ message }) => resolve({ failed: message }));
          worker.postMessage(given);
        }),
      request,
    );
    if (failed !== undefined) throw new Error(failed);
    return answer ?? null;
  } finally {
    await opened.close();
  }
}

function recallOf(
  found: readonly (readonly number[])[],
  reference: readonly (readonly number[])[],
): number {
  const shares = reference.map((right, at) => {
    const hits = new Set(found[at]);
    return right.filter((row) => hits.has(row)).length / Math.max(1, right.length);
  });
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}
