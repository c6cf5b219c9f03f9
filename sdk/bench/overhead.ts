import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { openBenchPage, type BenchPage } from "./bench-page.ts";
import { conversations, questions, type BenchTurn } from "./overhead-data.ts";
import { type BenchCall, callsOf, OTHER_WIRES, USUAL_WIRE } from "./overhead-wires.ts";
import { writeReport } from "./report.ts";
import { median, quantile } from "./statistics.ts";
import type * as Sdk from "../src/index.ts";

/**
 * What memory costs a call: `npm run bench:overhead -- [--n 10000,100000] [--json FILE]`. Names of results carry the size, but for
 * 10,000: `prepare.p50_ms`, `prepare.100000.p50_ms`. Bars that are said of 10,000 memories are looked at there only.
 *
 * Method: the built SDK in a Chromium page, a provider on the loopback that answers at once. The vault is filled by the public
 * `ingest`, 2,000 turns a call. `memory.fetch` and a bare `fetch` of the same body are interleaved; "added" is the difference of their
 * medians (and of the 95th percentile to the bare median). `overhead.p50_ms` is of Chat Completions, `overhead.WIRE.p50_ms` of the others. What
 * is measured on a fresh page is the median of five pages.
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

/** The size whose results carry none in their names. */
const USUAL = 10_000;
/** Turns of one call where a vault is filled, and of one step of the progress. */
const LARGE_CALL = 2_000;
const FILL_STEP = 10_000;
/** Turns that are stored on top in calls of one conversation each, as chat apps store them. */
const SMALL_CALLS = 1_000;
/** Turns that are stored on top in one call. */
const ON_TOP = 2_000;
const FRESH_PAGES = 5;

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
  const name = (plain: string): string => (n === USUAL ? plain : plain.replace(".", `.${n}.`));
  const vault = `bench-${n}`;
  const { page } = on;
  const turns = conversations(n + ON_TOP + SMALL_CALLS).flat();
  let filled = 0;
  for (let at = 0; at < n; at += FILL_STEP) {
    const part = turns.slice(at, Math.min(n, at + FILL_STEP));
    filled += await page.evaluate(ingest, { vault, turns: part, size: LARGE_CALL, from: at });
    progress(`${n}: filled ${at + part.length} in ${(filled / 1000).toFixed(1)} s`);
  }
  const atLeast = (value: number): boolean => value >= 1000;
  note(name("ingest.turns_per_s"), n / (filled / 1000), ">= 1000", atLeast);
  const onTop = await page.evaluate(ingest, {
    vault,
    turns: turns.slice(n, n + ON_TOP),
    size: ON_TOP,
    from: n,
  });
  note(name("ingest.on_top.turns_per_s"), ON_TOP / (onTop / 1000), ">= 1000", atLeast);
  const small = await page.evaluate(ingest, {
    vault,
    turns: turns.slice(n + ON_TOP),
    size: 20,
    from: n + ON_TOP,
  });
  note(name("ingest.calls_of_20.turns_per_s"), SMALL_CALLS / (small / 1000));
  progress(`${n}: stored more on top`);

  const most = n > USUAL ? 25 : 8;
  const prepare = await page.evaluate(prepareAll, { vault, texts: questions(200) });
  note(name("prepare.p50_ms"), median(prepare.times), `<= ${most}`, (value) => value <= most);
  note(name("prepare.p95_ms"), quantile(prepare.times, 0.95));
  for (const [step, times] of Object.entries(prepare.steps))
    note(name(`prepare.${step}_p50_ms`), median(times));
  note(name("resident.index_bytes"), prepare.indexBytes);
  progress(`${n}: prepared`);

  // Their bars are those of the usual size.
  const noteUsual = (plain: string, value: number, bar: string, holds: Bar["holds"]): void =>
    n === USUAL ? note(plain, value, bar, holds) : note(name(plain), value);
  for (const wire of [USUAL_WIRE, ...OTHER_WIRES]) {
    const part = wire === USUAL_WIRE ? "overhead" : `overhead.${wire.name}`;
    const calls = await page.evaluate(interleaved, {
      vault,
      calls: callsOf(wire, questions(wire === USUAL_WIRE ? 120 : 80)),
    });
    const bare = median(calls.bare);
    const isWithin = (ms: number) => (value: number) => value <= ms;
    noteUsual(`${part}.p50_ms`, median(calls.memory) - bare, "<= 10", isWithin(10));
    noteUsual(`${part}.p95_ms`, quantile(calls.memory, 0.95) - bare, "<= 25", isWithin(25));
    note(name(`${part}.trace_p50_ms`), median(calls.added));
    note(name(`${part}.recalled`), calls.recalled / calls.memory.length);
  }

  const streams = await page.evaluate(streamed, { vault, rounds: 5 });
  note(
    name("stream.chunk_p95_added_ms"),
    quantile(streams.memory, 0.95) - quantile(streams.bare, 0.95),
    "<= 1",
    (value) => value <= 1,
  );
  progress(`${n}: called and streamed`);

  const opened: number[] = [];
  const added: number[] = [];
  const recalled: number[] = [];
  let carried = 0;
  for (let round = 0; round < FRESH_PAGES; round += 1) {
    await page.goto(`${on.origin}/`);
    const first = await page.evaluate(firstCall, { vault });
    opened.push(first.readyMs);
    added.push(first.addedMs);
    if (first.memories > 0) carried += 1;
    await page.goto(`${on.origin}/`);
    recalled.push(await page.evaluate(firstRecall, { vault }));
  }
  const isQuick = (value: number): boolean => value <= 500;
  noteUsual("first_call.added_ms", median(added), "<= 500", isQuick);
  noteUsual("first_call.carried", carried / FRESH_PAGES, "= 1", (value) => value === 1);
  note(name("open.ready_ms"), median(opened));
  note(name("open.first_recall_ms"), median(recalled), "<= 500", isQuick);
  await page.evaluate(remove, { vault });
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function note(name: string, value: number, bar?: string, holds?: (value: number) => boolean): void {
  results[name] = Math.round(value * 1000) / 1000;
  if (bar && holds) bars.push({ name, bar, holds });
}

