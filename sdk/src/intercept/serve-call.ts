import { type Answer, type AnswerFormat, createAnswerWatcher } from "./answer-watcher.ts";
import type { CallCache, RememberedTurn, TurnMemory } from "./call-cache.ts";
import type { CallHost, CallPlan, PlanRequest } from "./call-host.ts";
import { isReadable, markResponse } from "./marked-response.ts";
import { isolationKey, type Scope } from "../domain/scope.ts";
import type { Turn } from "../domain/chat.ts";
import { noMemory, orAbort, recallTurn } from "./recall-turn.ts";
import type { CallCapture, CaptureDesk } from "./capture-desk.ts";
import type { FetchSettings } from "./fetch-settings.ts";
import type { Mode } from "../domain/mode.ts";
import type { ProviderAdapter, ProviderCall } from "../providers/provider-adapter.ts";
import { MemoryError } from "../domain/errors.ts";
import type { MemoryEvents } from "../domain/events.ts";
import type { OutgoingRequest } from "./read-request.ts";
import type { SkipReason } from "../domain/recall.ts";
import { TRACE_HEADER, type TraceBook } from "./trace-book.ts";
import type { Trace } from "../domain/trace.ts";
import { watchBody } from "./answer-body.ts";

export interface ServeDeps {
  readonly host: () => CallHost | Promise<CallHost>;
  readonly isReady: () => boolean;
  readonly realFetch: () => typeof globalThis.fetch;
  readonly now: () => number;
  readonly randomId: () => string;
  readonly emit: <E extends keyof MemoryEvents>(event: E, payload: MemoryEvents[E]) => void;
  readonly traces: TraceBook;
  readonly cache: CallCache;
  readonly desk: CaptureDesk;
  /** Answers that still run. */
  readonly running: Set<{ settleNow(): void }>;
}

export interface ServedCall {
  readonly outgoing: OutgoingRequest;
  readonly url: URL;
  readonly adapter: ProviderAdapter;
  readonly settings: FetchSettings;
  readonly mode: Mode;
  readonly scope: Scope;
  readonly budgetTokens: number;
  /** `performance.now()` when the app called. */
  readonly startedAt: number;
  readonly deadlineMs: number;
  readonly body: { readonly value: unknown; readonly text: string };
  readonly call: ProviderCall;
  /** What a gateway's dialect asks for besides. */
  readonly wishes?: CallWishes;
}

export interface CallWishes {
  readonly plan: Pick<
    PlanRequest,
    | "exactContainer"
    | "exact"
    | "where"
    | "metadata"
    | "unkept"
    | "keepAnswer"
    | "historyTokens"
    | "observationTokens"
  >;
  /** The call with earlier turns in front of its own, and what stands for those before; `null` where they cannot be put there. */
  withHistory(turns: readonly Turn[], observations: string): ProviderCall | null;
  /** What the call said is stored. */
  onStored?(): void;
}

/** A call that goes without memory and is not read: the response only says so. */
export async function serveUnread(
  deps: ServeDeps,
  call: Pick<ServedCall, "outgoing" | "url" | "adapter" | "scope" | "startedAt">,
  reason: SkipReason,
  error?: MemoryError,
): Promise<Response> {
  const traceId = deps.randomId();
  const memory = noMemory(reason, error);
  const trace = traceOf(deps, traceId, call, memory, null);
  deps.traces.put(trace);
  deps.emit("skipped", { traceId, reason, ...(error === undefined ? {} : { error }) });
  const response = await call.outgoing.sendOwn(deps.realFetch());
  return answerTo(deps, response, response.body, trace);
}

