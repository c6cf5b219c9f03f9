import { asMemoryError, orAbort } from "./recall-turn.ts";
import type {
  CallFacts,
  CallMemory,
  Dialect,
  GatewayCall,
  GatewayClaims,
  GatewayReading,
  GatewayVault,
  LocalAnswer,
  LocalTools,
  Notice,
} from "../dialects/dialect.ts";
import { dressed, localResponse } from "./gateway-answer.ts";
import { MESSAGE_LISTS } from "../dialects/request-fields.ts";
import type { OutgoingRequest, RequestTarget } from "./read-request.ts";
import { hasTurn, readCall, threadOf } from "./read-call.ts";
import type { ProviderAdapter, ProviderCall } from "../providers/provider-adapter.ts";
import { serveCall, type ServeDeps, type ServedCall, serveUnread } from "./serve-call.ts";
import type { FetchSettings } from "./fetch-settings.ts";
import { findAdapter } from "../providers/registry.ts";
import { isRecord } from "../providers/openai-chat-content.ts";
import { isServedHost } from "../providers/hosts.ts";
import { MemoryError } from "../domain/errors.ts";
import { mergeScopes, type Scope } from "../domain/scope.ts";
import { type Mode, strictestMode } from "../domain/mode.ts";
import type { ThreadObserver } from "./thread-observer.ts";
import type { ThreadSummary } from "../domain/thread-summary.ts";
import type { Providers } from "../dialects/provider-route.ts";
import { unknownFields } from "../dialects/known-fields.ts";
import { withHistory } from "../dialects/history-placement.ts";

/** Of the call's budget; the rest is for what is recalled. */
const OBSERVED_SHARE = 0.5;

/** What gateways' dialects need besides a provider call's own parts. */
export interface GatewaySettings {
  readonly providers: Providers;
  /** Names of the dialects that are served; absent: all. */
  readonly dialects?: readonly string[];
  /** Where observations begin to stand for turns; absent: as the dialect has it. Tokens. */
  readonly observedHistoryTokens?: number;
}

/** The vault behind a gateway's management routes. */
export interface GatewayHost {
  readonly vault: (scope: Scope) => GatewayVault;
  readonly claims: GatewayClaims;
  /** Every conversation of the vault. */
  readonly threads: () => Promise<readonly ThreadSummary[]>;
  /** Draws observations from the old turns of the scope's thread. */
  readonly observe: (scope: Scope, historyTokens: number, signal: AbortSignal) => Promise<void>;
}

export interface GatewayDeps {
  readonly gateway: GatewaySettings;
  readonly realFetch: () => typeof globalThis.fetch;
  readonly now: () => number;
  readonly tell: (notices: readonly Notice[]) => void;
  /** `null` where there is no vault (any more): provider calls go on without memory. */
  readonly memory: {
    readonly serve: ServeDeps;
    readonly host: GatewayHost;
    readonly observer: Pick<ThreadObserver, "notice">;
  } | null;
}

export interface GatewayRequestCall {
  readonly outgoing: OutgoingRequest;
  readonly url: URL;
  readonly dialect: Dialect;
  readonly settings: FetchSettings;
  /** `performance.now()` when the app called. */
  readonly startedAt: number;
}

/**
 * A request to a gateway's host. It never gets there: it is answered here, or it goes to the provider. What fails open is memory, and
 * what fails is told in the gateway's own words.
 */
export async function serveGateway(
  deps: GatewayDeps,
  asked: GatewayRequestCall,
): Promise<Response> {
  const { outgoing, url, dialect } = asked;
  const refuse = (status: number, message: string): Response =>
    localResponse(url, dialect.refuse(url, status, message));
  outgoing.signal?.throwIfAborted();
  const { dialects } = deps.gateway;
  if (dialects !== undefined && !dialects.includes(dialect.name))
    return refuse(
      403,
      `The dialect "${dialect.name}" is left out of the option dialects, and nothing is sent to a gateway. Name it there, or give the client another fetch.`,
    );
  const reading = await readGateway(deps, asked);
  if (reading === null) return refuse(400, "The request could not be read.");
  deps.tell(reading.notices ?? []);
  if (reading.kind === "answer") return localResponse(url, reading.answer);
  if (reading.kind === "call") {
    deps.tell(passedOn(reading.call));
    return serveProviderCall(deps, asked, reading.call);
  }
  if (deps.memory === null)
    return refuse(503, "There is no memory here: it was closed, or the page has no storage.");
  const tools = toolsOf(deps.memory, deps, asked);
  const work = reading.work(tools);
  const answer = await orAbort(
    work.catch((cause: unknown): LocalAnswer => {
      const error = asMemoryError(cause, "vault/failed", "The vault failed.");
      const status = error.code.startsWith("usage/invalid") ? 400 : 503;
      return dialect.refuse(url, status, `${error.code}: ${error.message}`);
    }),
    outgoing.signal,
  );
  return localResponse(url, answer);
}

