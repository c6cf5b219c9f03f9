import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The system calls that say in which order bytes reached the disk and the network. */
const CALLS = "trace=fsync,fdatasync,write,writev,pwrite64,pwritev,sendto,sendmsg";

/** What is told of them: the names of files, and the first bytes. */
export const TRACED: readonly string[] = ["-y", "-s", "64", "-e", CALLS];

/** Command that runs another under a tracer which writes to `file`. The program itself is the child, and gets the signals. */
export const tracing = (file: string): readonly string[] => [
  "strace",
  "-D",
  "-f",
  ...TRACED,
  "-o",
  file,
];

/** Why system calls cannot be traced here, or null where they can. */
export function tracingProblem(): string | null {
  const tried = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]);
  if (tried.error !== undefined) return "strace is not installed";
  return tried.status === 0 ? null : "tracing is not allowed here";
}

export interface OrderCheck {
  /** Answers that followed a write to the log. */
  readonly acknowledgements: number;
  readonly syncs: number;
  /** Answers given while bytes of the log were written and not yet synced. */
  readonly early: number;
}

/**
 * Whether a sync stands between the last write to the database's log and each acknowledgement.
 *
 * @param isLog of a line's call and file, whether it writes or syncs the log
 * @param isAck of a line, whether it sends the answer
 */
export function checkOrder(
  file: string,
  isLog: (line: string) => boolean,
  isAck: (line: string) => boolean,
): OrderCheck {
  let unsynced = false;
  let written = false;
  const found = { acknowledgements: 0, syncs: 0, early: 0 };
  for (const line of wholeCalls(readFileSync(file, "utf8"))) {
    if (/\bf(data)?sync\(/.test(line)) {
      if (!isLog(line)) continue;
      unsynced = false;
      found.syncs += 1;
    } else if (/\bp?write(v|64)?\(/.test(line) && isLog(line)) {
      unsynced = true;
      written = true;
    } else if (isAck(line)) {
      if (!written) continue;
      written = false;
      found.acknowledgements += 1;
      if (unsynced) found.early += 1;
    }
  }
  return found;
}

/** A write counts from its start, a sync only from its end: calls that another thread interrupts are told in two lines. */
function* wholeCalls(text: string): Generator<string> {
  const open = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, pid = "", call = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const isSync = /\bf(data)?sync\b/.test(call);
    if (call.endsWith("<unfinished ...>")) {
      if (isSync) open.set(pid, call);
      else yield call;
    } else if (call.startsWith("<... ")) {
      const begun = open.get(pid);
      open.delete(pid);
      if (begun !== undefined) yield begun;
    } else yield call;
  }
}
