import type { MemoryError } from "../domain/errors.ts";
import { toBase64url } from "../wire/base64url.ts";
import type { Bytes } from "../wire/bytes.ts";
import type { LiveEvent } from "../wire/procedures.ts";
import { backOffMs, isPassing, wait } from "./back-off.ts";
import type { SyncEngine, VaultAccess } from "./engine-port.ts";
import { toMemoryError } from "./server-problem.ts";
import type { Transport } from "./transport.ts";

/** Keeps one vault up to date in the background, in the one tab that leads. */
export interface SyncLoop {
  /** There may be something to send. */
  changed(): void;
  /** The network is back, the machine awake, or somebody wants it now. Ends a back-off, and a stop by a problem. */
  wake(): void;
  /** Resolves once nothing runs any more. */
  stop(): Promise<void>;
}

export interface LoopDeps {
  readonly transport: Transport;
  readonly vaultId: Bytes;
  readonly call: VaultAccess["call"];
  /** Runs alone among all tabs, with the newest state. */
  readonly exclusive: (work: (engine: SyncEngine) => Promise<void>) => Promise<void>;
  readonly onState: (state: LoopState, problem: MemoryError | null) => void;
  readonly random?: () => number;
}

type Ring = "changed" | "wake" | "hint";

/** `stopped`: by a problem that does not pass by itself. */
export type LoopState = "syncing" | "idle" | "offline" | "stopped";

/** Several edits of one moment go in one push. */
const TOGETHER_MS = 20;
/**
 * Edits are sent at once, so many of them; who goes on editing is sent every so often. A server takes 60 pushes a minute from a vault,
 * and has as many in reserve.
 */
const AT_ONCE = 20;
const BETWEEN_MS = 1_200;
/** For hints that were lost, and servers whose streams a proxy holds back. */
const POLL_MS = 300_000;

