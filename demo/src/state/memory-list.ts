import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Memory, MemoryFilter, MemoryKind, MemoryRecord, SearchHit } from "@alcove/sdk";
import { explain } from "./explain.ts";
import type { ForgetQueue } from "./forget-queue.ts";

const PAGE = 50;
/** The most that one page of the SDK's `list` holds. */
const MOST = 1000;
const TYPING_MS = 180;

/** One line of the list; `hit` where it was found by searching. */
export interface MemoryLine {
  readonly record: MemoryRecord;
  readonly hit: Pick<SearchHit, "score" | "why" | "signals"> | null;
}

export interface MemoryListState {
  readonly query: Signal<string>;
  readonly kind: Signal<MemoryKind | "">;
  /** A tag, such as `slot:diet`. */
  readonly tag: Signal<string>;
  /** Days, `YYYY-MM-DD`; both included. */
  readonly from: Signal<string>;
  readonly to: Signal<string>;
  readonly lines: ReadonlySignal<readonly MemoryLine[]>;
  readonly more: ReadonlySignal<boolean>;
  readonly state: ReadonlySignal<"loading" | "ready" | "failed">;
  readonly problem: ReadonlySignal<string | null>;
  readonly selected: Signal<ReadonlySet<string>>;
  readonly filtered: ReadonlySignal<boolean>;
  /** Of a listed record: the newer one that renews it. */
  readonly replacedBy: ReadonlySignal<ReadonlyMap<string, MemoryRecord>>;
  reload(): Promise<void>;
  loadMore(): Promise<void>;
  clearFilters(): void;
  /** Reads while its screen is shown, and follows changes; returns the way to stop. */
  watch(): () => void;
}

export function createMemoryList(memory: Memory, forgetting: ForgetQueue): MemoryListState {
  const query = signal("");
  const kind = signal<MemoryKind | "">("");
  const tag = signal("");
  const from = signal("");
  const to = signal("");
  const found = signal<readonly MemoryLine[]>([]);
  const next = signal<string | null>(null);
  const state = signal<"loading" | "ready" | "failed">("loading");
  const problem = signal<string | null>(null);
  const selected = signal<ReadonlySet<string>>(new Set());
  let turn = 0;

  const filter = (): MemoryFilter => ({
    ...(kind.value === "" ? {} : { kinds: [kind.value] }),
    ...(tag.value === "" ? {} : { tags: [tag.value] }),
    ...(from.value === "" ? {} : { from: startOfDay(from.value, 0) }),
    ...(to.value === "" ? {} : { to: startOfDay(to.value, 1) }),
  });

  const read = async (limit: number, cursor: string | null): Promise<void> => {
    turn += 1;
    const mine = turn;
    const asked = query.value.trim();
    state.value = "loading";
    try {
      let lines: readonly MemoryLine[];
      let rest: string | null = null;
      if (asked === "") {
        const page = await memory.list(filter(), { limit, ...(cursor === null ? {} : { cursor }) });
        lines = page.records.map((record) => ({ record, hit: null }));
        rest = page.next;
      } else {
        const hits = await memory.search(asked, { filter: filter(), limit: PAGE });
        lines = hits.map((hit) => ({ record: hit, hit }));
      }
      if (mine !== turn) return;
      found.value = cursor === null ? lines : [...found.value, ...lines];
      next.value = rest;
      state.value = "ready";
      problem.value = null;
    } catch (error) {
      if (mine !== turn) return;
      state.value = "failed";
      problem.value = explain(error).text;
    }
  };
  const reload = (): Promise<void> =>
    read(Math.min(MOST, Math.max(PAGE, found.value.length)), null);

  return {
    query,
    kind,
    tag,
    from,
    to,
    lines: computed(() =>
      found.value.filter(
        ({ record, hit }) =>
          !forgetting.waiting.value.has(record.id) &&
          // Observations have a view of their own; whoever searches looks everywhere.
          (hit !== null || kind.value === "derived" || !record.tags.includes("observation")),
      ),
    ),
    more: computed(() => next.value !== null),
    state,
    problem,
    selected,
    filtered: computed(() =>
      [query, kind, tag, from, to].some((entry) => entry.value.trim() !== ""),
    ),
    replacedBy: computed(() => {
      const map = new Map<string, MemoryRecord>();
      for (const { record } of found.value)
        if (record.supersedes !== undefined) map.set(record.supersedes, record);
      return map;
    }),
    reload,
    async loadMore() {
      if (next.value !== null) await read(PAGE, next.value);
    },
    clearFilters() {
      for (const entry of [query, tag, from, to]) entry.value = "";
      kind.value = "";
    },
    watch() {
      let typing: ReturnType<typeof setTimeout> | undefined;
      const soon = (ms: number): void => {
        clearTimeout(typing);
        typing = setTimeout(() => void reload(), ms);
      };
      let asked = query.peek();
      const stopFilters = effect(() => {
        const typed = query.value !== asked;
        asked = query.value;
        for (const entry of [kind, tag, from, to]) void entry.value;
        selected.value = new Set();
        soon(typed ? TYPING_MS : 0);
      });
      const stopChanges = memory.on("changed", () => soon(TYPING_MS));
      return () => {
        clearTimeout(typing);
        stopFilters();
        stopChanges();
      };
    },
  };
}

/** Midnight on the person's own clock, `plusDays` later. */
function startOfDay(day: string, plusDays: number): number {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + plusDays).getTime();
}