async function readGateway(
  deps: GatewayDeps,
  { outgoing, url, dialect }: GatewayRequestCall,
): Promise<GatewayReading | null> {
  const reading = outgoing.readBody(true);
  const body = reading instanceof Promise ? await orAbort(reading, outgoing.signal) : reading;
  try {
    return dialect.read({
      method: outgoing.method,
      url,
      headers: outgoing.headers,
      body: {
        json: body.kind === "json" ? body.value : undefined,
        text: body.kind === "too-large" ? null : (body.text ?? null),
        ...(body.kind === "unsupported" && body.form ? { form: body.form } : {}),
      },
      providers: deps.gateway.providers,
    });
  } catch {
    return null;
  }
}

/** Fields of no known meaning: the provider may know them. */
function passedOn({ url, body }: GatewayCall): readonly Notice[] {
  const wire = findAdapter(url)?.wire;
  return (wire === undefined ? [] : unknownFields(wire, body?.json)).map((field) => ({
    field,
    fix: "neither the gateway's dialect nor this wire is known to have it; check its spelling if it was meant for memory",
    passedOn: true,
  }));
}

function toolsOf(
  { host }: NonNullable<GatewayDeps["memory"]>,
  deps: GatewayDeps,
  { outgoing, settings }: GatewayRequestCall,
): LocalTools {
  return {
    vault: (scope) => host.vault(scopeWithin(settings.scope, scope, outgoing.controls.scope)),
    claims: host.claims,
    threads: async () => {
      const user = mergeScopes(settings.scope, outgoing.controls.scope).user;
      return (await host.threads()).flatMap((thread) => {
        const scope = scopeSeen(thread.scope, user);
        return scope === null ? [] : { ...thread, scope };
      });
    },
    fetch: (input, init) => deps.realFetch()(input, init),
    now: deps.now,
    signal: outgoing.signal,
  };
}

async function serveProviderCall(
  deps: GatewayDeps,
  asked: GatewayRequestCall,
  call: GatewayCall,
): Promise<Response> {
  const { outgoing, url, dialect, startedAt } = asked;
  const target = retarget(outgoing, call);
  const plan = planOf(asked, call);
  let response: Response;
  if (call.memory === undefined || plan === null || deps.memory === null)
    response = await target.sendOwn(deps.realFetch());
  else {
    const refused = await admission(
      deps.memory,
      asked,
      call.memory,
      toolsOf(deps.memory, deps, asked),
    );
    if (refused instanceof Response) return refused;
    response = await serveWithMemory(deps, deps.memory, plan, target, refused);
  }
  if (isRedirect(response) && outgoing.redirect === "follow") {
    void response.body?.cancel().catch(() => undefined);
    return localResponse(
      url,
      dialect.refuse(
        url,
        502,
        "The provider redirected the call, and a redirect may lead anywhere. Name the final address in the option providers.",
      ),
    );
  }
  if (call.dress === undefined) return response;
  return dressed(response, call.dress(factsOf(deps, response, plan?.mode ?? "off", startedAt)));
}

interface MemoryPlan {
  readonly asked: GatewayRequestCall;
  readonly call: GatewayCall & { readonly body: NonNullable<GatewayCall["body"]> };
  readonly memory: CallMemory;
  readonly adapter: ProviderAdapter;
  readonly mode: Mode;
}

/** `null`: the call goes without memory. */
function planOf(asked: GatewayRequestCall, call: GatewayCall): MemoryPlan | null {
  const { outgoing, url, settings } = asked;
  const { body, memory } = call;
  const adapter = findAdapter(call.url);
  if (body === null || memory === undefined || adapter === null) return null;
  const own = strictestMode(outgoing.controls.mode ?? settings.mode, memory.mode);
  const keepsNothing = memory.keepInput === false && memory.keepAnswer === false;
  const mode = keepsNothing ? strictestMode(own, "read") : own;
  if (mode === "off" || !mayHaveMemory(url, call.url, settings)) return null;
  return { asked, call: { ...call, body }, memory, adapter, mode };
}

