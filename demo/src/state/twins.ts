import { signal, type ReadonlySignal } from "@preact/signals";
import { deleteVault, listVaults, type LinkRequest } from "@alcove/sdk";
import type { Notices } from "./notices.ts";
import type { PlainStorage } from "./safe-storage.ts";
import { createTwinDevice, type TwinDevice, type TwinNews } from "./twin-device.ts";
import { TWIN_VAULTS } from "./twin-vaults.ts";

/** Two devices of one vault in one page, which were linked as any two are. */
export interface Twins {
  readonly stage: ReadonlySignal<TwinStage>;
  readonly devices: ReadonlySignal<readonly [TwinDevice, TwinDevice] | null>;
  /** What the visitor has done and seen so far. */
  readonly done: ReadonlySignal<ReadonlySet<TwinDeed>>;
  /** Opens what an earlier visit left. */
  open(): Promise<void>;
  /** Founds the vault on the first device and lets the second one ask to be linked. */
  begin(url: string): Promise<void>;
  /** The visitor has carried the digits over. */
  letIn(digits: string): Promise<void>;
  refuse(): Promise<void>;
  setNetwork(device: TwinDevice, on: boolean): void;
  edit(device: TwinDevice, id: string, text: string): Promise<void>;
  /** Deletes both devices here and their vault at the server. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export type TwinStage =
  | { readonly at: "opening" | "none" | "ready" | "ending" }
  | { readonly at: "founding" }
  /** The second device shows the code, and what the first made of it. */
  | {
      readonly at: "linking";
      readonly code: string;
      readonly digits: string | null;
      readonly letting: boolean;
    }
  | { readonly at: "failed"; readonly error: unknown };

export type TwinDeed = "offline" | "edited" | "merged" | "added" | "forgotten";

const NAMES = ["Laptop", "Phone"] as const;
/** Says that both are linked; without it what is there was begun and not ended. */
const ITEM = "alcove-demo.twins";
const FIRST_MEMORY = "The ferry to the island leaves at ten past eight.";

const WORDS: Readonly<Record<TwinNews["kind"], string>> = {
  came: "got",
  changed: "now has",
  kept: "keeps as another version",
  went: "forgot",
};

type Pair = readonly [TwinDevice, TwinDevice];

export function createTwins(notices: Notices, storage: PlainStorage): Twins {
  const stage = signal<TwinStage>({ at: "opening" });
  const devices = signal<Pair | null>(null);
  const done = signal<ReadonlySet<TwinDeed>>(new Set());
  let linking: { readonly request: LinkRequest; letIn(digits: string): Promise<void> } | null =
    null;
  /** What each device made of a memory while it was off, by the memory's id. */
  const apart = new Map<string, Map<TwinDevice, string>>();
  let isClosed = false;

  return {
    stage,
    devices,
    done,
    async open() {
      const names = new Set((await listVaults()).map(({ name }) => name));
      if (isClosed) return;
      if (storage.getItem(ITEM) !== "linked" || !TWIN_VAULTS.every((name) => names.has(name))) {
        stage.value = { at: "none" };
        return;
      }
      const pair = await openBoth();
      stage.value = { at: "ready" };
      await Promise.all(pair.map((device) => device.findId()));
    },
    async begin(url) {
      stage.value = { at: "founding" };
      notices.announce("Setting up the laptop.");
      try {
        await wipe();
        const [laptop, phone] = await openBoth();
        const { confirm } = await laptop.memory.sync.create({ url });
        await confirm("waived");
        await laptop.add(FIRST_MEMORY);
        const request = await phone.memory.sync.link.request({ url });
        // Its end is told by `done`; a link that is called off rejects both.
        request.done.catch(() => undefined);
        stage.value = { at: "linking", code: request.code, digits: null, letting: false };
        notices.announce("The phone shows a code, and the laptop takes it.");
        const approval = await laptop.memory.sync.link.approve(request.code);
        linking = { request, letIn: (digits) => approval.confirm(digits) };
        const digits = await request.digits;
        stage.value = { at: "linking", code: request.code, digits, letting: false };
        notices.announce(`The phone shows the digits ${digits?.split("").join(" ") ?? ""}.`);
      } catch (error) {
        await fail(error);
      }
    },
    async letIn(digits) {
      const { value } = stage;
      if (linking === null || value.at !== "linking") return;
      stage.value = { ...value, letting: true };
      try {
        await linking.letIn(digits);
        await linking.request.done;
        linking = null;
        storage.setItem(ITEM, "linked");
        stage.value = { at: "ready" };
        notices.announce("Linked. Both devices share one vault.");
        await Promise.all((devices.value ?? []).map((device) => device.findId()));
      } catch (error) {
        await fail(error);
      }
    },
    async refuse() {
      linking?.request.cancel();
      await wipe();
      stage.value = { at: "none" };
      notices.announce("Refused. Nothing was shared.");
    },
    setNetwork(device, on) {
      device.watch.setNetwork(on);
      notices.announce(`${device.name} is ${on ? "online" : "offline"}.`);
      if (devices.value?.every(({ watch }) => !watch.isPlugged.value) === true) did("offline");
    },
    async edit(device, id, text) {
      if (!device.watch.isPlugged.value) {
        const texts = apart.get(id) ?? new Map<TwinDevice, string>();
        apart.set(id, texts.set(device, text));
        if (texts.size === 2) did("edited");
      }
      await device.edit(id, text);
    },
    async end() {
      stage.value = { at: "ending" };
      try {
        const [laptop, phone] = devices.value ?? [];
        for (const device of [laptop, phone]) device?.watch.setNetwork(true);
        // Where the server is away its copy stays there, sealed, and nobody has a key to it any more.
        await laptop?.memory.sync.disable({ destroyRemote: true }).catch(() => undefined);
        await wipe();
        done.value = new Set();
        stage.value = { at: "none" };
        notices.tell("Both devices are gone.");
      } catch (error) {
        await fail(error);
      }
    },
    async close() {
      isClosed = true;
      linking?.request.cancel();
      await Promise.all((devices.value ?? []).map((device) => device.close()));
    },
  };

  async function openBoth(): Promise<Pair> {
    const open = (at: 0 | 1): TwinDevice =>
      createTwinDevice({ name: NAMES[at], vault: TWIN_VAULTS[at], onNews: hear });
    const pair = [open(0), open(1)] as const;
    devices.value = pair;
    await Promise.all(pair.map(({ memory }) => memory.ready()));
    return pair;
  }

  async function wipe(): Promise<void> {
    const before = devices.value ?? [];
    devices.value = null;
    linking = null;
    apart.clear();
    storage.removeItem(ITEM);
    await Promise.all(before.map((device) => device.close()));
    await Promise.all(TWIN_VAULTS.map((name) => deleteVault(name)));
  }

  async function fail(error: unknown): Promise<void> {
    if (isClosed) return;
    await wipe().catch(() => undefined);
    stage.value = { at: "failed", error };
  }

  function hear(device: TwinDevice, { kind, text, id }: TwinNews): void {
    notices.announce(`${device.name} ${WORDS[kind]}: ${text}`);
    // The first memory comes along with the link; what the visitor adds comes after.
    if (kind === "came" && stage.value.at === "ready" && text !== FIRST_MEMORY) did("added");
    if (kind === "went") did("forgotten");
    if (haveBothTexts(id)) did("merged");
  }

  function haveBothTexts(id: string): boolean {
    const texts = apart.get(id);
    if (texts?.size !== 2) return false;
    return (devices.value ?? []).every(({ lines }) => {
      const line = lines.value?.find(({ record }) => record.id === id);
      const held = line === undefined ? [] : [line.record.text, ...line.others];
      return [...texts.values()].every((text) => held.includes(text));
    });
  }

  function did(deed: TwinDeed): void {
    if (!done.value.has(deed)) done.value = new Set([...done.value, deed]);
  }
}
