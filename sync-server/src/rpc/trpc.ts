import {
  equalBytes,
  fromBase64url,
  PROCEDURES,
  toBase64url,
  type Access,
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  type Schema,
  type Verifier,
  type WireProblem,
} from "@alcove/sdk/wire";
import { initTRPC } from "@trpc/server";
import { octetInputParser } from "@trpc/server/http";
import { endOf, hashToken, type Challenges } from "../auth/tokens.ts";
import type { Bus } from "../bus/bus.ts";
import type { Config } from "../config.ts";
import type { KeyedHash } from "../keyed-hash.ts";
import type { LimitKind, RateLimits } from "../limits/rate-limits.ts";
import type { Gate } from "../limits/gate.ts";
import { errorFacts, type Log } from "../log.ts";
import type { Holder, Store } from "../store/store.ts";
import type { MemberLogs } from "../vaults/member-logs.ts";
import { problem, problemOf, toTrpcError } from "./problem.ts";

/** What every procedure works with. */
export interface RpcDeps {
  readonly config: Config;
  readonly store: Store;
  readonly bus: Bus;
  readonly logs: MemberLogs;
  readonly verifier: Verifier;
  readonly challenges: Challenges;
  readonly limits: RateLimits;
  readonly streams: Gate;
  readonly keyedHash: KeyedHash;
  readonly log: Log;
  readonly canCreateVault: CanCreateVault;
  /** Epoch ms. */
  readonly now: () => number;
  /** Aborts when the server stops: streams end then. */
  readonly stopping: AbortSignal;
}

/** Decides on a vault that is not there yet; a refusal is answered as `forbidden`. */
export type CanCreateVault = (request: {
  readonly vaultId: Uint8Array;
  /** What the client sent along: an invitation, a proof. */
  readonly proof: string | undefined;
}) => boolean | Promise<boolean>;

/** What is known of one request. */
export interface RpcContext {
  /** Keyed hash of the client's address. */
  readonly client: string;
  /** `host`, as the client addressed the server. */
  readonly host: string;
  /** Of `authorization: Bearer`. */
  readonly token: string | null;
  /** Of the body, as the client told before it sent it; `null`: not told. No more of it is read than that. */
  readonly bodyBytes: number | null;
}

const TOKEN_TEXT = /^[\w-]{43}$/;

const t = initTRPC.context<RpcContext>().create({
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: 15_000 },
    maxDurationMs: 15 * 60_000,
    client: { reconnectAfterInactivityMs: 40_000 },
  },
  errorFormatter({ shape, error }) {
    const alcove: WireProblem = problemOf(error);
    // No message and no stack of anything that was thrown: they may quote what was sent.
    return {
      code: shape.code,
      message: alcove.code,
      data: { code: shape.data.code, httpStatus: shape.data.httpStatus, alcove },
    };
  },
});

export const { router, createCallerFactory } = t;

/** Makes the procedures of the protocol's table: who may call, what goes in and what comes out are taken from there. */
export function createProcedures(deps: RpcDeps) {
  const { store, log, now, limits } = deps;

  /** Problems instead of errors, and one line for each call. */
  const told = t.procedure.use(async ({ path, next }) => {
    const startedAt = performance.now();
    const result = await next();
    const ms = Math.round(performance.now() - startedAt);
    if (result.ok) {
      log.debug("call", { path, ms });
      return result;
    }
    const { code } = problemOf(result.error);
    log.debug("refused", { path, ms, code });
    if (code === "internal" || code === "busy")
      log.error("failed", { path, code, ...errorFacts(result.error.cause) });
    throw toTrpcError(result.error);
  });

  async function holderOf(token: string | null): Promise<Holder> {
    if (token === null || !TOKEN_TEXT.test(token)) throw problem("unauthenticated");
    const bytes = fromBase64url(token);
    const holder = endOf(bytes) > now() ? await store.session(hashToken(bytes)) : null;
    if (holder === null) throw problem("unauthenticated");
    return holder;
  }

  /** Before the input is looked at: who may not call learns nothing from how it is refused. */
  const admitted = (access: Access) =>
    told.use(async ({ ctx, next }) => {
      if (access === "open" || access === "ticket")
        return next({ ctx: { ...ctx, holder: NOBODY } });
      const holder = await holderOf(ctx.token);
      if (access === "member" && holder.deviceId === null) throw problem("forbidden");
      return next({ ctx: { ...ctx, holder: somebody(holder) } });
    });

  /** A procedure with JSON input. A session is of one vault: another one in the input is refused. */
  function json<Name extends JsonProcedure>(name: Name) {
    const { access, input, output } = PROCEDURES[name];
    return admitted(access)
      .input(input as Schema<ProcedureInput<Name>>)
      .use(({ ctx, input: given, next }) => {
        const { vaultId } = given as { readonly vaultId?: string };
        if (ctx.holder !== null && vaultId !== toBase64url(ctx.holder.vaultId))
          throw problem("forbidden");
        return next();
      })
      .output(output as Schema<ProcedureOutput<Name>>);
  }

  /** A procedure without input. */
  function bare<Name extends "meta.info">(name: Name) {
    const { access, output } = PROCEDURES[name];
    return admitted(access).output(output as Schema<ProcedureOutput<Name>>);
  }

  /** A procedure whose body is bytes. Its ids are inside, so it asks `sameVault` itself. */
  function octets<Name extends OctetProcedure>(name: Name) {
    const { access, output } = PROCEDURES[name];
    return admitted(access)
      .input(octetInputParser)
      .output(output as Schema<ProcedureOutput<Name>>);
  }

  /** A subscription: its events are checked where they are made. */
  function live(name: "sync.live") {
    return admitted(PROCEDURES[name].access).input(PROCEDURES[name].input);
  }

  /** @throws `limit` when there were too many */
  function limited(kind: LimitKind, key: string): void {
    admit(limits.take(kind, key));
  }

  /** @throws `limit` when there were too many pushes to this vault; before the body is read */
  function limitedPush(vault: string, { bodyBytes }: RpcContext): void {
    admit(limits.takePush(vault, bodyBytes));
  }

  return { json, bare, octets, live, limited, limitedPush };
}

function admit(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw problem("limit", { retryAfterMs });
}

const NOBODY: Holder | null = null;
const somebody = (holder: Holder): Holder | null => holder;

type OctetProcedure = "sync.push" | "blob.part";
type JsonProcedure = Exclude<ProcedureName, OctetProcedure | "meta.info" | "sync.live">;

/** The device of a session that procedures for members only have let through. */
export function memberOf({ holder }: { readonly holder: Holder | null }): {
  readonly vaultId: Uint8Array;
  readonly deviceId: Uint8Array;
} {
  if (holder?.deviceId == null) throw problem("unauthenticated");
  return { vaultId: holder.vaultId, deviceId: holder.deviceId };
}

/** @throws `forbidden` when a body is about another vault than the session is */
export function sameVault(holder: { readonly vaultId: Uint8Array }, vaultId: Uint8Array): void {
  if (!equalBytes(holder.vaultId, vaultId)) throw problem("forbidden");
}

/** Reads a body of bytes. @throws `too-large` */
export async function readOctets(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    // The rest is read and dropped: whoever stops reading breaks the connection before the answer is out. `maxBodyBytes` ends it.
    if (length <= maxBytes) chunks.push(chunk);
  }
  if (length > maxBytes) throw problem("too-large", { maxBytes });
  return new Uint8Array(Buffer.concat(chunks, length));
}
