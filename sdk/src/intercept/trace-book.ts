import type { Trace } from "../domain/trace.ts";

export const TRACE_HEADER = "x-alcove-trace";

const MAX_TRACES = 200;
/** Of all kept request bodies together, UTF-16 units; older traces then give theirs up. */
const MAX_BODY_LENGTH = 8 * 1024 * 1024;

/** The traces of the last 200 calls. They live in the page only. */
export interface TraceBook {
  put(trace: Trace): void;
  /** Changes a kept trace; one that is gone stays gone. */
  update(id: string, change: (trace: Trace) => Trace): void;
  /** Also finds the trace where the header cannot be read (an opaque response). */
  bind(response: Response, id: string): void;
  /** By id, or by a response of `memory.fetch` or a clone of one. */
  trace(of: string | Response): Trace | null;
  /** Empties the traces that show one of these records: their text, and the bodies that carry it. */
  forget(recordIds: readonly string[]): void;
}

export function createTraceBook(): TraceBook {
  const traces = new Map<string, Trace>();
  const ids = new WeakMap<Response, string>();

  const boundBodies = (): void => {
    let length = 0;
    for (const [id, trace] of [...traces].toReversed()) {
      if (trace.request === null) continue;
      length += trace.request.before.length + trace.request.after.length;
      if (length > MAX_BODY_LENGTH) traces.set(id, { ...trace, request: null });
    }
  };

  return {
    put(trace) {
      traces.set(trace.id, trace);
      for (const oldest of traces.keys()) {
        if (traces.size <= MAX_TRACES) break;
        traces.delete(oldest);
      }
      boundBodies();
    },
    update(id, change) {
      const trace = traces.get(id);
      if (trace !== undefined) traces.set(id, change(trace));
    },
    bind: (response, id) => void ids.set(response, id),
    trace: (of) =>
      traces.get(
        typeof of === "string" ? of : (ids.get(of) ?? of.headers.get(TRACE_HEADER) ?? ""),
      ) ?? null,
    forget(gone) {
      const forgotten = new Set(gone);
      const showing = [...traces.values()].filter((trace) => shows(trace, forgotten));
      const threads = new Set(
        showing.map((trace) => trace.threadId).filter((thread) => thread !== null),
      );
      for (const trace of traces.values()) {
        if ((trace.threadId !== null && threads.has(trace.threadId)) || hasFrozenProfile(trace))
          traces.set(trace.id, {
            ...trace,
            request: null,
            injected: { profile: "", recall: trace.injected.recall, tokens: trace.injected.tokens },
          });
      }
      for (const trace of showing) traces.set(trace.id, without(trace, forgotten));
    },
  };
}

/** A profile of an earlier call, sent again: it does not say of which records it was made, so it may be any of them. */
function hasFrozenProfile(trace: Trace): boolean {
  return trace.injected.profile !== "" && !trace.memories.some(({ part }) => part === "profile");
}

function shows(trace: Trace, ids: ReadonlySet<string>): boolean {
  return (
    [...trace.memories, ...trace.left].some(({ id }) => ids.has(id)) ||
    trace.captured.ids.some((id) => ids.has(id))
  );
}

function without(trace: Trace, ids: ReadonlySet<string>): Trace {
  return {
    ...trace,
    request: null,
    injected: { profile: "", recall: "", tokens: trace.injected.tokens },
    memories: trace.memories.filter(({ id }) => !ids.has(id)),
    left: trace.left.filter(({ id }) => !ids.has(id)),
    captured: {
      ...trace.captured,
      ids: trace.captured.ids.filter((id) => !ids.has(id)),
      turns: [],
    },
  };
}
