import { signal, type ReadonlySignal } from "@preact/signals";
import { createMemory, type Memory, type MemoryRecord, type SyncStatus } from "@alcove/sdk";
import { createServerWatch, type ServerWatch } from "../server-watch/server-watch.ts";
import { startWatchedWorker } from "../server-watch/start-watched-worker.ts";

/** One of the two devices that stand side by side: a vault of its own, with keys, a worker and a network of its own. */
export interface TwinDevice {
  readonly name: string;
  readonly memory: Memory;
  readonly watch: ServerWatch;
  readonly status: ReadonlySignal<SyncStatus>;
  /** Of its key; `null`: not told yet. */
  readonly deviceId: ReadonlySignal<string | null>;
  /** Newest first; `null`: not read yet. */
  readonly lines: ReadonlySignal<readonly TwinLine[] | null>;
  /** Ids that came or changed through sync, as long as they are the news. */
  readonly arrived: ReadonlySignal<ReadonlySet<string>>;
  add(text: string): Promise<void>;
  edit(id: string, text: string): Promise<void>;
  forget(id: string): Promise<void>;
  /** Asks once which of the devices of the vault it is. Never rejects. */
  findId(): Promise<void>;
  close(): Promise<void>;
}

export interface TwinLine {
  readonly record: MemoryRecord;
  /** Texts that its history keeps besides the present one, newest first. */
  readonly others: readonly string[];
}

export interface TwinNews {
  /** `kept`: the text of another device lost against the present one, and stands in the history. */
  readonly kind: "came" | "changed" | "kept" | "went";
  readonly text: string;
  readonly id: string;
}

const MOST = 50;

export function createTwinDevice(deps: {
  readonly name: string;
  readonly vault: string;
  /** What sync brought; what was done on the device itself is no news there. */
  readonly onNews: (device: TwinDevice, news: TwinNews) => void;
}): TwinDevice {
  const { name, vault, onNews } = deps;
  const memory = createMemory({ vault, worker: () => startWatchedWorker(vault) });
  const watch = createServerWatch(vault, memory);
  const status = signal<SyncStatus>(memory.sync.status());
  const deviceId = signal<string | null>(null);
  const lines = signal<readonly TwinLine[] | null>(null);
  const arrived = signal<ReadonlySet<string>>(new Set());
  /** What was written here, by id and text: when it is read again it is no news. */
  const own = new Set<string>();
  let isReading = false;
  let isStale = false;
  const ended = new AbortController();

  memory.on("sync", (told) => (status.value = told));
  memory.on("changed", () => void read());
  memory.ready().then(read, () => undefined);

  const device: TwinDevice = {
    name,
    memory,
    watch,
    status,
    deviceId,
    lines,
    arrived,
    async add(text) {
      arrived.value = new Set();
      own.add(text);
      await memory.add({ text, origin: "user" });
    },
    async edit(id, text) {
      arrived.value = new Set();
      own.add(text);
      await memory.update(id, { text });
    },
    async forget(id) {
      arrived.value = new Set();
      own.add(id);
      await memory.forget({ ids: [id] });
    },
    async findId() {
      try {
        deviceId.value = (await memory.sync.devices()).find(({ isThis }) => isThis)?.id ?? null;
      } catch {
        // The server does not answer: the card goes without the number.
      }
    },
    async close() {
      ended.abort();
      watch.close();
      await memory.close();
    },
  };
  return device;

  async function read(): Promise<void> {
    isStale = true;
    if (isReading) return;
    isReading = true;
    while (isStale && !ended.signal.aborted) {
      isStale = false;
      try {
        await readOnce();
      } catch {
        // Closed meanwhile, or told by the vault's own events.
      }
    }
    isReading = false;
  }

  async function readOnce(): Promise<void> {
    const { records } = await memory.list({}, { limit: MOST });
    const next = await Promise.all(
      records.map(async (record): Promise<TwinLine> => {
        const versions = await memory.history(record.id);
        const others = versions.map(({ text }) => text).filter((text) => text !== record.text);
        return { record, others: [...new Set(others)] };
      }),
    );
    const before = lines.value;
    lines.value = next;
    if (before !== null) for (const news of newsOf(before, next)) tell(news);
  }

  function tell(news: TwinNews): void {
    if (news.kind !== "kept" && own.has(news.kind === "went" ? news.id : news.text)) return;
    if (news.kind !== "went") arrived.value = new Set([...arrived.value, news.id]);
    onNews(device, news);
  }
}

function newsOf(before: readonly TwinLine[], next: readonly TwinLine[]): readonly TwinNews[] {
  const old = new Map(before.map((line) => [line.record.id, line]));
  const left = new Set(next.map(({ record }) => record.id));
  return [
    ...next.flatMap(({ record: { id, text }, others }): TwinNews[] => {
      const known = old.get(id);
      if (known === undefined) return [{ kind: "came", text, id }];
      if (known.record.text !== text) return [{ kind: "changed", text, id }];
      const kept = others.find((other) => !known.others.includes(other));
      return kept === undefined ? [] : [{ kind: "kept", text: kept, id }];
    }),
    ...before.flatMap(({ record: { id, text } }): TwinNews[] =>
      left.has(id) ? [] : [{ kind: "went", text, id }],
    ),
  ];
}