/** One chat call: recall, the request, the answer, what is kept of it. Rejects only with what `fetch` rejects with. */
export async function serveCall(deps: ServeDeps, served: ServedCall): Promise<Response> {
  const { outgoing, call } = served;
  const traceId = deps.randomId();
  const turn = planOrGoWithout(deps, served, traceId);

  let memory: TurnMemory;
  try {
    memory = await orAbort(turn.memory, outgoing.signal);
  } catch (reason) {
    turn.capture?.abandon();
    throw reason;
  }
  const augmented = augment(served, memory);
  if (augmented.fault !== null) memory = noMemory("error", augmented.fault);

  const trace = traceOf(deps, traceId, served, memory, augmented.text);
  deps.traces.put(trace);
  if (turn.takeFirst()) tellOutcome(deps, trace, memory, augmented.text !== null);
  turn.capture?.leave();

  let response: Response;
  try {
    response = await send(deps, served, augmented.text, () => {
      const error = new MemoryError(
        "recall/failed",
        "The host redirected the call; memory is not sent to where a redirect leads. Use the final URL as base URL.",
      );
      memory = noMemory("error", error);
      if (turn.key !== null) deps.cache.silence(turn.key, memory);
      deps.traces.update(traceId, (old) => ({
        ...old,
        ...traceOf(deps, traceId, served, memory, null),
        captured: old.captured,
      }));
      deps.emit("skipped", { traceId, reason: "error", error });
    });
  } catch (error) {
    turn.capture?.end({ kind: "failed" });
    throw error;
  }

  const finalTrace = deps.traces.trace(traceId) ?? trace;
  if (!response.ok || !isReadable(response)) {
    turn.capture?.end({ kind: "failed" });
    return answerTo(deps, response, response.body, finalTrace);
  }
  const watcher = createAnswerWatcher(
    call.createAnswerReader(),
    formatOf(response, call),
    (answer) => {
      deps.running.delete(watcher);
      if (turn.key !== null && answer.complete) {
        if (!answer.hasToolCalls) deps.cache.drop(turn.key);
        else if (answer.id !== undefined) deps.cache.link(answer.id, turn.key);
      }
      turn.capture?.end(outcomeOf(answer));
    },
  );
  deps.running.add(watcher);
  return answerTo(deps, response, watchBody(response.body, watcher), finalTrace);
}

interface PlannedTurn extends RememberedTurn {
  /** `null`: nothing is kept for the turn. */
  readonly key: string | null;
  readonly capture: CallCapture | null;
}

function planOrGoWithout(deps: ServeDeps, served: ServedCall, traceId: string): PlannedTurn {
  try {
    return planTurn(deps, served, traceId);
  } catch (cause) {
    const error = new MemoryError("recall/failed", "The call could not be planned.", { cause });
    return {
      memory: Promise.resolve(noMemory("error", error)),
      takeFirst: () => true,
      key: null,
      capture: null,
    };
  }
}

function planTurn(deps: ServeDeps, served: ServedCall, traceId: string): PlannedTurn {
  const { call, mode, settings } = served;
  const callId = deps.randomId();
  const host = new Promise<CallHost>((resolve) => resolve(deps.host()));
  host.catch(() => undefined);
  const captures =
    (mode === "on" || mode === "write") && settings.capture !== "off" && !isReadOnlyByShape(served);
  const without = withoutRecall(served);

  const plan = (recall: boolean): Promise<CallPlan> => {
    const request: PlanRequest = {
      callId,
      turns: call.turns,
      scope: served.scope,
      ...(call.follows?.kind === "answer" ? { follows: call.follows.id } : {}),
      recall,
      capture: captures,
      strategy: settings.recall.strategy,
      budgetTokens: served.budgetTokens,
      ...(settings.recall.limit === undefined ? {} : { limit: settings.recall.limit }),
      ...(settings.recall.minScore === undefined ? {} : { minScore: settings.recall.minScore }),
      // Short, because it is paid for twice in every prompt; from the end, because an id may begin with a clock.
      fenceId: deps.randomId().replaceAll("-", "").slice(-8),
      continuation: call.last === "tool",
      ...served.wishes?.plan,
    };
    const planned = host.then((ready) => ready.plan(request));
    planned.catch(() => undefined);
    return planned;
  };
  const capture = (planned: Promise<CallPlan>): CallCapture | null =>
    captures
      ? deps.desk.open({
          callId,
          traceId,
          ask: settings.capture === "ask",
          host,
          plan: planned,
          keepAnswer: served.wishes?.plan.keepAnswer !== false,
          onStored: () => served.wishes?.onStored?.(),
        })
      : null;

  if (without !== null) {
    return {
      memory: Promise.resolve(noMemory(without)),
      takeFirst: () => true,
      key: null,
      capture: captures ? capture(plan(false)) : null,
    };
  }
  const key = keyOfFollowed(deps, call) ?? turnKey(served);
  let planned: Promise<CallPlan> | null = null;
  const remembered = deps.cache.recall(key, () => {
    planned = plan(true);
    return recallTurn(planned, served.deadlineMs - (performance.now() - served.startedAt));
  });
  return { ...remembered, key, capture: captures ? capture(planned ?? plan(false)) : null };
}

