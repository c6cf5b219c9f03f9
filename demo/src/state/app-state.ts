import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Memory } from "@alcove/sdk";
import { PAGE_VAULT } from "../memory-client.ts";
import { createServerWatch, type ServerWatch } from "../server-watch/server-watch.ts";
import { createChats, type Chats } from "./chats.ts";
import { createCopies, type Copies } from "./copies.ts";
import { createDevices, type Devices } from "./devices.ts";
import { createEmbeddingState, type EmbeddingState } from "./embedding-state.ts";
import { createForgetQueue, type ForgetQueue } from "./forget-queue.ts";
import { createGatewayPlayground, type GatewayPlayground } from "./gateway-playground.ts";
import { createMemoryList, type MemoryListState } from "./memory-list.ts";
import { createNotices, type Notices } from "./notices.ts";
import { createObservations, type Observations } from "./observations.ts";
import { createProviderKeys, type ProviderKeys } from "./provider-keys.ts";
import { providerUrl } from "./provider.ts";
import { createRequestLog, type RequestLog } from "./request-log.ts";
import { createRouter, type Router } from "./router.ts";
import { safeStorage } from "./safe-storage.ts";
import { createSearchBench, type SearchBench } from "./search-bench.ts";
import { createSettings, type Settings } from "./settings.ts";
import { createTransfer, type Transfer } from "./transfer.ts";
import { createVaultHealth, type VaultHealth } from "./vault-health.ts";

/** All that the screens share. */
export interface App {
  readonly memory: Memory;
  readonly router: Router;
  readonly settings: Settings;
  readonly keys: ProviderKeys;
  readonly notices: Notices;
  readonly chats: Chats;
  readonly list: MemoryListState;
  readonly forgetting: ForgetQueue;
  readonly observations: Observations;
  readonly transfer: Transfer;
  readonly health: VaultHealth;
  readonly requests: RequestLog;
  readonly bench: SearchBench;
  readonly embedding: EmbeddingState;
  readonly devices: Devices;
  readonly copies: Copies;
  /** Of this page's own vault. */
  readonly watch: ServerWatch;
  readonly gateways: GatewayPlayground;
}

export function createApp(
  createPageMemory: (settings: Settings) => Memory,
  win: Window & typeof globalThis,
): App {
  const local = safeStorage(() => win.localStorage);
  const settings = createSettings(local);
  const memory = createPageMemory(settings);
  const keys = createProviderKeys(
    safeStorage(() => win.sessionStorage),
    win.indexedDB,
    win.crypto,
  );
  const notices = createNotices();
  const forgetting = createForgetQueue(memory, notices, local);
  const chats = createChats({ memory, settings, keys, notices });
  memory.on("changed", ({ ids }) => void chats.refreshCaptured(ids));
  memory.on("forgotten", ({ ids }) => {
    chats.refreshTraces();
    void chats.refreshCaptured(ids);
  });
  return {
    memory,
    router: createRouter(win),
    settings,
    keys,
    notices,
    chats,
    list: createMemoryList(memory, forgetting),
    forgetting,
    observations: createObservations(memory, notices),
    transfer: createTransfer(memory, notices),
    health: createVaultHealth(memory),
    embedding: createEmbeddingState(memory, settings),
    devices: createDevices(memory, notices, local, win.location),
    copies: createCopies(memory, notices),
    watch: createServerWatch(PAGE_VAULT, memory),
    gateways: createGatewayPlayground(notices, win.navigator.serviceWorker),
    requests: createRequestLog(win, () => {
      const url = providerUrl(settings);
      return URL.canParse(url) ? [new URL(url).host] : [];
    }),
    bench: createSearchBench(
      notices,
      win.indexedDB,
      () =>
        new Worker(new URL("../../../sdk/bench/search/worker.ts", import.meta.url), {
          type: "module",
        }),
    ),
  };
}

const AppContext = createContext<App | null>(null);
export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("No app above this component.");
  return app;
}
