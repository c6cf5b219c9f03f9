import fc from "fast-check";
import { expect, test } from "vitest";
import type { MemoryRecord } from "../domain/memory-record.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { estimateTokens } from "../text/tokens.ts";
import type { TurnNode } from "../vault/vault.ts";
import { observeThread, type ObserveThreadDeps } from "./observe-thread.ts";
import { contextBefore, type ThreadContext } from "./thread-context.ts";
import { turnTokens } from "./thread-history.ts";
import type { ThreadPlace } from "./threads.ts";

const SCOPE = { user: "ann", thread: "t" };

/** One growing thread, as the vault shows it; what a vault does besides is tested with the real one. */
function growingThread() {
  const nodes: TurnNode[] = [];
  const rows = new Map<string, StoredRecord>();
  const meta = new Map<string, string>();
  const drawn: string[] = [];
  const put = (row: Partial<StoredRecord> & { readonly id: string }): StoredRecord => {
    const whole = { tags: [], sources: [], metadata: {}, scope: SCOPE, seq: rows.size, ...row };
    rows.set(row.id, whole as unknown as StoredRecord);
    return whole as unknown as StoredRecord;
  };
  const vault: ObserveThreadDeps["vault"] = {
    thread: async () => (nodes.length === 0 ? null : ({ leaf: nodes.at(-1)?.chain } as never)),
    threadNodes: async () => nodes,
    get: async (ids) => ids.map((id) => rows.get(id) ?? null),
    referring: async (ids) =>
      [...rows.values()].filter(({ sources }) => sources.some((id) => ids.includes(id))),
    meta: async (key) => meta.get(key) ?? null,
    setMeta: async (key, value) => void (value === null ? meta.delete(key) : meta.set(key, value)),
  };
  const deps: ObserveThreadDeps = {
    vault,
    pause: async () => undefined,
    // One like the other: what a fence costs in tokens decides how many lines fit beside it.
    randomId: () => "0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f",
    add: async (notes) =>
      notes.map((note, at) => put({ ...note, id: `o${rows.size}-${at}` } as never) as MemoryRecord),
  };
  return {
    rows,
    meta,
    drawn,
    say(text: string, isKept = true) {
      const depth = nodes.length;
      const role = depth % 2 === 0 ? "user" : "assistant";
      const id = `r${depth}`;
      if (isKept) put({ id, kind: "turn", text, role, origin: role, createdAt: depth * 1_000 });
      nodes.push({
        chain: `c${depth}`,
        threadId: "t",
        parent: depth === 0 ? null : `c${depth - 1}`,
        depth,
        role,
        turn: `h${depth}`,
        leaf: true,
        recordId: isKept ? id : null,
        writtenAt: depth,
      });
    },
    observe: (historyTokens: number, budgetTokens: number) =>
      observeThread(
        deps,
        "t",
        { historyTokens, budgetTokens },
        async (turns) => {
          drawn.push(...turns.map(({ id }) => id));
          return turns.map(({ id }) => ({ text: `About ${id}.`, priority: "high", sources: [id] }));
        },
        () => undefined,
      ),
    context(historyTokens: number, observationTokens: number): Promise<ThreadContext> {
      const parent = nodes.at(-1) ?? null;
      const place: ThreadPlace = {
        thread: "t",
        threadId: "t",
        row: null,
        parent,
        known: 0,
        branches: false,
      };
      const wish = { historyTokens, observationTokens, countTokens: undefined, now: 0 };
      return contextBefore(vault, place, wish);
    },
    /** Takes a turn and what was drawn from it. */
    forget(id: string) {
      rows.delete(id);
      for (const [key, { sources }] of rows) if (sources.includes(id)) rows.delete(key);
      const at = nodes.findIndex(({ recordId }) => recordId === id);
      nodes[at] = { ...nodes[at]!, recordId: null };
    },
  };
}

const words = (count: number): string => Array.from({ length: count }, () => "bean").join(" ");

