import type { Turn } from "../domain/chat.ts";
import { measureTokens } from "../text/tokens.ts";
import { pathTo, type ThreadPlace } from "./threads.ts";
import type { TurnNode, Vault } from "../vault/vault.ts";

/** Rows that are read at a time, from the end on; each time twice as many, since a long history waits for few reads rather than many. */
const FIRST_PAGE = 64;
/**
 * What does not fit the budget goes in steps of this many turns, so that a conversation that has outgrown it begins the same way
 * for some calls, as the provider's cache needs it.
 */
const STEP = 8;

/** The nodes of a thread before a call's own turns, oldest first. What the call brings again itself is not among them. */
export async function nodesBefore(
  vault: Pick<Vault, "threadNodes">,
  { parent, threadId, known, path: found }: ThreadPlace,
): Promise<readonly TurnNode[]> {
  if (parent === null || parent.depth + 1 <= known) return [];
  const path =
    found?.at(-1)?.chain === parent.chain
      ? found
      : pathTo(
          new Map((await vault.threadNodes(threadId)).map((node) => [node.chain, node])),
          parent.chain,
        );
  return path.slice(0, path.length - known);
}

/**
 * What was said at these nodes, oldest first, as much of its end as fits the budget. Turns that were forgotten or never kept are left
 * out.
 */
export async function historyOf(
  vault: Pick<Vault, "get">,
  earlier: readonly TurnNode[],
  budgetTokens: number,
): Promise<readonly Turn[]> {
  const turns: { readonly turn: Turn; readonly depth: number }[] = [];
  let left = budgetTokens;
  let end = earlier.length;
  for (let size = FIRST_PAGE; end > 0 && left > 0; size *= 2) {
    const page = earlier.slice(Math.max(0, end - size), end);
    const ids = page.flatMap(({ recordId }) => recordId ?? []);
    const rows = new Map((await vault.get(ids)).flatMap((row) => (row ? [[row.id, row]] : [])));
    for (const { recordId, role, depth } of page.toReversed()) {
      const row = recordId === null ? undefined : rows.get(recordId);
      if (row === undefined) continue;
      left -= turnTokens(row.text);
      if (left < 0) break;
      const { text, name } = row;
      turns.push({ depth, turn: { role, text, ...(name === undefined ? {} : { name }) } });
    }
    end -= page.length;
  }
  const fits = turns.toReversed();
  if (left >= 0) return fits.map(({ turn }) => turn);
  const first = Math.ceil((fits[0]?.depth ?? 0) / STEP) * STEP;
  const whole = fits.findIndex(({ turn, depth }) => depth >= first && turn.role === "user");
  return whole < 0 ? [] : fits.slice(whole).map(({ turn }) => turn);
}

/** What a turn costs as a message of its own. */
export function turnTokens(text: string): number {
  return measureTokens(text) + 4;
}
