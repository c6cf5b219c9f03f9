import type { CallHost, CallOutcome, CallPlan } from "./call-host.ts";
import { MemoryError } from "../domain/errors.ts";
import { asMemoryError } from "./recall-turn.ts";
import type { MemoryEvents } from "../domain/events.ts";
import type { Trace } from "../domain/trace.ts";
import type { TraceBook } from "./trace-book.ts";
import type { Turn } from "../domain/chat.ts";

/** Stores what one call said. Nothing here is awaited by the app's call, and nothing here rejects. */
export interface CallCapture {
  /** The request leaves now. */
  leave(): void;
  /** The call is over. Further calls count for nothing. */
  end(outcome: CallOutcome): void;
  /** The request never left. */
  abandon(): void;
}

export interface CaptureDesk {
  open(call: PlannedCall): CallCapture;
  /** Resolves when all that was given to the host is stored or has failed. */
  settled(): Promise<void>;
  /** Discards what still waits for an answer to `pending`. */
  discardPending(): void;
}

export interface PlannedCall {
  readonly callId: string;
  readonly traceId: string;
  /** Nothing is stored before the app accepts it. */
  readonly ask: boolean;
  readonly host: Promise<CallHost>;
  readonly plan: Promise<CallPlan>;
  /** Whether the answer's text is stored. */
  readonly keepAnswer: boolean;
  readonly onStored: () => void;
}

interface CaptureDeskDeps {
  readonly emit: <E extends keyof MemoryEvents>(event: E, payload: MemoryEvents[E]) => void;
  readonly traces: TraceBook;
}

export function createCaptureDesk(deps: CaptureDeskDeps): CaptureDesk {
  const working = new Set<Promise<unknown>>();
  const waiting = new Set<() => void>();

  const track = (work: Promise<unknown>): void => {
    const done = work.catch(() => undefined).finally(() => working.delete(done));
    working.add(done);
  };
  const note = (traceId: string, captured: Partial<Trace["captured"]>): void =>
    deps.traces.update(traceId, (trace) => ({
      ...trace,
      captured: { ...trace.captured, ...captured },
    }));

  const fail = (call: PlannedCall, cause: unknown): MemoryError => {
    const error = asMemoryError(
      cause,
      "capture/failed",
      "What this call said could not be stored.",
    );
    note(call.traceId, { state: "failed" });
    deps.traces.update(call.traceId, (trace) => ({
      ...trace,
      problem: { code: error.code, message: error.message },
    }));
    deps.emit("error", error);
    return error;
  };

  const settle = async (call: PlannedCall, outcome: CallOutcome): Promise<readonly string[]> => {
    const receipt = await call.host.then((host) => host.settle(call.callId, outcome));
    note(call.traceId, { state: "stored", ids: receipt.ids });
    if (receipt.ids.length > 0)
      deps.emit("captured", {
        traceId: call.traceId,
        ids: receipt.ids,
        threadId: receipt.threadId,
      });
    call.onStored();
    return receipt.ids;
  };

  const openAuto = (call: PlannedCall): CallCapture => {
    let failed = false;
    let begun: readonly string[] = [];
    const failOnce = (cause: unknown): void => {
      if (!failed) fail(call, cause);
      failed = true;
    };
    return {
      leave() {
        note(call.traceId, { state: "pending" });
        track(
          begin(call).then((ids) => {
            begun = ids;
            note(call.traceId, { ids });
          }, failOnce),
        );
      },
      end(outcome) {
        // A forget takes its ids off the traces: what was forgotten while the answer ran is not shown again.
        const shown = deps.traces.trace(call.traceId)?.captured.ids ?? [];
        const whole = begun.every((id) => shown.includes(id));
        track(settle(call, outcome).catch(failOnce));
        if (whole) track(said(call, outcome).then((turns) => note(call.traceId, { turns })));
      },
      abandon: () => track(drop(call)),
    };
  };

  const openAsk = (call: PlannedCall): CallCapture => ({
    leave: () => undefined,
    end(outcome) {
      // A step of a tool loop is part of a longer exchange: the final answer asks for all of it, once.
      if (outcome.kind === "failed" || outcome.hasToolCalls) track(drop(call));
      else
        track(
          said(call, outcome).then(
            (turns) => ask(call, outcome, turns),
            (cause: unknown) => fail(call, cause),
          ),
        );
    },
    abandon: () => track(drop(call)),
  });

  const ask = (call: PlannedCall, outcome: CallOutcome, turns: readonly Turn[]): void => {
    let accepted: Promise<readonly string[]> | null = null;
    let discarded = false;
    const leave = (how: (call: PlannedCall) => Promise<void>): void => {
      if (accepted !== null || discarded) return;
      discarded = true;
      waiting.delete(lapse);
      note(call.traceId, { state: "none" });
      track(how(call));
    };
    const discard = (): void => leave(() => refuse(call, outcome));
    /** Nobody decided: the next session may ask again. */
    const lapse = (): void => leave(drop);
    const store = async (): Promise<readonly string[]> => {
      if (discarded)
        throw new MemoryError(
          "usage/invalid-input",
          "These turns were discarded; nothing was stored.",
        );
      waiting.delete(lapse);
      note(call.traceId, { state: "pending" });
      try {
        const stored = begin(call);
        const settled = settle(call, outcome);
        await Promise.all([stored, settled]);
        return await settled;
      } catch (cause) {
        throw fail(call, cause);
      }
    };
    waiting.add(lapse);
    note(call.traceId, { state: "asked", turns });
    deps.emit("pending", {
      traceId: call.traceId,
      turns,
      accept() {
        accepted ??= store();
        track(accepted);
        return accepted;
      },
      discard,
    });
  };

  return {
    open: (call) => (call.ask ? openAsk(call) : openAuto(call)),
    async settled() {
      while (working.size > 0) await Promise.allSettled(working);
    },
    discardPending() {
      for (const lapse of waiting) lapse();
    },
  };
}

function begin(call: PlannedCall): Promise<readonly string[]> {
  return call.host.then((host) => host.begin(call.callId));
}

function refuse(call: PlannedCall, outcome: CallOutcome): Promise<void> {
  return call.host.then((host) => host.refuse(call.callId, outcome));
}

function drop(call: PlannedCall): Promise<void> {
  return call.host.then((host) => host.drop(call.callId));
}

/** The turns that the call adds to its conversation. */
async function said(call: PlannedCall, outcome: CallOutcome): Promise<readonly Turn[]> {
  const { tail } = await call.plan;
  return call.keepAnswer && outcome.kind === "answer" && outcome.text !== ""
    ? [...tail, { role: "assistant", text: outcome.text }]
    : tail;
}
