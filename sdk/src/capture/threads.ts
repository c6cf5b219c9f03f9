import type { Turn } from "../domain/chat.ts";
import { isolationKey, type Scope } from "../domain/scope.ts";
import { hashText } from "../text/hash.ts";
import { normalizeText } from "../text/normalize.ts";
import type { ThreadRow, TurnNode, Vault } from "../vault/vault.ts";

/**
 * Finds the conversation that a call continues (DESIGN section 4, Threads).
 *
 * A conversation is a tree of turns. Each node carries the hash of all that was said up to it (`chain`), so "a stored branch's
 * turns are all a prefix of the call's messages" is one look-up, whatever the length.
 */
export interface ThreadPlace {
  /** The public thread id. */
  readonly thread: string;
  /** The vault's key of the thread: the public id, kept apart by what the scope isolates by. */
  readonly threadId: string;
  readonly row: ThreadRow | null;
  /** The node after which the call's new turns stand; `null` at the start of a new thread. */
  readonly parent: TurnNode | null;
  /** How many of the call's turns are stored already. */
  readonly known: number;
  /** True where the place is not the end of the live branch: what follows there is left behind. */
  readonly branches: boolean;
  /** From the first turn to the place as it was found, where the look-up had to read the whole thread. */
  readonly path?: readonly TurnNode[];
}

export interface ThreadFinder {
  /** `follows`: the provider's id of the answer after which `turns` stand, where it keeps the conversation itself. `newOnly`: the client may send its new turns only. */
  find(
    turns: readonly Turn[],
    scope: Scope,
    follows?: string,
    newOnly?: boolean,
  ): Promise<ThreadPlace>;
  /** The nodes for `turns` that follow `parent`, in order. */
  grow(
    place: ThreadPlace,
    turns: readonly Turn[],
    scope: Scope,
    recordIds: readonly (string | null)[],
    now: number,
    answerId?: string,
  ): readonly TurnNode[];
  /** The node that a later call may follow by the provider's id of an answer that said nothing: it called tools only. */
  named(node: TurnNode, scope: Scope, answerId: string): TurnNode;
}

export interface ThreadFinderDeps {
  readonly vault: Pick<Vault, "nodes" | "nodesOfAnswer" | "thread" | "threadNodes">;
  readonly now: () => number;
  readonly randomId: () => string;
  /** Threads with a call of this page that is not settled yet: their last user turn is not free to be continued. */
  readonly isBusy: (threadId: string) => boolean;
}

/** A call that has been open for longer was cut off (closed tab, killed worker); its turn may be continued. */
const OPEN_CALL_MS = 10 * 60_000;
/** Most calls continue at their last or last but one turn: these are looked up first. */
const FIRST_LOOK = 4;
/** An unmarked history must share this many turns with the end of a named thread to be taken as its continuation. */
const MIN_OVERLAP = 2;

