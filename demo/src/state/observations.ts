import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { observe, type Memory, type MemoryRecord, type ObservationPriority } from "@alcove/sdk";
import { explain } from "./explain.ts";
import type { Notices } from "./notices.ts";

const TAG = "observation";
const PAGE = 200;
/** Of turns, for one step of drawing: small enough that the bar moves and a cancel is heard. */
const STEP_TOKENS = 12_000;
/** First in large batches, then what is left over turn by turn: whoever asks for it now wants all of it. */
const BATCHES = [2_000, 1] as const;

/** Short dated lines that were drawn from what was said. */
export interface Observations {
  readonly priority: Signal<ObservationPriority | "">;
  /** Newest day first; `null`: not read yet. */
  readonly days: ReadonlySignal<readonly ObservationDay[] | null>;
  readonly more: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<string | null>;
  readonly drawing: ReadonlySignal<Drawing>;
  loadMore(): Promise<void>;
  draw(): Promise<void>;
  cancel(): void;
  /** Reads while its screen is shown, and follows changes; returns the way to stop. */
  watch(): () => void;
}

export type Drawing =
  | { readonly step: "idle" }
  /** `turns` of `total` were looked at. */
  | {
      readonly step: "drawing";
      readonly turns: number;
      readonly total: number;
      readonly lines: number;
    }
  | { readonly step: "done" | "stopped"; readonly turns: number; readonly lines: number }
  | { readonly step: "failed"; readonly problem: string };

export interface ObservationDay {
  /** Midnight of the day, epoch ms. */
  readonly at: number;
  /** The weightiest first. */
  readonly lines: readonly ObservationLine[];
}

export interface ObservationLine {
  readonly id: string;
  readonly text: string;
  readonly priority: ObservationPriority;
  readonly at: number;
  readonly sources: readonly string[];
}

const PRIORITIES: readonly ObservationPriority[] = ["high", "medium", "low"];

export function createObservations(memory: Memory, notices: Notices): Observations {
  const priority = signal<ObservationPriority | "">("");
  const records = signal<readonly MemoryRecord[] | null>(null);
  const next = signal<string | null>(null);
  const problem = signal<string | null>(null);
  const drawing = signal<Drawing>({ step: "idle" });
  let turn = 0;
  let abort: AbortController | null = null;

  const read = async (limit: number, cursor: string | null): Promise<void> => {
    turn += 1;
    const mine = turn;
    const tags = [TAG, ...(priority.value === "" ? [] : [`priority:${priority.value}`])];
    try {
      const page = await memory.list(
        { kinds: ["derived"], tags },
        { limit, ...(cursor === null ? {} : { cursor }) },
      );
      if (mine !== turn) return;
      records.value = cursor === null ? page.records : [...(records.value ?? []), ...page.records];
      next.value = page.next;
      problem.value = null;
    } catch (error) {
      if (mine === turn) problem.value = explain(error).text;
    }
  };

  return {
    priority,
    days: computed(() => records.value && inDays(records.value)),
    more: computed(() => next.value !== null),
    problem,
    drawing,
    async loadMore() {
      if (next.value !== null) await read(PAGE, next.value);
    },
    async draw() {
      if (abort !== null) return;
      abort = new AbortController();
      const { signal: stop } = abort;
      let turns = 0;
      let lines = 0;
      let listed = 0;
      const tell = (): void => {
        drawing.value = { step: "drawing", turns, lines, total: Math.max(turns, listed) };
      };
      tell();
      notices.announce("Drawing observations.");
      // What is listed and added on the way tells how far it is.
      const counted: Pick<Memory, "list" | "add"> = {
        async list(filter, page) {
          const found = await memory.list(filter, page);
          if (filter?.kinds?.includes("turn") === true) listed += found.records.length;
          tell();
          return found;
        },
        async add(input) {
          const made = await memory.add(input);
          lines += made.length;
          tell();
          return made;
        },
      };
      try {
        let since = 0;
        for (const batchTokens of BATCHES) {
          for (let done = false; !done;) {
            listed = turns;
            const before = since;
            const report = await observe(counted, {
              keepTokens: 0,
              batchTokens,
              budgetTokens: STEP_TOKENS,
              since,
              signal: stop,
            });
            turns += report.turns;
            since = report.through ?? since;
            tell();
            // Turns of one moment that give no line would come again and again.
            done = report.done || (since === before && report.stored.length === 0);
          }
        }
        drawing.value = { step: "done", turns, lines };
        notices.announce(`${lines} new observations.`);
      } catch (error) {
        if (stop.aborted) {
          drawing.value = { step: "stopped", turns, lines };
          notices.announce("Stopped. What was drawn until then stays.");
        } else {
          drawing.value = { step: "failed", problem: explain(error).text };
          notices.announce("Observations could not be drawn.");
        }
      } finally {
        abort = null;
      }
    },
    cancel() {
      abort?.abort();
    },
    watch() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const reload = (): void => void read(Math.max(PAGE, records.value?.length ?? 0), null);
      const stopPriority = priority.subscribe(reload);
      const stopChanges = memory.on("changed", () => {
        clearTimeout(timer);
        timer = setTimeout(reload, 180);
      });
      return () => {
        clearTimeout(timer);
        stopPriority();
        stopChanges();
      };
    },
  };
}

export function inDays(records: readonly MemoryRecord[]): readonly ObservationDay[] {
  const days = new Map<number, ObservationLine[]>();
  for (const record of records) {
    const at = new Date(record.createdAt).setHours(0, 0, 0, 0);
    days.set(at, [...(days.get(at) ?? []), lineOf(record)]);
  }
  return [...days]
    .toSorted(([a], [b]) => b - a)
    .map(([at, lines]) => ({
      at,
      lines: lines.toSorted(
        (a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || b.at - a.at,
      ),
    }));
}

function lineOf({ id, text, tags, createdAt, sources }: MemoryRecord): ObservationLine {
  const priority = PRIORITIES.find((one) => tags.includes(`priority:${one}`)) ?? "low";
  return {
    id,
    // The day and the priority stand in front for a model; here they stand beside the line.
    text: text.replace(/^\[\d{4}-\d{2}-\d{2}, (?:high|medium|low)\] /u, ""),
    priority,
    at: createdAt,
    sources,
  };
}
