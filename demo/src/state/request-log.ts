import { computed, signal, type ReadonlySignal } from "@preact/signals";

export interface ContactedHost {
  readonly host: string;
  /** This page's own host, the provider the person chose, or anything else. */
  readonly party: "own" | "provider" | "third";
  readonly requests: number;
  readonly last: number;
}

export interface RequestLog {
  readonly hosts: ReadonlySignal<readonly ContactedHost[]>;
}

/**
 * Counts the requests of this page by host, as the browser's own resource timing lists them. `providers` names the hosts that
 * the person chose; it is read at the time of each request, because a provider may be changed in between.
 */
export function createRequestLog(
  win: Window & typeof globalThis,
  providers: () => readonly string[],
): RequestLog {
  const seen = signal<ReadonlyMap<string, ContactedHost>>(new Map());
  const note = (url: string, at: number): void => {
    const { host, protocol } = new URL(url, win.location.href);
    if (protocol === "data:" || protocol === "blob:") return;
    const before = seen.value.get(host);
    const own = host === win.location.host;
    const party = own
      ? "own"
      : before?.party === "provider" || providers().includes(host)
        ? "provider"
        : "third";
    seen.value = new Map(seen.value).set(host, {
      host,
      party,
      requests: (before?.requests ?? 0) + 1,
      last: at,
    });
  };
  note(win.location.href, win.performance.timeOrigin);
  if ("PerformanceObserver" in win) {
    const observer = new win.PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        note(entry.name, win.performance.timeOrigin + entry.startTime);
    });
    observer.observe({ type: "resource", buffered: true });
  }
  return {
    hosts: computed(() => [...seen.value.values()].toSorted((a, b) => b.requests - a.requests)),
  };
}
