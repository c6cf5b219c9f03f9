import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { openBenchPage, type BenchPage } from "./bench-page.ts";
import { conversations, questions, type BenchTurn } from "./overhead-data.ts";
import { writeReport } from "./report.ts";
import { median, quantile } from "./statistics.ts";
import type * as Sdk from "../src/index.ts";

/**
 * What memory costs a call: `npm run bench:overhead -- [--n 10000] [--json FILE]`.
 *
 * Method: the built SDK in a Chromium page, a provider on the loopback that answers at once. `memory.fetch` and a bare `fetch` of
 * the same body are interleaved; "added" is the difference of their medians (and of the 95th percentile to the bare median).
 */
const { values } = parseArgs({
  options: { n: { type: "string", default: "10000" }, json: { type: "string" } },
});
const sizes = values.n.split(",").map((text) => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 100) {
    process.stderr.write(`--n takes whole numbers from 100 (got "${text}").\n`);
    process.exit(1);
  }
  return n;
});

/** Turns that are stored on top in calls of one conversation each, as chat apps store them. */
const SMALL_CALLS = 1_000;

interface Bar {
  readonly name: string;
  readonly bar: string;
  readonly holds: (value: number) => boolean;
}

const results: Record<string, number> = {};
const bars: Bar[] = [];
const bench = await openBenchPage();
try {
  for (const n of sizes) await measure(bench, n);
} finally {
  await bench.close();
}
print();
if (values.json)
  writeReport(values.json, {
    bench: "overhead",
    results,
    detail: { sizes, bars: bars.map(({ name, bar }) => ({ name, bar })) },
    browser: `Chromium ${bench.browser.version()}`,
  });

async function measure(on: BenchPage, n: number): Promise<void> {
  const suffix = sizes.length === 1 ? "" : `.${n}`;
  const vault = `bench-${n}`;
  const { page } = on;
  const turns = conversations(n + SMALL_CALLS).flat();
  const large = await page.evaluate(ingest, { vault, turns: turns.slice(0, n), size: 2_000 });
  note(`ingest.turns_per_s${suffix}`, n / (large / 1000), ">= 1000", (value) => value >= 1000);
  const small = await page.evaluate(ingest, { vault, turns: turns.slice(n), size: 20 });
  note(`ingest.calls_of_20.turns_per_s${suffix}`, SMALL_CALLS / (small / 1000));

  const prepare = await page.evaluate(prepareAll, { vault, texts: questions(200) });
  note(
    `prepare.p50_ms${suffix}`,
    median(prepare),
    n > 10_000 ? "<= 25" : "<= 8",
    (value) => value <= (n > 10_000 ? 25 : 8),
  );
  note(`prepare.p95_ms${suffix}`, quantile(prepare, 0.95));

  const calls = await page.evaluate(interleaved, { vault, texts: questions(120) });
  note(
    `overhead.p50_ms${suffix}`,
    median(calls.memory) - median(calls.bare),
    "<= 10",
    (value) => value <= 10,
  );
  note(
    `overhead.p95_ms${suffix}`,
    quantile(calls.memory, 0.95) - median(calls.bare),
    "<= 25",
    (value) => value <= 25,
  );
  note(`overhead.trace_p50_ms${suffix}`, median(calls.added));
  note(`overhead.recalled${suffix}`, calls.recalled / calls.memory.length);

  const streams = await page.evaluate(streamed, { vault, rounds: 5 });
  note(
    `stream.chunk_p95_added_ms${suffix}`,
    quantile(streams.memory, 0.95) - quantile(streams.bare, 0.95),
    "<= 1",
    (value) => value <= 1,
  );

  const opened: number[] = [];
  const added: number[] = [];
  let carried = 0;
  for (let round = 0; round < 5; round += 1) {
    await page.goto(`${on.origin}/`);
    const first = await page.evaluate(firstCall, { vault });
    opened.push(first.readyMs);
    added.push(first.addedMs);
    if (first.memories > 0) carried += 1;
  }
  note(`first_call.added_ms${suffix}`, median(added), "<= 500", (value) => value <= 500);
  note(`first_call.carried${suffix}`, carried / 5, "= 1", (value) => value === 1);
  note(`open.ready_ms${suffix}`, median(opened));
  await page.evaluate(remove, { vault });
}

function note(name: string, value: number, bar?: string, holds?: (value: number) => boolean): void {
  results[name] = Math.round(value * 1000) / 1000;
  if (bar && holds) bars.push({ name, bar, holds });
}

