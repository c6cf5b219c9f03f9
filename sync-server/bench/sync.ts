import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Cursor, PullPage } from "@alcove/sdk/wire";
import { readConfig } from "../src/config.ts";
import {
  createTenant,
  startTestServer,
  UNSET,
  type TestServer,
} from "../src/testing/test-server.ts";
import { createWriter, good } from "../src/testing/test-client.ts";
import { openBenchPage } from "../../sdk/bench/bench-page.ts";
import { conversations, type BenchTurn } from "../../sdk/bench/overhead-data.ts";
import { writeReport } from "../../sdk/bench/report.ts";
import type * as Sdk from "../../sdk/src/index.ts";

/**
 * `npm run bench:sync -- [--records 100000] [--json FILE]`: what sync takes, against the real server on the loopback with a SQLite
 * file.
 *
 * Method: `server.*` is the server alone: sealed batches of 500 records of 1 KB that were made before are sent one after the other, and
 * read page by page. The rest is two devices in a Chromium (two profiles): one shares a vault that holds the records (sealing, sending
 * and reading its own state included), the other joins it by its phrase and is timed until it holds them all and can search. From
 * 5,000 records on it begins with the snapshot that the first device makes when it is left alone: `snapshot.made_s` is how long that took,
 * `bootstrap.from_snapshot` how many of the records came of it.
 */
const { values } = parseArgs({
  options: { records: { type: "string", default: "100000" }, json: { type: "string" } },
});
const records = Number(values.records);
if (!Number.isInteger(records) || records < 100) {
  process.stderr.write(`--records takes a whole number from 100 (got "${values.records}").\n`);
  process.exit(1);
}

/** Records that go to the server without a device around them. */
const PLAIN_RECORDS = 20_000;
const BATCH = 500;
const RECORD_BYTES = 900;
const LARGE_CALL = 2_000;
const LIVE_ROUNDS = 40;
/** Somebody who goes on and on: a server takes 60 pushes a minute. */
const LIVE_PAUSE_MS = 1_100;
/** A vault of more gets a snapshot, once the device that has it is left alone. */
const SNAPSHOT_ROWS = 5_000;
const MOST_WAIT_MS = 600_000;

interface Bar {
  readonly name: string;
  readonly says: string;
  readonly holds: (value: number) => boolean;
}

const BARS: readonly Bar[] = [
  { name: "push.records_per_s", says: ">= 3000", holds: (value) => value >= 3_000 },
  { name: "pull.records_per_s", says: ">= 10000", holds: (value) => value >= 10_000 },
  { name: "bootstrap.s", says: "<= 15", holds: (value) => value <= 15 },
  { name: "live.p95_ms", says: "<= 300", holds: (value) => value <= 300 },
];

const results: Record<string, number> = {};
// The limits of a server that nobody set. Only more records than a vault may hold need more room.
const { vaultBytes, vaultEntries, snapshotBytes, uploadBytesPerHour } = readConfig({});
const room = Math.max(1, Math.ceil((2 * records) / vaultEntries));
const server = await startTestServer(
  {
    ...UNSET,
    vaultBytes: room * vaultBytes,
    vaultEntries: room * vaultEntries,
    snapshotBytes: room * snapshotBytes,
    uploadBytesPerHour: room * uploadBytesPerHour,
  },
  { now: Date.now },
);
const bench = await openBenchPage();
try {
  await measureServer(server);
  await measureDevices(server.url);
} finally {
  await bench.close();
  await server.stop();
}
const lines = Object.entries(results).map(([name, value]) => {
  const bar = BARS.find(
    (one) => one.name === name && (name !== "bootstrap.s" || records === 100_000),
  );
  const verdict = bar ? `${bar.says.padEnd(10)} ${bar.holds(value) ? "holds" : "MISSED"}` : "";
  return `${name.padEnd(28)} ${String(value).padStart(12)}   ${verdict}`;
});
process.stdout.write(
  `bench:sync   ${records} records   SQLite   load ${loadavg()
    .map((load) => load.toFixed(2))
    .join(" ")}\n${lines.join("\n")}\n`,
);
if (values.json)
  writeReport(values.json, {
    bench: "sync",
    results,
    detail: { records, bars: BARS.map(({ name, says }) => ({ name, bar: says })) },
    browser: `Chromium ${bench.browser.version()}`,
  });

async function measureServer(on: TestServer): Promise<void> {
  const { owner, token, vaultId } = await createTenant(on);
  const writer = createWriter(owner);
  const bodies: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < PLAIN_RECORDS; at += BATCH)
    bodies.push(
      await writer.next(
        Array.from({ length: BATCH }, () => ({ content: new Uint8Array(RECORD_BYTES).fill(7) })),
      ),
    );
  let started = performance.now();
  for (const body of bodies) await good(on.call("sync.push", body, token));
  note("push.records_per_s", PLAIN_RECORDS / ((performance.now() - started) / 1000));
  started = performance.now();
  let read = 0;
  for (let cursor: Cursor | null = null, more = true; more;) {
    const page: PullPage = await good(
      on.call("sync.pull", { vaultId, limitBytes: 2 ** 20, cursor }, token),
    );
    read += page.entries.length;
    cursor = page.next;
    more = page.more;
  }
  if (read !== PLAIN_RECORDS)
    throw new Error(`The server gave ${read} of ${PLAIN_RECORDS} records.`);
  note("pull.records_per_s", read / ((performance.now() - started) / 1000));
}