export function startLoop(deps: LoopDeps): SyncLoop {
  const { transport, vaultId, call, exclusive, random = Math.random } = deps;
  const ended = new AbortController();
  let ring: (why: Ring) => void = () => undefined;
  /** What rang while nobody listened. */
  let rung: Ring | null = null;
  /** What the newest hint told. */
  let news: LiveEvent | undefined;
  let stopped = false;
  const sends = createAllowance(AT_ONCE, BETWEEN_MS);
  /** Tells once more how it stands: one change more waits. */
  let again: () => void = () => undefined;
  const onState: LoopDeps["onState"] = (state, problem) => {
    again = () => deps.onState(state, problem);
    again();
  };
  /** Ends the wait before hints are listened for again. */
  let rouse = new AbortController();
  const running = Promise.all([run(), listen()]);

  return {
    changed: () => bell("changed"),
    wake() {
      stopped = false;
      rouse.abort();
      bell("wake");
    },
    async stop() {
      ended.abort(new Error("Sync ended."));
      await running;
    },
  };

  function bell(why: Ring): void {
    if (rung === null || why !== "hint") rung = why;
    ring(why);
  }

  async function run(): Promise<void> {
    let failures = 0;
    let why: Ring | "time" = "wake";
    while (!ended.signal.aborted) {
      let pause = POLL_MS;
      try {
        onState("syncing", null);
        await exclusive((engine) => work(engine, why));
        failures = 0;
        onState("idle", null);
      } catch (error) {
        if (ended.signal.aborted) return;
        const problem = toMemoryError(error);
        if (isPassing(error) || problem.retryable) {
          failures += 1;
          pause = backOffMs(failures, error, random);
          onState(problem.code === "sync/offline" ? "offline" : "idle", problem);
        } else {
          // A full vault has room again once something is forgotten: each change is tried, and what others write is read.
          stopped = problem.code !== "sync/full";
          onState("stopped", problem);
        }
      }
      why = await rest(pause);
    }
  }

  async function work(engine: SyncEngine, why: Ring | "time"): Promise<void> {
    if (why === "hint") {
      await engine.pull(ended.signal, news);
      // What came may have something to say about, and what waits here goes when its time has come.
      if ((await engine.status()).pending > 0) bell("changed");
      return;
    }
    sends.take(Date.now());
    await (why === "changed" ? engine.send(ended.signal) : engine.now(ended.signal));
  }

  /** Until there is something to do. While a problem stops it, only a wake-up counts; while backing off, a change waits along. */
  async function rest(ms: number): Promise<Ring | "time"> {
    const until = Date.now() + ms;
    const isBackingOff = ms !== POLL_MS;
    for (;;) {
      const why = rung ?? (await next(stopped ? POLL_MS : until - Date.now()));
      rung = null;
      if (ended.signal.aborted) return "time";
      if (stopped || (isBackingOff && why !== "wake" && why !== "time")) {
        if (why === "changed") again();
        continue;
      }
      return why === "changed" ? patiently() : why;
    }
  }

  /** A change goes with those of the same moment, and not before its time. What others have written does not wait for that. */
  async function patiently(): Promise<Ring | "time"> {
    const at = Date.now();
    const due = at + Math.max(TOGETHER_MS, sends.waitMs(at));
    for (;;) {
      const why = rung ?? (await next(due - Date.now()));
      rung = null;
      if (why === "changed") continue;
      if (why === "time") return ended.signal.aborted ? why : "changed";
      if (why === "hint") rung = "changed";
      return why;
    }
  }

  function next(ms: number): Promise<Ring | "time"> {
    return new Promise((resolve) => {
      const end = (why: Ring | "time"): void => {
        clearTimeout(timer);
        ended.signal.removeEventListener("abort", over);
        ring = () => undefined;
        resolve(why);
      };
      const over = (): void => end("time");
      const timer = setTimeout(over, Math.max(ms, 0));
      ended.signal.addEventListener("abort", over, { once: true });
      if (ended.signal.aborted) over();
      ring = end;
    });
  }

  /** Hints are only hints: whatever happens to the stream, the polling pull finds what there is. */
  async function listen(): Promise<void> {
    const { signal } = ended;
    let lastEventId: string | undefined;
    for (let failures = 0; !signal.aborted;) {
      let error: unknown = null;
      // From here on: who wakes up while the server is still being asked in vain is not to wait either.
      rouse = new AbortController();
      try {
        const named = { vaultId: toBase64url(vaultId) };
        const { ticket } = await call("auth.ticket", named, signal);
        const input = { ticket, ...(lastEventId !== undefined && { lastEventId }) };
        for await (const event of transport.live(input, signal)) {
          failures = 0;
          news = event;
          lastEventId = String(event.seq);
          bell("hint");
        }
      } catch (caught) {
        error = caught;
        // This device was removed, or the vault destroyed: asking says which.
        if (!signal.aborted && !isPassing(caught)) {
          news = undefined;
          bell("hint");
        }
      }
      failures += 1;
      const either = AbortSignal.any([signal, rouse.signal]);
      await wait(backOffMs(Math.min(failures, 6), error, random), either).catch(() => undefined);
      // After a tunnel: without this the device would hear of nothing new for as long as it had been in there.
      if (rouse.signal.aborted) failures = 0;
    }
  }
}

/** So many at once, and one more after every `everyMs`. */
function createAllowance(
  most: number,
  everyMs: number,
): { take(at: number): void; waitMs(at: number): number } {
  let left = most;
  let since = 0;
  const refill = (at: number): void => {
    // A clock that is set back gives nothing, and takes nothing away.
    left = Math.min(most, left + Math.max(0, at - since) / everyMs);
    since = at;
  };
  return {
    take(at) {
      refill(at);
      left = Math.max(0, left - 1);
    },
    waitMs(at) {
      refill(at);
      return left >= 1 ? 0 : Math.ceil((1 - left) * everyMs);
    },
  };
}
