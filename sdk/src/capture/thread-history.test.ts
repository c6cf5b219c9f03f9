import fc from "fast-check";
import { expect, test } from "vitest";
import { historyOf, nodesBefore } from "./thread-history.ts";
import type { Turn } from "../domain/chat.ts";
import type { StoredRecord } from "../domain/stored-record.ts";
import { measureTokens } from "../text/tokens.ts";
import type { ThreadPlace } from "./threads.ts";
import type { TurnNode, Vault } from "../vault/vault.ts";

interface Said {
  readonly text: string;
  /** Of what was forgotten or never kept only its place is left. */
  readonly isKept: boolean;
}

/** A vault with one thread of alternating turns. */
function threadOf(said: readonly Said[], known: number) {
  const nodes = said.map(({ isKept }, depth): TurnNode => ({
    chain: `c${depth}`,
    threadId: "t",
    parent: depth === 0 ? null : `c${depth - 1}`,
    depth,
    role: depth % 2 === 0 ? "user" : "assistant",
    turn: `h${depth}`,
    leaf: depth === said.length - 1,
    recordId: isKept ? String(depth) : null,
    writtenAt: depth,
  }));
  const vault: Pick<Vault, "threadNodes" | "get"> = {
    threadNodes: async () => nodes,
    get: async (ids) => ids.map((id) => ({ id, text: said[Number(id)]!.text }) as StoredRecord),
  };
  const place: ThreadPlace = {
    thread: "t",
    threadId: "t",
    row: null,
    parent: nodes.at(-1) ?? null,
    known,
    branches: false,
  };
  return { vault, place };
}

async function historyBefore(
  vault: Pick<Vault, "threadNodes" | "get">,
  place: ThreadPlace,
  budgetTokens: number,
): Promise<readonly Turn[]> {
  return historyOf(vault, await nodesBefore(vault, place), budgetTokens);
}

const turns = fc.array(fc.record({ text: fc.string({ minLength: 1 }), isKept: fc.boolean() }), {
  maxLength: 200,
});

test("the end of what was said, in order, within the budget, and nothing of what the call brings itself", async () => {
  await fc.assert(
    fc.asyncProperty(turns, fc.nat(20), fc.nat(500), async (said, known, budget) => {
      const { vault, place } = threadOf(said, Math.min(known, said.length));
      const history = await historyBefore(vault, place, budget);
      const earlier = said.slice(0, said.length - place.known);
      const kept = earlier
        .map(({ text, isKept }, depth) => ({
          text,
          isKept,
          role: depth % 2 ? "assistant" : "user",
        }))
        .filter(({ isKept }) => isKept)
        .map(({ text, role }) => ({ role, text }));
      expect(history).toEqual(history.length === 0 ? [] : kept.slice(-history.length));
      const tokens = history.reduce((sum, { text }) => sum + measureTokens(text), 0);
      expect(tokens).toBeLessThanOrEqual(budget);
      if (history.length < kept.length && history.length > 0) expect(history[0]!.role).toBe("user");
    }),
  );
});

test("all of it where it fits", async () => {
  const said = Array.from({ length: 150 }, (_, at) => ({ text: `turn ${at}`, isKept: true }));
  const { vault, place } = threadOf(said, 0);
  expect(await historyBefore(vault, place, 10_000)).toHaveLength(150);
});

test("a conversation that has outgrown the budget begins alike for some turns", async () => {
  const starts = new Set<string | undefined>();
  for (let length = 100; length < 108; length += 1) {
    const said = Array.from({ length }, (_, at) => ({ text: `turn ${at} words`, isKept: true }));
    const { vault, place } = threadOf(said, 0);
    starts.add((await historyBefore(vault, place, 300))[0]?.text);
  }
  expect(starts.size).toBeLessThanOrEqual(2);
});
