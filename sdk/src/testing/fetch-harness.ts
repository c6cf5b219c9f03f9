import {
  createInMemoryCallHost,
  type InMemoryCallHost,
  type InMemoryCallHostOptions,
} from "./in-memory-call-host.ts";
import {
  createMemoryFetch,
  type MemoryFetch,
  type MemoryFetchDeps,
} from "../intercept/memory-fetch.ts";
import { createTraceBook, type TraceBook } from "../intercept/trace-book.ts";
import type { FetchSettings } from "../intercept/fetch-settings.ts";
import type { MemoryEvents } from "../domain/events.ts";

/** A fetch path over an in-memory host, with everything that it told. */
export interface FetchHarness {
  readonly fetch: typeof globalThis.fetch;
  readonly path: MemoryFetch;
  readonly host: InMemoryCallHost;
  readonly traces: TraceBook;
  withSettings(settings: Partial<FetchSettings>): typeof globalThis.fetch;
  /** Everything of one kind that was told so far. */
  told<E extends keyof MemoryEvents>(event: E): readonly MemoryEvents[E][];
  /** The next one of a kind; fails after two seconds. */
  next<E extends keyof MemoryEvents>(event: E): Promise<MemoryEvents[E]>;
  /** Something was forgotten. */
  forget(): void;
}

export interface FetchHarnessOptions extends InMemoryCallHostOptions {
  readonly settings?: Partial<Omit<FetchSettings, "recall">> & {
    readonly recall?: Partial<FetchSettings["recall"]>;
  };
  readonly deps?: Partial<MemoryFetchDeps>;
}

const RECALL: FetchSettings["recall"] = {
  budgetTokens: 1_000,
  deadlineMs: 1_000,
  coldDeadlineMs: 1_000,
  strategy: "full",
  placement: "split",
};

export function createFetchHarness(options: FetchHarnessOptions = {}): FetchHarness {
  const host = createInMemoryCallHost(options);
  const traces = createTraceBook();
  const events: { readonly event: keyof MemoryEvents; readonly payload: unknown }[] = [];
  const waiting = new Set<() => void>();
  const forgetters = new Set<() => void>();
  const path = createMemoryFetch({
    host: () => host,
    isReady: () => true,
    realFetch: () => globalThis.fetch,
    now: Date.now,
    randomId: () => crypto.randomUUID(),
    emit(event, payload) {
      events.push({ event, payload });
      for (const look of waiting) look();
    },
    onForgotten(listener) {
      forgetters.add(listener);
      return () => forgetters.delete(listener);
    },
    traces,
    gateway: { providers: {} },
    gatewayHost: {
      vault: () => {
        throw new Error("there is no vault behind this harness");
      },
      threads: async () => [],
      observe: async () => undefined,
      claims: {
        take: async () => true,
        isOwner: async () => true,
        release: async () => undefined,
      },
    },
    ...options.deps,
  });
  const settings: FetchSettings = {
    mode: "on",
    capture: "auto",
    scope: {},
    hosts: {},
    ...options.settings,
    recall: { ...RECALL, ...options.settings?.recall },
  };
  const told = <E extends keyof MemoryEvents>(event: E): MemoryEvents[E][] =>
    events.filter((one) => one.event === event).map((one) => one.payload as MemoryEvents[E]);
  let seen: Partial<Record<keyof MemoryEvents, number>> = {};
  return {
    fetch: path.withSettings(settings),
    path,
    host,
    traces,
    withSettings: (changes) => path.withSettings({ ...settings, ...changes }),
    told,
    next(event) {
      const at = seen[event] ?? 0;
      seen = { ...seen, [event]: at + 1 };
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () =>
            reject(
              new Error(`no ${event} event; told: ${events.map((one) => one.event).join(", ")}`),
            ),
          2_000,
        );
        const look = (): void => {
          const payload = told(event)[at];
          if (payload === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(payload);
        };
        waiting.add(look);
        look();
      });
    },
    forget() {
      for (const listener of forgetters) listener();
    },
  };
}