/** `hosts` may name the gateway, which the app's code does, or the provider, which gets the memory. */
function mayHaveMemory(gateway: URL, provider: URL, { hosts }: FetchSettings): boolean {
  const notDenied = hosts.deny === undefined ? {} : { deny: hosts.deny };
  if (!isServedHost(gateway, notDenied) || !isServedHost(provider, notDenied)) return false;
  return isServedHost(gateway, hosts) || isServedHost(provider, hosts);
}

/** The dialect's own rules of who may go on. A fault or a delay of memory lets the call go on without it. */
async function admission(
  memory: NonNullable<GatewayDeps["memory"]>,
  { outgoing, url, settings }: GatewayRequestCall,
  { admit }: CallMemory,
  tools: LocalTools,
): Promise<Response | "memory" | MemoryError> {
  if (admit === undefined) return "memory";
  const { deadlineMs, coldDeadlineMs } = settings.recall;
  const waitMs = memory.serve.isReady() ? deadlineMs : coldDeadlineMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<MemoryError>((resolve) => {
    timer = setTimeout(
      () =>
        resolve(
          new MemoryError("recall/deadline", "Whose thread it is could not be told in time.", {
            retryable: true,
          }),
        ),
      waitMs,
    );
  });
  const told = admit(tools).then(
    (answer) => (answer === null ? ("memory" as const) : localResponse(url, answer)),
    (cause: unknown) => asMemoryError(cause, "recall/failed", "Whose thread it is is not known."),
  );
  return orAbort(
    Promise.race([told, late]).finally(() => clearTimeout(timer)),
    outgoing.signal,
  );
}

async function serveWithMemory(
  { gateway }: GatewayDeps,
  { serve, observer }: NonNullable<GatewayDeps["memory"]>,
  { asked, call, memory, adapter, mode }: MemoryPlan,
  target: OutgoingRequest,
  admitted: "memory" | MemoryError,
): Promise<Response> {
  const { outgoing, settings, startedAt } = asked;
  const { body } = call;
  const common = {
    outgoing: target,
    url: call.url,
    adapter,
    startedAt,
    scope: scopeWithin(settings.scope, memory.scope, outgoing.controls.scope),
  };
  if (admitted !== "memory") {
    const reason = admitted.code === "recall/deadline" ? "deadline" : "unavailable";
    return serveUnread(serve, common, reason, admitted);
  }
  const read = (json: unknown): ProviderCall | null => readCall(adapter, json, call.url);
  const parsed = read(body.json);
  if (parsed === null) return serveUnread(serve, common, "unsupported-body");
  if (!hasTurn(parsed)) return serveUnread(serve, common, "no-user-turn");
  const limit = memory.limit ?? settings.recall.limit;
  const scope = mergeScopes(threadOf(parsed), common.scope);
  const budgetTokens = budgetOf(outgoing.controls.budgetTokens, memory.budgetTokens, settings);
  const before = beforeCall(gateway, memory, adapter.wire, body.json);
  const served: ServedCall = {
    ...common,
    settings: {
      ...settings,
      recall: { ...settings.recall, ...(limit === undefined ? {} : { limit }) },
    },
    mode,
    budgetTokens,
    deadlineMs: serve.isReady() ? settings.recall.deadlineMs : settings.recall.coldDeadlineMs,
    scope,
    body: { value: body.json, text: body.text },
    call: parsed,
    wishes: {
      plan: {
        ...(memory.exactContainer === true ? { exactContainer: true } : {}),
        ...(memory.exact === undefined ? {} : { exact: memory.exact }),
        ...(memory.where === undefined ? {} : { where: memory.where }),
        ...(memory.metadata === undefined ? {} : { metadata: memory.metadata }),
        ...(before === null ? {} : { historyTokens: before.historyTokens }),
        ...(before?.observes && settings.recall.strategy !== "query"
          ? { observationTokens: Math.floor(budgetTokens * OBSERVED_SHARE) }
          : {}),
        ...(memory.keepAnswer === false ? { keepAnswer: false } : {}),
        unkept: unkeptTurns(parsed, memory, body.json, read),
      },
      withHistory(turns, observations) {
        const longer = isRecord(body.json)
          ? withHistory(adapter.wire, body.json, turns, observations)
          : null;
        return longer === null ? null : read(longer);
      },
      onStored() {
        if (before?.observes) observer.notice(scope, before.historyTokens);
      },
    },
  };
  return serveCall(serve, served);
}

/** What is wanted of the thread before the call's own turns. `null`: nothing, or it could not be put into this body. */
function beforeCall(
  { observedHistoryTokens }: GatewaySettings,
  { historyTokens, observes = false }: CallMemory,
  wire: string,
  json: unknown,
): { readonly historyTokens: number; readonly observes: boolean } | null {
  if (historyTokens === undefined || !isRecord(json) || withHistory(wire, json, []) === null)
    return null;
  return {
    historyTokens: observes ? (observedHistoryTokens ?? historyTokens) : historyTokens,
    observes,
  };
}