function print(): void {
  const lines = Object.entries(results).map(([name, value]) => {
    const bar = bars.find((one) => one.name === name);
    const verdict = bar ? `${bar.bar.padEnd(10)} ${bar.holds(value) ? "holds" : "MISSED"}` : "";
    return `${name.padEnd(40)} ${String(value).padStart(12)}   ${verdict}`;
  });
  process.stdout.write(
    `bench:overhead   vaults filled by ingest, ${LARGE_CALL} turns a call   load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")}\n${lines.join("\n")}\n`,
  );
}

// The functions below run in the page; they may use nothing from outside but their argument.

async function ingest({
  vault,
  turns,
  size,
  from,
}: {
  vault: string;
  turns: readonly BenchTurn[];
  size: number;
  from: number;
}): Promise<number> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault });
  await memory.ready();
  const started = performance.now();
  for (let at = 0; at < turns.length; at += size) {
    await memory.ingest(turns.slice(at, at + size), {
      scope: { thread: `bench-${size}-${from + at}` },
    });
  }
  const took = performance.now() - started;
  // The vault seals its tail when it is quiet.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await memory.close();
  return took;
}

async function prepareAll({ vault, texts }: { vault: string; texts: readonly string[] }): Promise<{
  times: number[];
  steps: Record<string, number[]>;
  indexBytes: number;
}> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault });
  await memory.ready();
  for (const text of texts.slice(0, 20)) await memory.prepare(text);
  const times: number[] = [];
  const steps: Record<string, number[]> = {};
  for (const text of texts) {
    const started = performance.now();
    const { timings } = await memory.prepare(text);
    times.push(performance.now() - started);
    for (const [step, took] of Object.entries(timings))
      if (step !== "totalMs") (steps[step] ??= []).push(took);
  }
  const indexBytes = (await memory.stats()).index.residentBytes;
  await memory.close();
  return { times, steps, indexBytes };
}

async function interleaved({
  vault,
  calls,
}: {
  vault: string;
  calls: readonly BenchCall[];
}): Promise<{ bare: number[]; memory: number[]; added: number[]; recalled: number }> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const memory = createMemory({ vault, mode: "read" });
  await memory.ready();
  const call = async (
    fetcher: typeof fetch,
    { path, body }: BenchCall,
  ): Promise<{ took: number; response: Response }> => {
    const started = performance.now();
    const response = await fetcher(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    await response.json();
    return { took: performance.now() - started, response };
  };
  for (const { path, body } of calls.slice(0, 10))
    await call(memory.fetch, { path, body: body.replace("Where did", "Warm up: where did") });
  const bare: number[] = [];
  const withMemory: number[] = [];
  const added: number[] = [];
  let recalled = 0;
  for (const one of calls) {
    bare.push((await call(fetch, one)).took);
    const { took, response } = await call(memory.fetch, one);
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

async function firstRecall({ vault }: { vault: string }): Promise<number> {
  const { createMemory } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  const started = performance.now();
  const memory = createMemory({ vault, mode: "read" });
  const { memories } = await memory.prepare("Where did I put the telescope in the harbour town?");
  const took = performance.now() - started;
  await memory.close();
  return memories.length > 0 ? took : Number.NaN;
}

async function remove({ vault }: { vault: string }): Promise<void> {
  const { deleteVault } = (await import("/sdk/index.js" as string)) as typeof Sdk;
  await deleteVault(vault);
}
