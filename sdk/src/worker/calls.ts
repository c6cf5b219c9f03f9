import type { Turn } from "../domain/chat.ts";
import { MemoryError } from "../domain/errors.ts";
import { exactIn, isolationKey, type Scope } from "../domain/scope.ts";
import type {
  CallHost,
  CallOutcome,
  CallPlan,
  CallReceipt,
  PlanRequest,
} from "../intercept/call-host.ts";
import type { RecallOutcome, RecallService } from "../recall/recall-service.ts";
import { hashText } from "../text/hash.ts";
import { normalizeText } from "../text/normalize.ts";
import type { ContextWish, ThreadContext } from "../capture/thread-context.ts";
import type { ThreadFinder, ThreadPlace } from "../capture/threads.ts";
import type { TurnStore } from "../capture/turn-store.ts";
import type { RecordMark } from "../vault/vault.ts";
import type { CountTokens } from "./host-api.ts";
import { createUnkeptTurns } from "./unkept-turns.ts";

/**
 * The host's side of the fetch path: one entry a call, from its plan to its end. `begin` and `settle` of one conversation run in
 * the order they were sent, and a later plan of the same conversation waits for them, so a retry finds the turn that its first try
 * has stored.
 */
export interface Calls extends CallHost {
  /** Resolves when nothing is being stored any more. */
  idle(): Promise<void>;
  /** Drops what is remembered of profiles of conversations that are not stored. */
  thaw(): void;
  isBusy(threadId: string): boolean;
}

export interface CallsDeps {
  readonly threads: ThreadFinder;
  readonly turns: TurnStore;
  readonly recall: RecallService;
  readonly now: () => number;
  readonly countTokens: () => CountTokens | undefined;
  readonly onStored: (ids: readonly string[]) => void;
  /** What stands in a thread before a call's own turns, for clients that do not send it. */
  readonly context: (
    place: Promise<ThreadPlace>,
    wish: Omit<ContextWish, "countTokens" | "now">,
  ) => Promise<ThreadContext>;
}

interface OpenCall {
  readonly request: PlanRequest;
  readonly root: string;
  place: ThreadPlace;
  readonly tail: readonly Turn[];
  /** What the thread is to remember as its profile; `null` once a forget has thawed it. */
  profile: string | null;
  /** Records of the tail, once stored. */
  ids: readonly string[];
  begun: boolean;
}

/** Profiles of conversations that are read but not stored are kept for this many of them. */
const LOOSE_PROFILES = 200;