/** Which turns are not to be kept: those of messages that said so, and all of the user's where the request said so. */
function unkeptTurns(
  call: ProviderCall,
  { keepInput, unkeptMessages = [] }: CallMemory,
  json: unknown,
  read: (json: unknown) => ProviderCall | null,
): readonly number[] {
  const users = call.turns.flatMap(({ role }, at) => (role === "user" ? [at] : []));
  if (keepInput === false) return users;
  if (unkeptMessages.length === 0 || !isRecord(json)) return [];
  const name = MESSAGE_LISTS.find((list) => Array.isArray(json[list]));
  const messages = name === undefined ? [] : (json[name] as readonly unknown[]);
  const unkept: number[] = [];
  let at = 0;
  for (const [place, message] of messages.entries()) {
    const turns = read({ ...json, [name ?? ""]: [message] })?.turns.length ?? 0;
    if (unkeptMessages.includes(place)) for (let i = 0; i < turns; i += 1) unkept.push(at + i);
    at += turns;
  }
  // A wire that reads messages otherwise together than alone: better none of them than the wrong ones.
  return at === call.turns.length ? unkept : call.turns.map((_, place) => place);
}

/** The app's own request, to the provider. It follows no redirect: one may lead anywhere, to a gateway too. */
function retarget(outgoing: OutgoingRequest, call: GatewayCall): OutgoingRequest {
  const redirect = outgoing.redirect === "error" ? "error" : "manual";
  const to = (body: RequestTarget["body"]): RequestTarget => ({
    url: call.url,
    headers: call.headers,
    body,
    redirect,
  });
  return {
    ...outgoing,
    url: call.url,
    headers: call.headers,
    redirect,
    sendOwn: (fetch) => outgoing.sendTo(fetch, to(call.body?.text ?? call.form ?? null)),
    sendChanged: (fetch, text) => outgoing.sendTo(fetch, to(text)),
  };
}

/** Browsers hide it (`opaqueredirect`); Node shows the status. */
function isRedirect(response: Response): boolean {
  return response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status);
}

/**
 * The dialect's ids inside of the app's own scope. What the dialect isolates by stays apart: a user of the app who speaks for a user
 * of the dialect is neither of the two, so that no two people ever share a name by accident.
 */
function scopeWithin(own: Scope, dialect: Scope, controls: Scope): Scope {
  const outer = mergeScopes(own, controls);
  const scope = mergeScopes(mergeScopes(own, dialect), controls);
  const user =
    outer.user !== undefined && dialect.user !== undefined && outer.user !== dialect.user
      ? JSON.stringify([outer.user, dialect.user])
      : (dialect.user ?? outer.user);
  return {
    ...scope,
    ...(user === undefined ? {} : { user }),
    ...(dialect.container === undefined ? {} : { container: dialect.container }),
  };
}

/** A stored scope as the dialect named it: the other way round. `null`: it is of another user of the app's. */
function scopeSeen(scope: Scope, user: string | undefined): Scope | null {
  if (user === undefined || scope.user === user) return scope;
  const start = `[${JSON.stringify(user)},`;
  if (scope.user === undefined || !scope.user.startsWith(start)) return null;
  const named: unknown = JSON.parse(scope.user.slice(start.length, -1));
  return typeof named === "string" ? { ...scope, user: named } : null;
}

function budgetOf(
  asked: number | undefined,
  dialect: number | undefined,
  { recall }: FetchSettings,
): number {
  if (asked === undefined) return dialect ?? recall.budgetTokens;
  return dialect === undefined ? asked : Math.min(asked, dialect);
}

function factsOf(
  { memory }: GatewayDeps,
  response: Response,
  mode: Mode,
  startedAt: number,
): CallFacts {
  const trace = memory?.serve.traces.trace(response) ?? null;
  return {
    mode,
    tokens: trace?.injected.tokens ?? 0,
    memories: trace?.memories ?? [],
    modified: trace?.request != null,
    threadId: trace?.threadId ?? null,
    ...(trace?.skipped === undefined ? {} : { skipped: trace.skipped }),
    ...(trace?.problem === undefined ? {} : { problem: trace.problem.code }),
    addedMs: trace?.addedMs ?? 0,
    totalMs: performance.now() - startedAt,
    request: trace?.request ?? null,
  };
}
