import { hashText } from "../text/hash.ts";
import type { TurnNode, Vault } from "../vault/vault.ts";

/**
 * How far a thread has been observed. Each device's own, as frozen profiles are: it decides which bytes this device's calls begin with.
 * Ids and hashes only, never a text.
 */
export interface ObservedThread {
  /** The last turn that lines were drawn from. */
  readonly drawn: ThreadMark | null;
  /** Up to here observations stand for the turns. Moves seldom, so that calls between two moves begin alike. */
  readonly cut: ThreadCut | null;
}

/** A node of the live branch; where that does not hold it, the branch was left and the mark counts for nothing. */
export interface ThreadMark {
  readonly chain: string;
  readonly depth: number;
}

export interface ThreadCut extends ThreadMark {
  readonly fenceId: string;
  /** Observations of the turns up to here, those first that are to stand where there is no room for all. */
  readonly ids: readonly string[];
}

const NOTHING: ObservedThread = { drawn: null, cut: null };

/** `path`: the nodes of the branch that is asked about, from the first turn on. */
export async function readObserved(
  vault: Pick<Vault, "meta">,
  threadId: string,
  path: readonly TurnNode[],
): Promise<ObservedThread> {
  const kept = await vault.meta(keyOf(threadId));
  if (kept === null) return NOTHING;
  const { drawn, cut } = JSON.parse(kept) as ObservedThread;
  const stands = (mark: ThreadMark | null): boolean =>
    mark !== null && path.some(({ chain }) => chain === mark.chain);
  return { drawn: stands(drawn) ? drawn : null, cut: stands(cut) ? cut : null };
}

/** What of a path comes after a mark on it; all of it after none. */
export function after(path: readonly TurnNode[], mark: ThreadMark | null): readonly TurnNode[] {
  return mark === null ? path : path.slice(path.findIndex(({ chain }) => chain === mark.chain) + 1);
}

export function keepObserved(
  vault: Pick<Vault, "setMeta">,
  threadId: string,
  observed: ObservedThread,
): Promise<void> {
  return vault.setMeta(keyOf(threadId), JSON.stringify(observed));
}

function keyOf(threadId: string): string {
  return `observed:${hashText(threadId)}`;
}