export function createCalls(deps: CallsDeps): Calls {
  const open = new Map<string, OpenCall>();
  /** Calls that may store something: their conversation, and when their plan is through. */
  const plans = new Map<string, { readonly root: string; readonly done: Promise<unknown> }>();
  /** The last storing step of each conversation, by the hash of its first turn. */
  const queues = new Map<string, Promise<unknown>>();
  const looseProfiles = new Map<string, string>();
  const unkept = createUnkeptTurns();
  /** Counts up with every forget: a profile that was made before one is not kept after it. */
  let thaws = 0;

  return { plan, begin, settle, refuse, drop, idle, thaw, isBusy };

  function plan(request: PlanRequest): Promise<CallPlan> {
    const root = rootOf(request.turns, request.scope);
    const work = makePlan(request, root);
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    if (request.capture) plans.set(request.callId, { root, done });
    return work;
  }

  async function makePlan(request: PlanRequest, root: string): Promise<CallPlan> {
    // An answer that the call follows may just be being stored, as the end of a conversation that begins otherwise.
    await (request.follows === undefined ? queues.get(root) : Promise.all(queues.values()));
    const started = performance.now();
    const thawsBefore = thaws;
    const { follows } = request;
    // What is recalled out of some records only is not what other calls of the conversation have as their profile.
    const narrow = request.where !== undefined || request.exact !== undefined;
    const profileKey = narrow
      ? JSON.stringify([root, request.exact, request.scope.run, request.where])
      : root;
    const newOnly = request.historyTokens !== undefined;
    const finding = deps.threads.find(request.turns, request.scope, follows, newOnly);
    // A first message has no conversation to go by, so nothing is gained by waiting for the look-up.
    const early =
      request.turns.length === 1 && request.scope.thread === undefined && follows === undefined
        ? recallFor(request, undefined, looseProfiles.get(profileKey) ?? null)
        : null;
    early?.catch(() => undefined);
    const { historyTokens, observationTokens = 0 } = request;
    // Asked for before the place is found: the code that reads it may still be on its way.
    const context =
      historyTokens === undefined
        ? undefined
        : deps.context(finding, { historyTokens, observationTokens });
    context?.catch(() => undefined);
    const place = await finding;
    const threadMs = performance.now() - started;
    const frozen =
      (narrow ? undefined : place.row?.profile) ?? looseProfiles.get(profileKey) ?? null;
    const tail = request.turns.slice(place.known);
    const call: OpenCall = { request, root, place, tail, profile: null, ids: [], begun: false };
    // Before the recall: where that fails, the call is stored all the same.
    if (request.capture) open.set(request.callId, call);
    else unkept.add(root, request.turns);
    const found = performance.now();
    const before = await context;
    const historyMs = performance.now() - found;
    const outcome =
      early && place.row === null
        ? await early
        : await recallFor(request, place.threadId, frozen, before);
    const profile = outcome?.profile ?? "";
    if (thaws === thawsBefore) {
      if (request.recall && frozen === null && (narrow || !request.capture))
        rememberLoose(profileKey, profile);
      if (!narrow) call.profile = profile;
    }
    return {
      threadId: place.thread,
      profile,
      recall: outcome?.recall ?? "",
      tokens: (outcome?.tokens ?? 0) + (before?.tokens ?? 0),
      memories: [...(before?.memories ?? []), ...(outcome?.memories ?? [])],
      left: outcome?.left ?? [],
      steps: { thread: threadMs, ...(before ? { history: historyMs } : {}), ...outcome?.steps },
      ...(outcome?.skipped && !before?.tokens ? { skipped: outcome.skipped } : {}),
      tail: tail.filter((_, at) => request.unkept?.includes(place.known + at) !== true),
      ...(before ? { history: before.history, observations: before.observations } : {}),
    };
  }

  async function recallFor(
    request: PlanRequest,
    threadId: string | undefined,
    frozenProfile: string | null,
    before?: ThreadContext,
  ): Promise<RecallOutcome | null> {
    if (!request.recall) return null;
    const countTokens = deps.countTokens();
    return deps.recall.recall({
      turns: request.continuation ? [] : [...(before?.history ?? []), ...request.turns],
      ...(before ? { shown: before.memories.map(({ text }) => text) } : {}),
      scope: exactIn(request.scope, [
        ...(request.exactContainer === true ? (["container"] as const) : []),
        ...(request.exact ?? []),
      ]),
      ...(request.where === undefined ? {} : { where: request.where }),
      ...(threadId === undefined ? {} : { threadId }),
      strategy: request.continuation ? "profile" : request.strategy,
      budgetTokens: request.budgetTokens - (before?.tokens ?? 0),
      ...(request.limit === undefined ? {} : { limit: request.limit }),
      ...(request.minScore === undefined ? {} : { minScore: request.minScore }),
      now: deps.now(),
      frozenProfile,
      fenceId: request.fenceId,
      ...(countTokens ? { countTokens } : {}),
    });
  }

  async function begin(callId: string): Promise<readonly string[]> {
    return step(callId, async (call) => {
      await store(call);
      return call.ids;
    });
  }

  async function settle(callId: string, outcome: CallOutcome): Promise<CallReceipt> {
    const settled = step(callId, async (call) => {
      if (!call.begun) await store(call);
      open.delete(callId);
      const ids = [...call.ids, ...(await finish(call, outcome))];
      if (ids.length > 0) deps.onStored(ids);
      return { threadId: call.place.thread, ids };
    });
    try {
      return await settled;
    } finally {
      plans.delete(callId);
      open.delete(callId);
    }
  }

  async function refuse(callId: string, outcome: CallOutcome): Promise<void> {
    const refused = step(callId, async ({ request, place, tail }) => {
      await deps.turns.storeTurns({
        place,
        turns: [...tail, ...answerOf(outcome)],
        scope: request.scope,
        now: deps.now(),
        withheld: () => true,
      });
    });
    try {
      await refused;
    } finally {
      plans.delete(callId);
      open.delete(callId);
    }
  }

  async function drop(callId: string): Promise<void> {
    await plans.get(callId)?.done;
    plans.delete(callId);
    open.delete(callId);
  }

  /**
   * Runs one storing step after the call's plan and after the steps before it in the same conversation. It takes its place in the
   * queue at once, also while the plan still runs: a retry that follows on its heels has to find what it stores.
   */
  async function step<T>(callId: string, work: (call: OpenCall) => Promise<T>): Promise<T> {
    const planned = plans.get(callId);
    if (!planned) throw notPlanned();
    const { root } = planned;
    const run = Promise.all([planned.done, queues.get(root)]).then(() => {
      const call = open.get(callId);
      if (!call) throw notPlanned();
      return work(call);
    });
    const done = run.then(
      () => undefined,
      () => undefined,
    );
    queues.set(root, done);
    try {
      return await run;
    } finally {
      if (queues.get(root) === done) queues.delete(root);
    }
  }

  async function store(call: OpenCall): Promise<void> {
    const { request } = call;
    const now = deps.now();
    const stored = await deps.turns.storeTurns({
      place: call.place,
      turns: withMetadata(call.tail, request.metadata),
      scope: request.scope,
      now,
      ...(call.tail.at(-1)?.role === "user" ? { state: "pending" as const } : {}),
      thread: {
        ...(request.recall && call.profile !== null ? { profile: call.profile } : {}),
        open: { callId: request.callId, since: now },
      },
      marks: pendingMarks(call),
      withheld: withheldOf(call),
    });
    call.place = stored.place;
    call.ids = stored.rows.flatMap((row) => (row ? [row.id] : []));
    call.begun = true;
  }

  function withheldOf({ root, request, tail, place }: OpenCall): (index: number) => boolean {
    const unsaid = unkept.among(root, tail);
    const refused = new Set(request.unkept);
    return (index) => unsaid(index) || refused.has(place.known + index);
  }

  /** A retry finds its turn stored, as unanswered: it is pending again. */
  function pendingMarks(call: OpenCall): readonly RecordMark[] {
    const node = call.place.parent;
    return call.tail.length === 0 && node?.role === "user" && node.recordId !== null
      ? [{ id: node.recordId, state: "pending" }]
      : [];
  }

  async function finish(call: OpenCall, outcome: CallOutcome): Promise<readonly string[]> {
    const asked = call.place.parent;
    const askedId = asked?.role === "user" ? asked.recordId : null;
    const stored = await deps.turns.storeTurns({
      place: call.place,
      turns: withMetadata(answerOf(outcome), call.request.metadata),
      scope: call.request.scope,
      now: deps.now(),
      ...(outcome.kind === "answer" && !outcome.complete ? { state: "incomplete" as const } : {}),
      ...(outcome.kind === "answer" && outcome.id !== undefined ? { answerId: outcome.id } : {}),
      ...(call.request.keepAnswer === false ? { withheld: () => true } : {}),
      marks:
        askedId === null
          ? []
          : [{ id: askedId, state: outcome.kind === "failed" ? "unanswered" : "answered" }],
    });
    return stored.rows.flatMap((row) => (row ? [row.id] : []));
  }

  async function idle(): Promise<void> {
    while (queues.size > 0) await Promise.all(queues.values());
  }

  function thaw(): void {
    thaws += 1;
    looseProfiles.clear();
    for (const call of open.values()) call.profile = null;
  }

  function isBusy(threadId: string): boolean {
    for (const call of open.values())
      if (call.begun && call.place.threadId === threadId) return true;
    return false;
  }

  function rememberLoose(root: string, profile: string): void {
    if (looseProfiles.size >= LOOSE_PROFILES)
      looseProfiles.delete(looseProfiles.keys().next().value!);
    looseProfiles.set(root, profile);
  }
}

function answerOf(outcome: CallOutcome): readonly Turn[] {
  return outcome.kind === "answer" && outcome.text.trim() !== ""
    ? [{ role: "assistant", text: outcome.text }]
    : [];
}

function withMetadata(turns: readonly Turn[], metadata: PlanRequest["metadata"]): readonly Turn[] {
  if (metadata === undefined) return turns;
  return turns.map((turn) => ({ ...turn, metadata: { ...metadata, ...turn.metadata } }));
}

function notPlanned(): MemoryError {
  return new MemoryError(
    "capture/failed",
    "The call was not planned, so there is nothing to store. This happens when the vault failed during the call.",
  );
}

/**
 * What tells conversations apart before their thread is known: whose it is, and its name or how it starts. A named one may be sent
 * piece by piece, so that its calls need not start alike.
 */
function rootOf(turns: readonly Turn[], scope: Scope): string {
  const start =
    scope.thread === undefined ? `\n${normalizeText(turns[0]?.text ?? "")}` : scope.thread;
  return hashText(`${isolationKey(scope)}\n${start}`);
}
