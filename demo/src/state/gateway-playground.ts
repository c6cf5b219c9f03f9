import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { createMemory, deleteVault, type Memory } from "@alcove/sdk";
import type { Captured, Exchange, SeenRequest } from "../gateways/exchange.ts";
import { GATEWAY_NAMES, gatewayOf, type GatewayName } from "../gateways/gateways.ts";
import type { ReceivedRequest } from "../scripted-provider/received-request.ts";
import {
  scriptedBaseUrl,
  scriptedRoot,
  startScriptedProvider,
} from "../scripted-provider/start-scripted-provider.ts";
import { explain } from "./explain.ts";
import type { Notices } from "./notices.ts";

/** A vault of its own: what is tried here has no part in the chats. */
const VAULT = "gateways";
/** What the built-in provider gets for a key. It asks for none; this makes visible that no gateway's key goes out. */
const PROVIDER_KEY = "key-of-the-provider";
const PATIENCE_MS = 2000;

export type PlaygroundState =
  | { readonly step: "idle" }
  | { readonly step: "sending" }
  | { readonly step: "failed"; readonly problem: string }
  | { readonly step: "done"; readonly gateway: GatewayName; readonly exchange: Exchange };

/** Gateway code at work on this device, with the built-in model as its provider. */
export interface GatewayPlayground {
  readonly chosen: Signal<GatewayName>;
  readonly said: Signal<string>;
  readonly state: ReadonlySignal<PlaygroundState>;
  /** What was remembered of the call that is shown; `null`: nothing yet. */
  readonly captured: ReadonlySignal<Exchange["trace"]>;
  send(): Promise<void>;
  /** Deletes all that was remembered here. */
  forget(): Promise<void>;
}

export function createGatewayPlayground(
  notices: Notices,
  workers: ServiceWorkerContainer | undefined,
): GatewayPlayground {
  const state = signal<PlaygroundState>({ step: "idle" });
  const captured = signal<Exchange["trace"]>(null);
  const chosen = signal<GatewayName>("memoryrouter");
  const said = signal("I bake rye bread every Saturday.");
  let opened: Memory | null = null;

  const open = (): Memory => {
    if (opened !== null) return opened;
    const openAiShaped = { apiKey: PROVIDER_KEY, baseURL: scriptedBaseUrl() };
    const memory = createMemory({
      vault: VAULT,
      dialects: GATEWAY_NAMES.map((name) => gatewayOf(name).dialect),
      providers: {
        openai: openAiShaped,
        minimax: openAiShaped,
        google: { apiKey: PROVIDER_KEY, baseURL: scriptedRoot() },
      },
    });
    memory.on("captured", ({ traceId }: Captured) => {
      const now = state.value;
      if (now.step !== "done" || now.exchange.trace?.id !== traceId) return;
      captured.value = memory.trace(traceId);
    });
    opened = memory;
    return memory;
  };

  const run = async (name: GatewayName): Promise<Exchange> => {
    await startScriptedProvider();
    const memory = open();
    const provider = listen(workers);
    let made: SeenRequest | null = null;
    let response: Response | null = null;
    let body = Promise.resolve("");
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      made = await seen(request);
      const answer = await memory.fetch(input, init);
      response = answer;
      body = answer.clone().text();
      return answer;
    };
    const watched = Object.create(memory, { fetch: { value: fetch } }) as Memory;
    const text = await gatewayOf(name).run({ said: said.value.trim(), memory: watched });
    const answer = response as Response | null;
    if (made === null || answer === null) throw new Error("The client made no call.");
    const traceId = answer.headers.get("x-alcove-trace");
    return {
      made,
      received: await provider.heard(),
      answer: { status: answer.status, headers: [...answer.headers], body: await body },
      text,
      trace: traceId === null ? null : memory.trace(traceId),
    };
  };

  return {
    chosen,
    said,
    state,
    captured,
    async send() {
      if (state.value.step === "sending" || said.value.trim() === "") return;
      const gateway = chosen.value;
      state.value = { step: "sending" };
      captured.value = null;
      try {
        const exchange = await run(gateway);
        state.value = { step: "done", gateway, exchange };
        const trace = exchange.trace === null ? null : (opened?.trace(exchange.trace.id) ?? null);
        // The event may have come before the answer was read to its end.
        if (trace?.captured.state === "stored") captured.value = trace;
        notices.announce(`Answer: ${exchange.text}`);
      } catch (error) {
        state.value = { step: "failed", problem: explain(error).text };
        notices.announce("The call failed.");
      }
    },
    async forget() {
      const memory = opened;
      opened = null;
      if (memory === null) await deleteVault(VAULT);
      else await memory.destroy();
      state.value = { step: "idle" };
      captured.value = null;
    },
  };
}

/** Hears the next request that reaches the built-in provider. */
function listen(workers: ServiceWorkerContainer | undefined): {
  /** `null`: none came, nor comes within the patience. */
  heard(): Promise<SeenRequest | null>;
} {
  const stop = new AbortController();
  const request = new Promise<SeenRequest>((resolve) => {
    workers?.addEventListener(
      "message",
      ({ data }: MessageEvent<ReceivedRequest | undefined>) => {
        if (data?.type === "received") resolve(data);
      },
      { signal: stop.signal },
    );
  });
  return {
    async heard() {
      const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
      const first = await Promise.race([request, late]);
      stop.abort();
      return first;
    },
  };
}

async function seen(request: Request): Promise<SeenRequest> {
  return { url: request.url, headers: [...request.headers], body: await request.text() };
}