export function createThreadFinder(deps: ThreadFinderDeps): ThreadFinder {
  return {
    find,
    grow,
    named: (node, scope, answerId) => ({ ...node, answer: answerHash(scope, answerId) }),
  };

  async function find(
    turns: readonly Turn[],
    scope: Scope,
    follows?: string,
    newOnly = false,
  ): Promise<ThreadPlace> {
    const followed = follows === undefined ? null : await findAfter(follows, turns, scope);
    if (followed !== null) return followed;
    const chains = chainsOf(turns, scope);
    const named = scope.thread;
    if (named !== undefined) return findNamed(turns, chains, scope, named, newOnly);
    const place = await findByContent(chains);
    if (place) return place;
    const thread = deps.randomId();
    return {
      thread,
      threadId: threadKey(scope, thread),
      row: null,
      parent: null,
      known: 0,
      branches: false,
    };
  }

  async function findByContent(chains: readonly string[]): Promise<ThreadPlace | null> {
    const near = await freeNodes(chains.slice(-FIRST_LOOK));
    const deepest = deepestOf(near, chains);
    if (deepest?.some((node) => node.leaf))
      return placeAt(newest(deepest.filter((node) => node.leaf)), chains);

    const all = chains.length <= FIRST_LOOK ? near : await freeNodes(chains);
    const leaves = deepestOf(
      all.filter((node) => node.leaf),
      chains,
    );
    if (leaves) return placeAt(newest(leaves), chains);
    const firstAnswer = all
      .filter((node) => node.role === "assistant")
      .reduce((depth, node) => Math.min(depth, node.depth), Infinity);
    const shared = deepestOf(
      all.filter((node) => node.depth >= firstAnswer),
      chains,
    );
    return shared ? placeAt(newest(shared), chains) : null;
  }

  /** The place after a provider's answer. A retry finds its own turns there already. */
  async function findAfter(
    answerId: string,
    turns: readonly Turn[],
    scope: Scope,
  ): Promise<ThreadPlace | null> {
    const [node] = await deps.vault.nodesOfAnswer(answerHash(scope, answerId));
    const row = node ? await deps.vault.thread(node.threadId) : null;
    if (!node || !row) return null;
    const chains = chainsOf(turns, scope, node.chain);
    const stored = (await deps.vault.nodes(chains)).filter(
      ({ threadId }) => threadId === node.threadId,
    );
    const parent = deepestOf(stored, chains)?.[0] ?? node;
    return {
      thread: publicThread(node.threadId),
      threadId: node.threadId,
      row,
      parent,
      known: chains.lastIndexOf(parent.chain) + 1,
      branches: row.leaf !== parent.chain,
    };
  }

  /** Nodes with these chains, less the unanswered ends of calls that are still under way. */
  async function freeNodes(chains: readonly string[]): Promise<readonly TurnNode[]> {
    if (chains.length === 0) return [];
    const nodes = await deps.vault.nodes(chains);
    const free: TurnNode[] = [];
    for (const node of nodes) {
      if (node.leaf && node.role === "user" && (await isOpen(node.threadId))) continue;
      free.push(node);
    }
    return free;
  }

  async function isOpen(threadId: string): Promise<boolean> {
    if (deps.isBusy(threadId)) return true;
    const row = await deps.vault.thread(threadId);
    return row?.open !== undefined && deps.now() - row.open.since < OPEN_CALL_MS;
  }

  async function placeAt(node: TurnNode, chains: readonly string[]): Promise<ThreadPlace | null> {
    const row = await deps.vault.thread(node.threadId);
    if (!row) return null;
    return {
      thread: publicThread(node.threadId),
      threadId: node.threadId,
      row,
      parent: node,
      known: chains.lastIndexOf(node.chain) + 1,
      branches: row.leaf !== node.chain,
    };
  }

  async function findNamed(
    turns: readonly Turn[],
    chains: readonly string[],
    scope: Scope,
    thread: string,
    newOnly: boolean,
  ): Promise<ThreadPlace> {
    const threadId = threadKey(scope, thread);
    const row = await deps.vault.thread(threadId);
    if (!row) return { thread, threadId, row: null, parent: null, known: 0, branches: false };
    const nodes = await deps.vault.threadNodes(threadId);
    const byChain = new Map(nodes.map((node) => [node.chain, node]));
    for (let known = chains.length; known > 0; known -= 1) {
      const node = byChain.get(chains[known - 1]!);
      // One turn alone that was answered long ago is not said again, where clients send their new turns only: it is said anew.
      if (node && (node.leaf || chains.length > 1 || !newOnly))
        return { thread, threadId, row, parent: node, known, branches: row.leaf !== node.chain };
    }
    const path = pathTo(byChain, row.leaf);
    const parent = path.at(-1) ?? null;
    return { thread, threadId, row, parent, known: overlap(path, turns), branches: false, path };
  }

  function grow(
    place: ThreadPlace,
    turns: readonly Turn[],
    scope: Scope,
    recordIds: readonly (string | null)[],
    now: number,
    answerId?: string,
  ): readonly TurnNode[] {
    let chain = place.parent?.chain ?? seedOf(scope);
    let depth = (place.parent?.depth ?? -1) + 1;
    return turns.map((turn, i) => {
      const hash = turnHash(turn);
      const parent = i === 0 ? (place.parent?.chain ?? null) : chain;
      chain = linkOf(chain, hash);
      const node: TurnNode = {
        chain,
        threadId: place.threadId,
        parent,
        depth,
        role: turn.role,
        turn: hash,
        leaf: i === turns.length - 1,
        recordId: recordIds[i] ?? null,
        ...(answerId !== undefined && turn.role === "assistant"
          ? { answer: answerHash(scope, answerId) }
          : {}),
        writtenAt: now,
      };
      depth += 1;
      return node;
    });
  }
}

/** The vault's key of a thread. Two users' threads of one name are two threads. */
export function threadKey(scope: Scope, thread: string): string {
  return `${hashText(isolationKey(scope))}:${thread}`;
}

/** The public id in a thread's key. */
export function publicThread(threadId: string): string {
  return threadId.slice(threadId.indexOf(":") + 1);
}

/** Nodes from the first turn to the one with this chain. */
export function pathTo(byChain: ReadonlyMap<string, TurnNode>, leaf: string): readonly TurnNode[] {
  const path: TurnNode[] = [];
  let node = byChain.get(leaf);
  while (node) {
    path.push(node);
    node = node.parent === null ? undefined : byChain.get(node.parent);
  }
  return path.toReversed();
}

function chainsOf(turns: readonly Turn[], scope: Scope, after = seedOf(scope)): string[] {
  let chain = after;
  return turns.map((turn) => (chain = linkOf(chain, turnHash(turn))));
}

/** Providers' ids are kept as hashes, apart for what the scope isolates by: another user's call that names one finds nothing. */
function answerHash(scope: Scope, answerId: string): string {
  return hashText(`${isolationKey(scope)}\nanswer\n${answerId}`);
}

function seedOf(scope: Scope): string {
  return hashText(isolationKey(scope));
}

function linkOf(chain: string, turn: string): string {
  return hashText(`${chain}\n${turn}`);
}

function turnHash(turn: Turn): string {
  return hashText(`${turn.role}\n${normalizeText(turn.text)}`);
}

function deepestOf(
  nodes: readonly TurnNode[],
  chains: readonly string[],
): readonly TurnNode[] | null {
  for (let i = chains.length - 1; i >= 0; i -= 1) {
    const here = nodes.filter((node) => node.chain === chains[i]);
    if (here.length > 0) return here;
  }
  return null;
}

function newest(nodes: readonly TurnNode[]): TurnNode {
  return nodes.reduce((best, node) => (node.writtenAt > best.writtenAt ? node : best));
}

/** How many of the call's first turns are the last turns of the path (a history whose beginning the app has cut off). */
function overlap(path: readonly TurnNode[], turns: readonly Turn[]): number {
  const hashes = turns.map(turnHash);
  for (let length = Math.min(path.length, hashes.length); length >= MIN_OVERLAP; length -= 1) {
    const tail = path.slice(-length);
    if (tail.every((node, i) => node.turn === hashes[i])) return length;
  }
  // A client that sends its new turns only repeats what has no answer yet: a retry, a step of a tool loop.
  const last = path.at(-1);
  return last?.role === "user" && last.turn === hashes[0] ? 1 : 0;
}
