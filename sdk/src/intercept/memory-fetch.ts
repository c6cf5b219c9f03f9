import { type ServeDeps, serveCall, serveUnread } from "./serve-call.ts";
import { createCallCache } from "./call-cache.ts";
import { createCaptureDesk } from "./capture-desk.ts";
import { createThreadObserver } from "./thread-observer.ts";
import { findAdapter } from "../providers/registry.ts";
import { findDialect } from "../dialects/registry.ts";
import {
  type GatewayDeps,
  type GatewayHost,
  type GatewaySettings,
  serveGateway,
} from "./serve-gateway.ts";
import { orAbort } from "./recall-turn.ts";
import type { FetchSettings } from "./fetch-settings.ts";
import { isServedHost } from "../providers/hosts.ts";
import { MemoryError } from "../domain/errors.ts";
import { mergeScopes } from "../domain/scope.ts";
import { hasTurn, readCall, threadOf } from "./read-call.ts";
import { type OutgoingRequest, readRequest } from "./read-request.ts";

export interface MemoryFetchDeps extends Pick<
  ServeDeps,
  "host" | "isReady" | "realFetch" | "now" | "randomId" | "emit" | "traces"
> {
  readonly gateway: GatewaySettings;
  readonly gatewayHost: GatewayHost;
  /** Tells when something was forgotten, here or in another tab. */
  readonly onForgotten: (listener: () => void) => () => void;
}

/** The fetch path of one `Memory`. Calls of all its scopes share one cache and one capture desk. */
export interface MemoryFetch {
  /** A drop-in for `fetch` that goes by these settings. Does not use `this`. */
  withSettings(settings: FetchSettings): typeof globalThis.fetch;
  /** Resolves when everything captured so far is stored or has failed. Answers that still stream are not waited for. */
  flush(): Promise<void>;
  /** Stores running answers as incomplete, discards pending ones, flushes. From now on calls are only forwarded. */
  close(): Promise<void>;
}

export function createMemoryFetch(deps: MemoryFetchDeps): MemoryFetch {
  // The clock is the app's own function: its fault may not become the call's.
  const now = (): number => {
    try {
      return deps.now();
    } catch {
      return Date.now();
    }
  };
  const cache = createCallCache({ now });
  const emit: ServeDeps["emit"] = (event, payload) => {
    try {
      deps.emit(event, payload);
    } catch {
      // A listener's fault; whoever owns the listeners reports it. The app's call goes on.
    }
  };
  const desk = createCaptureDesk({ emit, traces: deps.traces });
  const serve: ServeDeps = { ...deps, now, emit, cache, desk, running: new Set() };
  const observer = createThreadObserver({
    observe: deps.gatewayHost.observe,
    isBusy: () => serve.running.size > 0,
    report: (error) => emit("error", error),
  });
  const told = new Set<string>();
  const unsubscribe = deps.onForgotten(() => cache.clear());
  let closed = false;

  const tellOnce = (name: string, message: string, details: Record<string, string>): void => {
    if (told.has(name) || told.size > 100) return;
    told.add(name);
    emit("error", new MemoryError("usage/invalid-input", message, { details }));
  };
  const tellProblems = (outgoing: OutgoingRequest): void => {
    for (const { header, fix } of outgoing.controls.problems)
      tellOnce(header, `The header ${header} was ignored. It takes: ${fix}.`, { header });
  };
  const gatewayDeps = (): GatewayDeps => ({
    gateway: deps.gateway,
    realFetch: deps.realFetch,
    now,
    tell(notices) {
      for (const { field, fix, passedOn } of notices) {
        const did = passedOn ? "went on to the provider" : "was left out of the call";
        tellOnce(field, `\`${field}\` ${did}: ${fix}.`, { field });
      }
    },
    memory: closed ? null : { serve, host: deps.gatewayHost, observer },
  });

  const withSettings = (settings: FetchSettings): typeof globalThis.fetch =>
    async function memoryFetch(input, init) {
      const startedAt = performance.now();
      const outgoing = readRequest(input, init);
      tellProblems(outgoing);
      const { controls, url } = outgoing;
      const dialect = url === null ? null : findDialect(url);
      if (dialect !== null && url !== null)
        return serveGateway(gatewayDeps(), { outgoing, url, dialect, settings, startedAt });
      const adapter =
        outgoing.method === "POST" && url !== null && isServedHost(url, settings.hosts)
          ? findAdapter(url)
          : null;
      if (adapter === null || url === null || closed || outgoing.signal?.aborted === true)
        return outgoing.sendOwn(deps.realFetch());

      const mode = controls.mode ?? settings.mode;
      if (mode === "off") {
        emit("skipped", { traceId: null, reason: "off" });
        return outgoing.sendOwn(deps.realFetch());
      }
      const reading = outgoing.readBody();
      const body = reading instanceof Promise ? await orAbort(reading, outgoing.signal) : reading;
      const common = {
        outgoing,
        url,
        adapter,
        startedAt,
        scope: mergeScopes(settings.scope, controls.scope),
      };
      if (body.kind !== "json")
        return serveUnread(
          serve,
          common,
          body.kind === "too-large" ? "too-large" : "unsupported-body",
        );
      const call = readCall(adapter, body.value, url);
      if (call === null) return serveUnread(serve, common, "unsupported-body");
      if (!hasTurn(call)) return serveUnread(serve, common, "no-user-turn");
      return serveCall(serve, {
        ...common,
        scope: mergeScopes(threadOf(call), common.scope),
        settings,
        mode,
        budgetTokens: controls.budgetTokens ?? settings.recall.budgetTokens,
        deadlineMs: deps.isReady() ? settings.recall.deadlineMs : settings.recall.coldDeadlineMs,
        body,
        call,
      });
    };

  return {
    withSettings,
    flush: () => desk.settled(),
    async close() {
      closed = true;
      unsubscribe();
      cache.clear();
      for (const answer of serve.running) answer.settleNow();
      desk.discardPending();
      await desk.settled();
      await observer.close();
    },
  };
}

/**
 * For where there is no vault (a server): takes the controls off and forwards, what was meant for a gateway to the provider. No request of an app may show them to a provider,
 * wherever it runs.
 */
export function createForwardingFetch(
  realFetch: () => typeof globalThis.fetch,
  gateway: GatewaySettings,
  settings: FetchSettings,
): typeof globalThis.fetch {
  return async function memoryFetch(input, init) {
    const startedAt = performance.now();
    const outgoing = readRequest(input, init);
    const { url } = outgoing;
    const dialect = url === null ? null : findDialect(url);
    if (dialect === null || url === null) return outgoing.sendOwn(realFetch());
    return serveGateway(
      { gateway, realFetch, now: Date.now, tell: () => undefined, memory: null },
      { outgoing, url, dialect, settings, startedAt },
    );
  };
}