/** Title makers and classifiers ask for a schema before anybody has answered: their prompts are no conversation of the user's. */
function isReadOnlyByShape({ call, outgoing }: ServedCall): boolean {
  return (
    call.hasResponseSchema &&
    outgoing.controls.mode === undefined &&
    !call.turns.some((turn) => turn.role === "assistant")
  );
}

function withoutRecall({ mode, budgetTokens, outgoing }: ServedCall): SkipReason | null {
  if (mode === "write") return "write-only";
  if (budgetTokens === 0) return "off";
  return outgoing.bodyIsFixed ? "unsupported-body" : null;
}

/** A tool loop over a conversation that the provider keeps: its steps do not name the turn that they belong to. */
function keyOfFollowed({ cache }: ServeDeps, { follows, last }: ProviderCall): string | null {
  return last === "tool" && follows?.kind === "answer" ? cache.keyAfter(follows.id) : null;
}

/** Equal for a call, its retries and the steps of its tool loop. */
function turnKey(served: ServedCall): string {
  const { call, scope, mode, settings, budgetTokens, adapter, wishes } = served;
  const { strategy, limit, minScore } = settings.recall;
  const through = call.turns.slice(0, call.turns.findLastIndex((turn) => turn.role === "user") + 1);
  const said = through.map((turn) => [turn.role, turn.name ?? null, turn.text]);
  return JSON.stringify([
    isolationKey(scope),
    scope.thread ?? null,
    scope.run ?? null,
    adapter.wire,
    call.follows?.id ?? null,
    mode,
    strategy,
    budgetTokens,
    limit ?? null,
    minScore ?? null,
    wishes?.plan.exactContainer ?? false,
    wishes?.plan.exact ?? null,
    wishes?.plan.where ?? null,
    wishes?.plan.historyTokens ?? 0,
    wishes?.plan.observationTokens ?? 0,
    said,
  ]);
}

function augment(
  { call, body, settings, wishes }: ServedCall,
  memory: TurnMemory,
): { readonly text: string | null; readonly fault: MemoryError | null } {
  const { profile, recall, history, observations } = memory;
  const comesFirst = history.length > 0 || observations !== "";
  if (profile === "" && recall === "" && !comesFirst) return { text: null, fault: null };
  try {
    const longer = comesFirst ? (wishes?.withHistory(history, observations) ?? null) : null;
    const augmented = (longer ?? call).augment({
      profile,
      recall,
      placement: settings.recall.placement,
    });
    return { text: augmented === body.value ? null : JSON.stringify(augmented), fault: null };
  } catch (cause) {
    return {
      text: null,
      fault: new MemoryError("recall/failed", "Memory could not be put into this body.", { cause }),
    };
  }
}