test("turns are drawn from once, a turn stands as it was said or as an observation, and all keeps its budget", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(60), fc.boolean()), { minLength: 20, maxLength: 120 }),
      fc.integer({ min: 200, max: 1_000 }),
      fc.constantFrom(60, 200, 2_000),
      async (said, historyTokens, budgetTokens) => {
        const thread = growingThread();
        let block = "";
        let moves = 0;
        let told = 0;
        for (const [at, [length, isKept]] of said.entries()) {
          const turn = `${at} ${words(length)}`;
          thread.say(turn, isKept);
          told += turnTokens(turn);
          if (at % 2 === 0) continue;
          const { history, observations, tokens, memories } = await thread.context(
            historyTokens,
            400,
          );
          const sum = history.reduce((total, { text }) => total + turnTokens(text), 0);
          expect(sum).toBeLessThanOrEqual(historyTokens);
          expect(tokens).toBeLessThanOrEqual(400);
          expect(estimateTokens(observations)).toBeLessThanOrEqual(400);
          const shown = new Set(history.map(({ text }) => text.split(" ")[0]));
          for (const { id } of memories)
            for (const source of thread.rows.get(id)!.sources)
              expect(shown.has(source.slice(1)), source).toBe(false);
          if (observations !== block) moves += 1;
          block = observations;
          await thread.observe(historyTokens, budgetTokens);
        }
        expect(new Set(thread.drawn).size).toBe(thread.drawn.length);
        // From one cut to the next at least as much is said as a cut leaves free.
        expect(moves).toBeLessThanOrEqual(1 + told / (historyTokens * 0.3));
      },
    ),
    { numRuns: 60 },
  );
});

test("between two cuts the beginning stays byte for byte, and what is left begins with a user's turn", async () => {
  const thread = growingThread();
  const begins: string[] = [];
  for (let at = 0; at < 160; at += 1) {
    thread.say(`${at} ${words(12)}`);
    if (at % 2 === 0) continue;
    await thread.observe(600, Infinity);
    const { history, observations } = await thread.context(600, 300);
    if (observations === "") continue;
    expect(history[0]?.role).toBe("user");
    begins.push(`${observations}\n${history[0]?.text}`);
  }
  const different = new Set(begins);
  expect(begins.length).toBeGreaterThan(40);
  expect(different.size).toBeLessThan(begins.length / 4);
  // Once left, a beginning does not come back.
  const runs = begins.filter((one, at) => one !== begins[at - 1]);
  expect(runs).toHaveLength(different.size);
});

test("what was forgotten stands in no block, and the rest of it stays as it was", async () => {
  const thread = growingThread();
  for (let at = 0; at < 60; at += 1) thread.say(`${at} ${words(12)}`);
  await thread.observe(600, Infinity);
  const before = await thread.context(600, 300);
  const gone = thread.rows.get(before.memories[0]!.id)!.sources[0]!;
  thread.forget(gone);
  const { observations } = await thread.context(600, 300);
  expect(before.observations).toContain(`About ${gone}.`);
  expect(observations).not.toContain(`About ${gone}.`);
  const left = before.observations.split("\n").filter((line) => !line.includes(`About ${gone}.`));
  for (const line of left) expect(observations).toContain(line);
});

test("what another device has drawn already is not drawn again, and the thread is cut all the same", async () => {
  const thread = growingThread();
  for (let at = 0; at < 60; at += 1) thread.say(`${at} ${words(12)}`);
  await thread.observe(600, Infinity);
  const lines = thread.rows.size;
  const { observations } = await thread.context(600, 300);
  const asked = thread.drawn.length;
  // Records travel; how far this device had come does not.
  thread.meta.clear();
  expect((await thread.context(600, 300)).observations).toBe("");
  await thread.observe(600, Infinity);
  expect([thread.rows.size, thread.drawn.length]).toEqual([lines, asked]);
  expect((await thread.context(600, 300)).observations).toBe(observations);
});
