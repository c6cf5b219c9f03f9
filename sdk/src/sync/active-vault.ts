import { MemoryError } from "../domain/errors.ts";
import { forgetDeviceKeys, loadDeviceKeys } from "../crypto/device-keys.ts";
import type { KeyBox } from "../crypto/key-box.ts";
import type { Suite } from "../crypto/suite.ts";
import { WireError } from "../wire/wire-error.ts";
import { dayOf } from "./days.ts";
import type { SyncEngine, VaultAccess } from "./engine-port.ts";
import { forgetVault, loadVault } from "./kept-membership.ts";
import { createMembership, type Membership } from "./membership.ts";
import { NEXT_DEVICE, REMOVED, RENEWED } from "./sync-types.ts";
import type { Transport } from "./transport.ts";

const TURN = "turn";

/** A vault that this device is a member of, ready to be worked with. */
export interface ActiveVault {
  readonly membership: Membership;
  readonly engine: SyncEngine;
  readonly transport: Transport;
}

export interface ActiveDeps {
  readonly suite: Suite;
  readonly box: KeyBox;
  readonly createTransport: (url: string) => Transport;
  readonly createEngine: (access: VaultAccess) => SyncEngine;
  /** Under one lock over all tabs of the origin. */
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>;
  /** This device goes on under another identity, as a copy of it writes too. */
  readonly onRenewed: () => void;
  /** Names this tab. */
  readonly tab: string;
  readonly now: () => number;
}

/**
 * The vault as this tab knows it. Every tab may work with it, one at a time: who comes after another tab reads anew what that one kept,
 * so no tab ever signs or seals from an old state.
 */
export interface ActiveVaults {
  /** `null`: this device is a member of none. @throws {@link MemoryError} `sync/keys-lost`, `sync/removed` */
  current(): Promise<ActiveVault | null>;
  /** @throws {@link MemoryError} `sync/off`, and what `work` throws */
  exclusive<T>(work: (active: ActiveVault) => Promise<T>): Promise<T>;
  /** Takes up a vault that this device has just become a member of. */
  adopt(membership: Membership, transport: Transport): Promise<void>;
  /** Leaves it: keys are gone. Memories stay, and what sync knows of them, for the day on which this device comes back. */
  leave(): Promise<void>;
  /** Another tab has taken up or left a vault. */
  reread(): void;
}

export function createActiveVaults(deps: ActiveDeps): ActiveVaults {
  const { suite, box, lock, tab, now } = deps;
  let active: ActiveVault | null = null;

  return {
    current: async () => active ?? (await lock(load)),
    exclusive: (work) =>
      lock(async () => {
        if ((await box.get(TURN)) !== tab) {
          active = null;
          await box.put(TURN, tab);
        }
        const here = active ?? (await load());
        if (here === null) throw off();
        try {
          return await work(here);
        } catch (error) {
          if (!(error instanceof MemoryError)) throw error;
          if (error.code === "sync/removed") await setRemoved(here);
          if (error.code !== "sync/device-forked") throw error;
          return work(await renew(here));
        }
      }),
    adopt: (membership, transport) =>
      lock(async () => {
        await box.put(TURN, tab);
        await box.remove(REMOVED);
        const engine = deps.createEngine(membership);
        await engine.adopt();
        active = { membership, engine, transport };
      }),
    leave: () =>
      lock(async () => {
        const here = active ?? (await load().catch(() => null));
        await here?.engine.leave();
        await forget();
        await box.remove(REMOVED);
      }),
    reread() {
      active = null;
    },
  };

  async function load(): Promise<ActiveVault | null> {
    if (await box.get(REMOVED)) throw new MemoryError("sync/removed", REMOVED_MESSAGE);
    const device = await loadDeviceKeys(suite, box);
    if (device === null) return null;
    if (device === "lost") throw keysLost();
    const vault = await loadVault({ box, suite, device }, dayOf(now())).catch((error: unknown) => {
      throw error instanceof WireError ? keysLost(error) : error;
    });
    if (vault === null) return null;
    const transport = deps.createTransport(vault.url);
    active = activeOf(createMembership(vault, { ...deps, device, transport }), transport);
    return active;
  }

  function activeOf(membership: Membership, transport: Transport): ActiveVault {
    return { membership, transport, engine: deps.createEngine(membership) };
  }

  /** A verified log says so: the keys are of no more use, and somebody may take this device. */
  async function setRemoved({ engine }: ActiveVault): Promise<void> {
    await box.put(REMOVED, true);
    await engine.leave();
    await forget();
  }

  async function forget(): Promise<void> {
    await forgetVault(box);
    await forgetDeviceKeys(box);
    await box.remove(NEXT_DEVICE);
    await box.remove(RENEWED);
    active = null;
  }

  /** Another copy of this device has written in its name: this one goes on as a device of its own, which the old key lets in. */
  async function renew(here: ActiveVault): Promise<ActiveVault> {
    const { renewDevice } = await import("./rare.ts");
    active = activeOf(await renewDevice(here, deps), here.transport);
    deps.onRenewed();
    return active;
  }
}

const REMOVED_MESSAGE =
  "This device was removed from the vault. Its memories stay; link it anew to share them again.";

export function off(): MemoryError {
  return new MemoryError(
    "sync/off",
    "This vault is not shared. Call sync.create(), sync.join() or sync.link.request() first.",
  );
}

function keysLost(cause?: unknown): MemoryError {
  return new MemoryError(
    "sync/keys-lost",
    "This browser can no longer use the keys that it kept. Call sync.disable(), then link this device anew.",
    cause === undefined ? {} : { cause },
  );
}
