import { signal, type ReadonlySignal } from "@preact/signals";
import type { Memory, SyncStatus } from "@alcove/sdk";
import type { ServerHoldings } from "./server-holdings.ts";
import { watchChannelName, type WatchMessage, type WireCall } from "./watch-messages.ts";

/** What one device's worker says and is told over the wire, and what the server has when that device asks it. */
export interface ServerWatch {
  /** `null`: nothing was answered yet. Stays as it was while the server cannot be asked. */
  readonly holdings: ReadonlySignal<ServerHoldings | null>;
  /** `false`: the server's last answer is none of the protocol. */
  readonly isLegible: ReadonlySignal<boolean>;
  /** Newest first. */
  readonly calls: ReadonlySignal<readonly WireCall[]>;
  /** Whether the device's network is plugged in. */
  readonly isPlugged: ReadonlySignal<boolean>;
  setNetwork(on: boolean): void;
  /** Asks the server after every exchange of sync, until the returned function is called. */
  follow(): () => void;
  close(): void;
}

const MOST_CALLS = 40;
/** A run of exchanges is one look. */
const TOGETHER_MS = 250;
/** Nobody answers where the SDK could have no worker. */
const ANSWER_MS = 15_000;

export function createServerWatch(
  vault: string,
  { sync, on }: Pick<Memory, "sync" | "on">,
): ServerWatch {
  const holdings = signal<ServerHoldings | null>(null);
  const calls = signal<readonly WireCall[]>([]);
  const isPlugged = signal(true);
  const isLegible = signal(true);
  const channel = new BroadcastChannel(watchChannelName(vault));
  const tell = (message: WatchMessage): void => channel.postMessage(message);
  const asked = new Set<string>();
  let followers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let renewed = false;

  channel.addEventListener("message", ({ data }: MessageEvent<WatchMessage>) => {
    if (data.type === "wire") calls.value = [data.call, ...calls.value].slice(0, MOST_CALLS);
    // A worker that was started anew has its network on.
    if (data.type === "here" && followers > 0) tell({ type: "watch" });
    if (data.type === "here" && !isPlugged.value) tell({ type: "network", on: false });
    if (data.type === "network") isPlugged.value = data.on;
    if (data.type === "looked" && asked.has(data.id)) void take(data);
  });
  const stopStatus = on("sync", (status) => {
    if (followers > 0 && isSettled(status)) soon();
  });

  return {
    holdings,
    isLegible,
    calls,
    isPlugged,
    setNetwork(plugged) {
      isPlugged.value = plugged;
      tell({ type: "network", on: plugged });
    },
    follow() {
      followers += 1;
      tell({ type: "watch" });
      if (isSettled(sync.status())) soon();
      return () => {
        followers -= 1;
        if (followers === 0) clearTimeout(timer);
      };
    },
    close() {
      clearTimeout(timer);
      stopStatus();
      channel.close();
    },
  };

  function soon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const id = crypto.randomUUID();
      asked.add(id);
      setTimeout(() => asked.delete(id), ANSWER_MS);
      tell({ type: "look", id });
    }, TOGETHER_MS);
  }

  async function take({ id, answer }: Extract<WatchMessage, { type: "looked" }>): Promise<void> {
    if (answer.state === "told") {
      asked.delete(id);
      renewed = false;
      try {
        // The protocol's codecs are asked for when there is something to read.
        const { readHoldings } = await import("./read-holdings.ts");
        holdings.value = readHoldings(answer);
        isLegible.value = true;
      } catch {
        isLegible.value = false;
      }
      return;
    }
    // The worker has not spoken to the server yet, or its session is over: an exchange opens one, and is looked at then.
    if (answer.reason !== "session" || renewed) return;
    renewed = true;
    await sync.now().catch(() => undefined);
    soon();
  }
}

function isSettled({ state }: SyncStatus): boolean {
  return state === "idle";
}
