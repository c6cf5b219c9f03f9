import type { MemoryError } from "../domain/errors.ts";
import { toBase64url } from "../wire/base64url.ts";
import type { Bytes } from "../wire/bytes.ts";
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

/** `stopped`: by a problem that does not pass by itself. */
export type LoopState = "syncing" | "idle" | "offline" | "stopped";

/** Several edits of one moment go in one push. */
const TOGETHER_MS = 30;
/** What goes on being edited is sent once a second: a server takes 60 pushes a minute. */
const BETWEEN_MS = 1_000;
/** For hints that were lost, and servers whose streams a proxy holds back. */
const POLL_MS = 300_000;

export function startLoop(deps: LoopDeps): SyncLoop {
  const { transport, vaultId, call, exclusive, random = Math.random } = deps;
  const ended = new AbortController();
  let ring: (why: "changed" | "wake" | "hint") => void = () => undefined;
  /** What rang while nobody listened. */
  let rung: "changed" | "wake" | "hint" | null = null;
  let stopped = false;
  let lastRun = 0;
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

  function bell(why: "changed" | "wake" | "hint"): void {
    if (rung === null || why !== "hint") rung = why;
    ring(why);
  }

  async function run(): Promise<void> {
    let failures = 0;
    let full = true;
    while (!ended.signal.aborted) {
      let pause = POLL_MS;
      try {
        onState("syncing", null);
        await exclusive((engine) => (full ? engine.now(ended.signal) : catchUp(engine)));
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
          stopped = true;
          onState("stopped", problem);
        }
      }
      lastRun = Date.now();
      full = (await rest(pause)) !== "hint";
    }
  }

  /** A hint says that others have written; what waits here goes along. */
  async function catchUp(engine: SyncEngine): Promise<void> {
    await engine.pull(ended.signal);
    if ((await engine.status()).pending > 0) await engine.push(ended.signal);
  }

  /** Until there is something to do. While a problem stops it, only a wake-up counts; while backing off, a change waits along. */
  async function rest(ms: number): Promise<"changed" | "wake" | "hint" | "time"> {
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
      if (why === "changed") {
        const soon = Math.max(TOGETHER_MS, lastRun + BETWEEN_MS - Date.now());
        await wait(soon, ended.signal).catch(() => undefined);
      }
      return why;
    }
  }

  function next(ms: number): Promise<"changed" | "wake" | "hint" | "time"> {
    return new Promise((resolve) => {
      const end = (why: "changed" | "wake" | "hint" | "time"): void => {
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
      try {
        const named = { vaultId: toBase64url(vaultId) };
        const { ticket } = await call("auth.ticket", named, signal);
        const input = { ticket, ...(lastEventId !== undefined && { lastEventId }) };
        for await (const { seq } of transport.live(input, signal)) {
          failures = 0;
          lastEventId = String(seq);
          bell("hint");
        }
      } catch (caught) {
        error = caught;
        // This device was removed, or the vault destroyed: asking says which.
        if (!signal.aborted && !isPassing(caught)) bell("hint");
      }
      failures += 1;
      rouse = new AbortController();
      const either = AbortSignal.any([signal, rouse.signal]);
      await wait(backOffMs(Math.min(failures, 6), error, random), either).catch(() => undefined);
      // After a tunnel: without this the device would hear of nothing new for as long as it had been in there.
      if (rouse.signal.aborted) failures = 0;
    }
  }
}
