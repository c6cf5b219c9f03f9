import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Memory, SyncDevice, SyncStatus } from "@alcove/sdk";
import { explain } from "./explain.ts";
import type { Notices } from "./notices.ts";
import type { PlainStorage } from "./safe-storage.ts";

/** How this vault is shared with other devices. */
export interface Devices {
  readonly status: ReadonlySignal<SyncStatus>;
  /** Whether the vault is shared, be it that sync has stopped. */
  readonly isOn: ReadonlySignal<boolean>;
  /** `null`: not read yet. */
  readonly list: ReadonlySignal<readonly SyncDevice[] | null>;
  /** Why the list could not be read. */
  readonly listProblem: ReadonlySignal<string | null>;
  /** Address of the sync server; remembered in this browser. */
  readonly server: Signal<string>;
  /** Reads the list anew. Never rejects. */
  refresh(): Promise<void>;
}

const ITEM = "alcove-demo.sync-server";
/** Where `npm start` puts the server, on the host of the page. */
const PORT = 8787;

export function createDevices(
  { sync, on }: Pick<Memory, "sync" | "on">,
  notices: Notices,
  storage: PlainStorage,
  page: Pick<Location, "protocol" | "hostname">,
): Devices {
  const status = signal<SyncStatus>(sync.status());
  const list = signal<readonly SyncDevice[] | null>(null);
  const listProblem = signal<string | null>(null);
  const server = signal(storage.getItem(ITEM) ?? `${page.protocol}//${page.hostname}:${PORT}`);
  effect(() => {
    try {
      storage.setItem(ITEM, server.value);
    } catch {
      // A private window may forbid it: the address then lasts as long as the page.
    }
  });
  on("sync", (told) => {
    const before = status.value.problem?.code;
    status.value = told;
    if (told.state === "off") list.value = null;
    // Whoever is removed has to learn it on whatever screen they are.
    if (told.problem?.code === "sync/removed" && before !== "sync/removed")
      notices.tell("This device was removed from the vault. Its memories stay here.", {
        tone: "problem",
      });
  });
  return {
    status,
    isOn: computed(() => status.value.state !== "off" && status.value.state !== "unavailable"),
    list,
    listProblem,
    server,
    async refresh() {
      try {
        list.value = await sync.devices();
        listProblem.value = null;
      } catch (error) {
        listProblem.value = explain(error).text;
      }
    },
  };
}