async function measureDevices(url: string): Promise<void> {
  const turns = conversations(records).flat();
  for (let at = 0; at < records; at += 10_000) {
    await bench.page.evaluate(fill, { turns: turns.slice(at, at + 10_000), size: LARGE_CALL });
    process.stderr.write(`filled ${Math.min(records, at + 10_000)}\n`);
  }
  const shared = await bench.page.evaluate(share, url);
  note("device.share_records_per_s", records / (shared.ms / 1000));
  process.stderr.write("shared\n");
  if (records > SNAPSHOT_ROWS) note("snapshot.made_s", await snapshotMade());
  const other = await bench.browser.newContext();
  const page = await other.newPage();
  page.setDefaultTimeout(0);
  await page.goto(bench.origin);
  const joined = await page.evaluate(join, { url, phrase: shared.phrase, records });
  note("bootstrap.s", joined.ms / 1000);
  note("bootstrap.records", joined.records);
  note("bootstrap.from_snapshot", joined.fromSnapshot);
  const times = await arrivals(page);
  note("live.p50_ms", quantile(times, 0.5));
  note("live.p95_ms", quantile(times, 0.95));
  await other.close();
}

/** Until the device that was left alone has published one, the wait before it begins included. */
async function snapshotMade(): Promise<number> {
  const started = performance.now();
  while (!server.lines.some((line) => line.includes('"call","path":"snapshot.publish"'))) {
    if (performance.now() - started > MOST_WAIT_MS) throw new Error("No snapshot was made.");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  process.stderr.write("snapshot made\n");
  return (performance.now() - started) / 1000;
}

/** From the answer of `add` on one device to the `changed` event on the other, of somebody who says something every second or so. */
async function arrivals(page: typeof bench.page): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < LIVE_ROUNDS; round += 1) {
    const heard = page.evaluate(hear);
    await page.waitForTimeout(LIVE_PAUSE_MS);
    const said = await bench.page.evaluate(say, round);
    times.push((await heard) - said);
  }
  return times.toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], of: number): number {
  return sorted[Math.ceil(of * sorted.length) - 1] ?? Number.NaN;
}

function note(name: string, value: number): void {
  results[name] = Math.round(value * 100) / 100;
}

// The functions below run in the page; they may use nothing from outside but their argument.

interface Held {
  memory?: Sdk.Memory;
}

async function fill({
  turns,
  size,
}: {
  readonly turns: readonly BenchTurn[];
  readonly size: number;
}): Promise<void> {
  const held = globalThis as unknown as Held;
  const name = "/sdk/index.js";
  const { createMemory } = (await import(name)) as typeof Sdk;
  held.memory ??= createMemory({ vault: "bench-sync" });
  for (let at = 0; at < turns.length; at += size)
    await held.memory.ingest(turns.slice(at, at + size));
}

async function share(url: string): Promise<{ readonly ms: number; readonly phrase: string }> {
  const { memory } = globalThis as unknown as Required<Held>;
  const { phrase, confirm } = await memory.sync.create({ url });
  const started = performance.now();
  await confirm("waived");
  await memory.sync.now();
  return { ms: performance.now() - started, phrase };
}

async function join({
  url,
  phrase,
  records: wanted,
}: {
  readonly url: string;
  readonly phrase: string;
  readonly records: number;
}): Promise<{ readonly ms: number; readonly records: number; readonly fromSnapshot: number }> {
  const held = globalThis as unknown as Held;
  const name = "/sdk/index.js";
  const { createMemory } = (await import(name)) as typeof Sdk;
  const memory = createMemory({ vault: "bench-sync" });
  held.memory = memory;
  await memory.ready();
  let fromSnapshot = 0;
  memory.on("sync", ({ progress }) => {
    if (progress?.phase === "fetching" && progress.total !== null) fromSnapshot = progress.done;
  });
  const started = performance.now();
  await memory.sync.join({ url, phrase });
  await memory.sync.now();
  const { records: there } = await memory.stats();
  if (there < wanted) throw new Error(`The new device holds ${there} of ${wanted} records.`);
  await memory.search("garden");
  return { ms: performance.now() - started, records: there, fromSnapshot };
}

function hear(): Promise<number> {
  const { memory } = globalThis as unknown as Required<Held>;
  return new Promise((resolve) => {
    const stop = memory.on("changed", () => {
      stop();
      resolve(Date.now());
    });
  });
}

async function say(round: number): Promise<number> {
  const { memory } = globalThis as unknown as Required<Held>;
  await memory.add({ text: `Something new, number ${round}.` });
  return Date.now();
}