/**
 * An augmented request follows no redirect: it may lead to another origin, and a page cannot see where to. The app's own request
 * is sent instead, with the app's own redirect mode. The redirect was answered before any model ran, so nothing is paid twice.
 */
async function send(
  deps: ServeDeps,
  { outgoing }: ServedCall,
  text: string | null,
  onRedirect: () => void,
): Promise<Response> {
  const fetch = deps.realFetch();
  if (text === null) return outgoing.sendOwn(fetch);
  const response = await outgoing.sendChanged(
    fetch,
    text,
    outgoing.redirect === "follow" ? "manual" : outgoing.redirect,
  );
  if (outgoing.redirect !== "follow" || !isRedirect(response)) return response;
  void response.body?.cancel().catch(() => undefined);
  onRedirect();
  return outgoing.sendOwn(fetch);
}

/** Browsers hide it (`opaqueredirect`); Node shows the status. */
function isRedirect(response: Response): boolean {
  return response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status);
}

/** An answer may come whole although a stream was asked for, and as events although the wire has a stream of its own. */
function formatOf(response: Response, call: ProviderCall): AnswerFormat {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("text/event-stream")) return "sse";
  if (!call.stream) return "whole";
  return call.streamFormat === "sse" && type.includes("json") ? "whole" : call.streamFormat;
}

function outcomeOf(answer: Answer): Parameters<CallCapture["end"]>[0] {
  const empty = answer.text === "" && !answer.hasToolCalls && !answer.complete;
  return empty ? { kind: "failed" } : { kind: "answer", ...answer };
}

function tellOutcome(deps: ServeDeps, trace: Trace, memory: TurnMemory, injected: boolean): void {
  if (injected) deps.emit("recalled", { traceId: trace.id, trace });
  else if (trace.skipped !== undefined) {
    deps.emit("skipped", {
      traceId: trace.id,
      reason: trace.skipped,
      ...(memory.error === undefined ? {} : { error: memory.error }),
    });
  }
}

function traceOf(
  deps: ServeDeps,
  id: string,
  served: Pick<ServedCall, "url" | "adapter" | "scope" | "startedAt"> &
    Partial<Pick<ServedCall, "body" | "call">>,
  memory: TurnMemory,
  augmented: string | null,
): Trace {
  const injected = augmented !== null;
  const skipped = injected
    ? undefined
    : (memory.skipped ?? (served.call?.last === "tool" ? "tool-continuation" : "nothing-relevant"));
  return {
    id,
    at: deps.now(),
    wire: served.adapter.wire,
    url: `${served.url.origin}${served.url.pathname}`,
    scope: served.scope,
    threadId: memory.threadId,
    request:
      injected && served.body !== undefined ? { before: served.body.text, after: augmented } : null,
    injected: injected ? injectedOf(memory) : { profile: "", recall: "", tokens: 0 },
    memories: injected ? memory.memories : [],
    left: memory.left,
    captured: { state: "none", ids: [], turns: [] },
    ...(skipped === undefined ? {} : { skipped }),
    ...(memory.error === undefined
      ? {}
      : { problem: { code: memory.error.code, message: memory.error.message } }),
    addedMs: performance.now() - served.startedAt,
    steps: memory.steps,
  };
}

function injectedOf({ profile, recall, observations, tokens }: TurnMemory): Trace["injected"] {
  return { profile, recall, ...(observations === "" ? {} : { observations }), tokens };
}

function answerTo(
  deps: ServeDeps,
  response: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  trace: Trace,
): Response {
  const marked = markResponse(response, body, {
    [TRACE_HEADER]: trace.id,
    "x-alcove-memories": String(trace.memories.length),
    "x-alcove-tokens": String(trace.injected.tokens),
    "x-alcove-ms": trace.addedMs.toFixed(1),
    ...(trace.skipped === undefined ? {} : { "x-alcove-skipped": trace.skipped }),
  });
  deps.traces.bind(marked, trace.id);
  return marked;
}