function print(): void {
  const lines = Object.entries(results).map(([name, value]) => {
    const bar = bars.find((one) => one.name === name);
    const verdict = bar ? `${bar.bar.padEnd(10)} ${bar.holds(value) ? "holds" : "MISSED"}` : "";
    return `${name.padEnd(36)} ${String(value).padStart(12)}   ${verdict}`;
  });
  process.stdout.write(
    `bench:overhead   load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")}\n${lines.join("\n")}\n`,
  );
}

// The functions below run in the page; they may use nothing from outside but their argument.

async function ingest({
  vault,
  turns,
  size,
}: {
  vault: string;
  turns: readonly BenchTurn[];
  size: number;
}): Promise<number> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault });
  await memory.ready();
  const started = performance.now();
  for (let at = 0; at < turns.length; at += size) {
    await memory.ingest(turns.slice(at, at + size), { scope: { thread: `bench-${size}-${at}` } });
  }
  const took = performance.now() - started;
  // The vault seals its tail when it is quiet.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await memory.close();
  return took;
}

async function prepareAll({
  vault,
  texts,
}: {
  vault: string;
  texts: readonly string[];
}): Promise<number[]> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault });
  await memory.ready();
  for (const text of texts.slice(0, 20)) await memory.prepare(text);
  const times: number[] = [];
  for (const text of texts) {
    const started = performance.now();
    await memory.prepare(text);
    times.push(performance.now() - started);
  }
  await memory.close();
  return times;
}

async function interleaved({
  vault,
  texts,
}: {
  vault: string;
  texts: readonly string[];
}): Promise<{ bare: number[]; memory: number[]; added: number[]; recalled: number }> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault, mode: "read" });
  await memory.ready();
  const call = async (
    fetcher: typeof fetch,
    text: string,
  ): Promise<{ took: number; response: Response }> => {
    const body = JSON.stringify({ model: "bench", messages: [{ role: "user", content: text }] });
    const started = performance.now();
    const response = await fetcher("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    await response.json();
    return { took: performance.now() - started, response };
  };
  for (const text of texts.slice(0, 10)) await call(memory.fetch, `${text} (warm up)`);
  const bare: number[] = [];
  const withMemory: number[] = [];
  const added: number[] = [];
  let recalled = 0;
  for (const text of texts) {
    bare.push((await call(fetch, text)).took);
    const { took, response } = await call(memory.fetch, text);
    withMemory.push(took);
    const trace = memory.trace(response);
    if (trace) added.push(trace.addedMs);
    if (trace && trace.memories.length > 0) recalled += 1;
  }
  await memory.close();
  return { bare, memory: withMemory, added, recalled };
}

async function streamed({
  vault,
  rounds,
}: {
  vault: string;
  rounds: number;
}): Promise<{ bare: number[]; memory: number[] }> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault, mode: "read" });
  await memory.ready();
  const gaps = async (fetcher: typeof fetch): Promise<number[]> => {
    const body = JSON.stringify({
      model: "bench",
      stream: true,
      messages: [{ role: "user", content: "Please stream." }],
    });
    const response = await fetcher("/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const reader = response.body!.getReader();
    const times: number[] = [];
    let last = performance.now();
    while (!(await reader.read()).done) {
      const now = performance.now();
      times.push(now - last);
      last = now;
    }
    // The first gap holds the wait for the answer itself.
    return times.slice(1);
  };
  const bare: number[] = [];
  const withMemory: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(...(await gaps(fetch)));
    withMemory.push(...(await gaps(memory.fetch)));
  }
  await memory.close();
  return { bare, memory: withMemory };
}

async function firstCall({
  vault,
}: {
  vault: string;
}): Promise<{ addedMs: number; memories: number; readyMs: number }> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const started = performance.now();
  const memory = createMemory({ vault, mode: "read" });
  const ready = memory.ready().then(() => performance.now() - started);
  const body = JSON.stringify({
    model: "bench",
    messages: [{ role: "user", content: "Where did I put the telescope in the harbour town?" }],
  });
  const response = await memory.fetch("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  await response.json();
  const trace = memory.trace(response);
  const readyMs = await ready;
  await memory.close();
  return { addedMs: trace?.addedMs ?? Number.NaN, memories: trace?.memories.length ?? 0, readyMs };
}

async function remove({ vault }: { vault: string }): Promise<void> {
  const { deleteVault } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  await deleteVault(vault);
}
