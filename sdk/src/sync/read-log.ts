import { MemoryError } from "../domain/errors.ts";
import { compareLogs, extendLog, type LogDeps, type LogState } from "../crypto/member-log.ts";
import type { Verifier } from "../crypto/verify.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { equalBytes, type Bytes } from "../wire/bytes.ts";
import { LIMITS } from "../wire/limits.ts";
import type { SealedBox } from "../wire/procedures.ts";
import { WireError } from "../wire/wire-error.ts";
import type { Session } from "./session.ts";

/** A verified member log with the bytes that it was verified from. */
export interface MemberLog {
  readonly entries: readonly Bytes[];
  /** The day on which this device saw each entry first, in days since 1970-01-01 UTC. */
  readonly firstSeen: readonly number[];
  readonly state: LogState;
}

export interface ReadLog {
  readonly log: MemberLog;
  /** What the server holds for the caller, and the links. */
  readonly boxes: readonly SealedBox[];
}

export interface ReadLogDeps {
  readonly session: Pick<Session, "call">;
  readonly verifier: Verifier;
  readonly vaultId: Bytes;
  readonly today: number;
}

/**
 * The log as the server has it now, verified. The last known entry is read again with what follows it, so that a log that was cut or
 * exchanged is noticed.
 *
 * @throws {@link MemoryError} `sync/vault-rollback` for a log that was longer, `sync/vault-fork` for one that parted from the known one or
 *   that its members did not sign
 */
export async function readLog(known: MemberLog | null, deps: ReadLogDeps): Promise<ReadLog> {
  if (known === null) return readWhole(deps);
  const from = known.entries.length - 1;
  const { entries, boxes } = await readFrom(from, deps);
  const [again, ...more] = entries;
  const last = known.entries[from];
  if (again && last && equalBytes(again, last)) {
    return { boxes, log: more.length === 0 ? known : await extend(known, more, deps) };
  }
  const other = await readWhole(deps, known);
  switch (compareLogs(known.entries, other.log.entries)) {
    case "overruled":
    case "ahead":
    case "same":
      return other;
    case "behind":
      throw new MemoryError(
        "sync/vault-rollback",
        "The server shows a shorter log of members than this device has seen.",
      );
    case "fork":
      throw fork("The server shows another log of members than this device has seen.");
  }
  throw fork("The server's log of members cannot be compared.");
}

/** Continues a log by entries that are known to be new, and were seen today. */
export async function extend(
  log: MemberLog | null,
  entries: readonly Bytes[],
  { verifier, today, vaultId }: Pick<ReadLogDeps, "verifier" | "today" | "vaultId">,
  seenBefore: readonly number[] = [],
): Promise<MemberLog> {
  const all = [...(log?.entries ?? []), ...entries];
  const firstSeen = [
    ...(log?.firstSeen ?? []),
    ...entries.map((_, i) => seenBefore[i + (log?.entries.length ?? 0)] ?? today),
  ];
  const deps: LogDeps = { verifier, today, firstSeen: (index) => firstSeen[index] };
  try {
    const state = await extendLog(log?.state ?? null, entries, deps);
    if (!equalBytes(state.vaultId, vaultId)) throw fork("The server shows another vault's log.");
    return { entries: all, firstSeen, state };
  } catch (error) {
    if (error instanceof WireError)
      throw fork("The server shows a log of members that they did not sign.", error);
    throw error;
  }
}

async function readWhole(deps: ReadLogDeps, known: MemberLog | null = null): Promise<ReadLog> {
  const { entries, boxes } = await readFrom(0, deps);
  if (entries.length === 0) throw fork("The server shows a log without entries.");
  // What both logs have in common was seen when it was seen.
  const parting = entries.findIndex((entry, i) => {
    const before = known?.entries[i];
    return before === undefined || !equalBytes(entry, before);
  });
  const seenBefore = (known?.firstSeen ?? []).slice(0, parting === -1 ? undefined : parting);
  return { boxes, log: await extend(null, entries, deps, seenBefore) };
}

async function readFrom(
  from: number,
  { session, vaultId }: ReadLogDeps,
): Promise<{ readonly entries: readonly Bytes[]; readonly boxes: readonly SealedBox[] }> {
  const entries: Bytes[] = [];
  let boxes: readonly SealedBox[] = [];
  for (;;) {
    const at = from + entries.length;
    const page = await session.call("log.get", { vaultId: toBase64url(vaultId), from: at });
    entries.push(...page.entries.map(fromBase64url));
    ({ boxes } = page);
    if (!page.more) return { entries, boxes };
    // A server that says there is more and gives nothing would be asked for ever.
    if (page.entries.length === 0 || entries.length > LIMITS.logEntries)
      throw fork("The server shows a log of members that does not end.");
  }
}

function fork(message: string, cause?: unknown): MemoryError {
  return new MemoryError("sync/vault-fork", message, cause === undefined ? {} : { cause });
}
