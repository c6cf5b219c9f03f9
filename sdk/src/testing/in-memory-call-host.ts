import type { CallHost, CallOutcome, CallPlan, PlanRequest } from "../intercept/call-host.ts";
import type { Turn } from "../domain/chat.ts";

/**
 * A call host without a vault: it keeps conversations as lists of turns and recalls what a test tells it to. For tests that need the
 * host's side of one call to be slow, broken or counted; what a vault does is tested with the real host.
 */
export interface InMemoryCallHost extends CallHost {
  /** What was asked, in order. */
  readonly plans: PlanRequest[];
  readonly log: string[];
  /** Stored conversations. */
  readonly threads: Turn[][];
  readonly outcomes: CallOutcome[];
}

export interface InMemoryCallHostOptions {
  readonly profile?: string;
  /** Gets the fence id, so that a second recall of one turn cannot pass for the first. */
  readonly recall?: (request: PlanRequest) => string;
  readonly beforePlan?: () => Promise<void>;
  readonly beforeBegin?: () => Promise<void>;
  readonly beforeSettle?: () => Promise<void>;
}

export function createInMemoryCallHost(options: InMemoryCallHostOptions = {}): InMemoryCallHost {
  const plans: PlanRequest[] = [];
  const log: string[] = [];
  const threads: Turn[][] = [];
  const outcomes: CallOutcome[] = [];
  const threadOf = new Map<string, Turn[]>();
  const requests = new Map<string, PlanRequest>();

  return {
    plans,
    log,
    threads,
    outcomes,
    async plan(request) {
      log.push(`plan ${request.recall ? "recall" : "-"} ${request.capture ? "capture" : "-"}`);
      plans.push(request);
      if (request.capture) requests.set(request.callId, request);
      await options.beforePlan?.();
      const thread = continued(threads, request.turns);
      const wants = request.recall && !request.continuation;
      const recall = wants ? (options.recall?.(request) ?? "") : "";
      const plan: CallPlan = {
        threadId: `t${thread === undefined ? threads.length : threads.indexOf(thread)}`,
        profile: request.recall ? (options.profile ?? "") : "",
        recall,
        tokens: recall.length,
        memories: [],
        left: [],
        steps: {},
        tail: request.turns.slice(thread?.length ?? 0),
      };
      return plan;
    },
    async begin(callId) {
      log.push("begin");
      await options.beforeBegin?.();
      const turns = requests.get(callId)?.turns ?? [];
      const thread = continued(threads, turns) ?? threads[threads.push([]) - 1] ?? [];
      thread.push(...turns.slice(thread.length));
      threadOf.set(callId, thread);
      return thread.map((_, at) => `r${at}`);
    },
    async settle(callId, outcome) {
      log.push(
        `settle ${outcome.kind}${outcome.kind === "answer" && !outcome.complete ? " incomplete" : ""}`,
      );
      outcomes.push(outcome);
      await options.beforeSettle?.();
      const thread = threadOf.get(callId) ?? [];
      if (outcome.kind === "answer" && outcome.text !== "")
        thread.push({ role: "assistant", text: outcome.text });
      return { threadId: `t${threads.indexOf(thread)}`, ids: thread.map((_, at) => `r${at}`) };
    },
    async refuse(callId) {
      log.push("refuse");
      requests.delete(callId);
    },
    async drop(callId) {
      log.push("drop");
      requests.delete(callId);
    },
  };
}

function continued(threads: readonly Turn[][], turns: readonly Turn[]): Turn[] | undefined {
  return threads
    .filter(
      (thread) =>
        thread.length <= turns.length &&
        thread.every((turn, at) => turn.role === turns[at]?.role && turn.text === turns[at]?.text),
    )
    .toSorted((a, b) => b.length - a.length)[0];
}
