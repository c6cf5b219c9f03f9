import { isMemoryError, MemoryError } from "../domain/errors.ts";
import type { SyncProgress } from "../domain/sync-status.ts";
import { openKeyBox, type KeyBox } from "../crypto/key-box.ts";
import { fingerprint } from "../crypto/key-schedule.ts";
import { findDevice } from "../crypto/member-log.ts";
import { openSuite } from "../crypto/open-suite.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import { createActiveVaults, off, type ActiveVault } from "./active-vault.ts";
import { DAY_MS } from "./days.ts";
import type { SyncEngine, VaultAccess } from "./engine-port.ts";
import type { NewVault } from "./found-vault.ts";
import { fromKey } from "./ledger.ts";
import type { Approval } from "./link-approval.ts";
import type { NewDevice } from "./link-request.ts";
import { createQuietWork } from "./quiet-work.ts";
import { startLoop, type LoopState, type SyncLoop } from "./loop.ts";
import type { Membership } from "./membership.ts";
import { toMemoryError } from "./server-problem.ts";
import { standing } from "./sync-notices.ts";
import type { SnapshotUploadDeps } from "./snapshot-upload.ts";
import { RENEWED, type PlainDevice, type PlainStatus, type SyncCalls } from "./sync-types.ts";
import { createHttpTransport, type Transport } from "./transport.ts";

export interface SyncService extends SyncCalls {
  /** Goes on where this device was a member before. Never rejects. */
  start(): Promise<void>;
  /** Something was written into the vault. */
  changed(): void;
  close(): Promise<void>;
}

export interface SyncServiceDeps {
  /** Of the key database; it exists while this device is a member. */
  readonly keysName: string;
  readonly indexedDB: IDBFactory;
  readonly crypto: Crypto;
  readonly createEngine: (
    access: VaultAccess,
    onProgress: (progress: SyncProgress | null) => void,
    onStanding: () => void,
  ) => SyncEngine;
  /** Runs work under a lock of this name over all tabs of the origin. */
  readonly lock: <T>(
    name: string,
    signal: AbortSignal | null,
    work: () => Promise<T>,
  ) => Promise<T>;
  /** To the other tabs of this vault, and from them. */
  readonly channel: Channel;
  readonly onStatus: (status: PlainStatus) => void;
  readonly randomId: () => string;
  readonly now: () => number;
  /** Tests look more often. */
  readonly pollMs?: number;
  /** How long it must have been quiet before a snapshot for new devices is made. Default 15,000. */
  readonly quietMs?: number;
}

export interface Channel {
  tell(message: SyncMessage): void;
  listen(listener: (message: SyncMessage) => void): void;
  close(): void;
}

export type SyncMessage =
  | { readonly type: "status"; readonly status: PlainStatus }
  /** This device became a member, or is none any more. */
  | { readonly type: "member" }
  /** Whoever leads has something to do. */
  | { readonly type: "wake" };

const OFF: PlainStatus = {
  state: "off",
  pending: null,
  lastSyncedAt: null,
  progress: null,
  problem: null,
};
const QUIET_MS = 15_000;

export async function openSyncService(deps: SyncServiceDeps): Promise<SyncService> {
  const { channel, now, randomId } = deps;
  const box: KeyBox = await openKeyBox(deps.indexedDB, deps.keysName);
  const { suite, durable } = await openSuite({ crypto: deps.crypto, keys: box });
  if (!durable) {
    box.close();
    throw new MemoryError(
      "sync/unavailable",
      "This browser keeps no keys (a private window, or its storage is blocked), so the vault cannot be shared from here.",
    );
  }
  const vaults = createActiveVaults({
    suite,
    box,
    tab: randomId(),
    now,
    createTransport: (url) => createHttpTransport({ url }),
    createEngine: (access) => deps.createEngine(access, showProgress, showStanding),
    onRenewed: () => {
      renewed = true;
    },
    lock: (work) => deps.lock("sync", null, work),
  });
  const waiting = {
    vaults: new Map<string, { readonly made: NewVault; readonly transport: Transport }>(),
    requests: new Map<string, { readonly device: NewDevice; readonly done: Promise<string> }>(),
    approvals: new Map<string, Approval>(),
  };
  let status = OFF;
  let closed = false;
  let renewed = false;
  /** What is to be known though it stops nothing. */
  let notice: PlainStatus["problem"] = null;
  let leading: { readonly end: AbortController; readonly over: Promise<void> } | null = null;
  let loop: SyncLoop | null = null;
  const online = (): void => loop?.wake();
  globalThis.addEventListener("online", online);
  channel.listen((message) => void hear(message));

  return {
    start: resume,
    changed: () => (loop ? loop.changed() : channel.tell({ type: "wake" })),
    async close() {
      globalThis.removeEventListener("online", online);
      for (const { device } of waiting.requests.values()) device.cancel();
      await stopLeading();
      closed = true;
      channel.close();
      box.close();
    },
    status: async () => status,
    async create(url, invite) {
      await ensureOff();
      const transport = createHttpTransport({ url });
      const founding = import("./rare.ts").then(({ foundVault }) =>
        foundVault({ suite, box, transport, now }, invite),
      );
      const made = await plain(founding);
      return { id: keep(waiting.vaults, { made, transport }), phrase: made.phrase };
    },
    async confirm(id, words) {
      const { made, transport } = found(waiting.vaults, id);
      await ensureOff();
      await adopt(await plain(made.confirm(words)), transport);
      waiting.vaults.delete(id);
    },
    async join(url, phrase) {
      await ensureOff();
      const transport = createHttpTransport({ url });
      const joining = import("./rare.ts").then(({ joinByPhrase }) =>
        joinByPhrase({ suite, box, transport, now }, phrase),
      );
      await adopt(await plain(joining), transport);
    },
    async request(url) {
      await ensureOff();
      const transport = createHttpTransport({ url });
      const asking = import("./rare.ts").then(({ requestLink }) =>
        requestLink({ suite, box, transport, now, ...polling() }),
      );
      const device = await plain(asking);
      const done = device.done.then(async (membership) => {
        await adopt(membership, transport);
        return fingerprint(suite, membership.vaultId);
      });
      done.catch(() => undefined);
      const id = keep(waiting.requests, { device, done });
      return { id, qr: device.qr, code: device.code, expiresAt: now() + device.lifeMs };
    },
    requestDigits: (id) => plain(found(waiting.requests, id).device.digits),
    requestDone: async (id) => ({ fingerprint: await plain(found(waiting.requests, id).done) }),
    async cancelRequest(id) {
      found(waiting.requests, id).device.cancel();
    },
    async approve(qrOrCode) {
      const active = await vaults.current();
      if (active === null) throw off();
      const approving = import("./rare.ts").then(({ approveLink }) =>
        approveLink(qrOrCode, {
          transport: active.transport,
          membership: inTurn(active.membership),
          heads: () => vaults.exclusive(({ engine }) => engine.heads()),
          ...polling(),
        }),
      );
      const approval = await plain(approving);
      const { method, fingerprint: shown } = approval;
      return { id: keep(waiting.approvals, approval), method, fingerprint: shown };
    },
    confirmApproval: (id, digits) => plain(found(waiting.approvals, id).confirm(digits)),
    declineApproval: (id) => plain(found(waiting.approvals, id).decline()),
    devices: () => plain(vaults.exclusive(listDevices)),
    async rename(deviceId, name) {
      const id = idOf(deviceId);
      await plain(
        vaults.exclusive(async ({ engine, membership }) => {
          if (!findDevice(membership.log(), id)) throw noDevice();
          await engine.renameDevice(id, name.trim());
        }),
      );
      loop?.changed();
    },
    revoke: (deviceId) =>
      plain(
        vaults.exclusive(async ({ engine, membership }) => {
          const id = idOf(deviceId);
          if (!findDevice(membership.log(), id)) throw noDevice();
          if (equalBytes(id, membership.device.deviceId)) {
            throw new MemoryError(
              "usage/invalid-input",
              "A device does not remove itself: call sync.disable() on it.",
            );
          }
          await membership.revoke(id, async () => {
            // What it wrote up to now stands; so all of it is read before the line is drawn.
            await engine.pull();
            const heads = await engine.heads();
            return heads.find((head) => equalBytes(head.deviceId, id)) ?? null;
          });
        }),
      ),
    rotate: (reencrypt) =>
      plain(
        vaults.exclusive(async ({ engine, membership }) => {
          await membership.rotate();
          if (!reencrypt) return;
          await engine.reencrypt();
          await membership.raiseFloor();
        }),
      ),
    async now() {
      await plain(
        vaults.exclusive(async (active) => {
          await active.engine.now();
          await told(active, "idle");
        }),
      );
      loop?.wake();
    },
    copies: () => plain(vaults.exclusive(({ engine }) => engine.copies())),
    discard: (ids) =>
      plain(
        vaults.exclusive(async (active) => {
          await active.engine.discard(ids);
          await told(active, status.state);
        }),
      ),
    async reseed() {
      await plain(
        vaults.exclusive(async (active) => {
          await active.membership.reseed();
          await active.engine.restart();
          await active.engine.now();
          await told(active, "idle");
        }),
      );
      loop?.wake();
    },
    async disable(destroyRemote) {
      if (destroyRemote)
        await plain(vaults.exclusive(({ membership }) => membership.destroyRemote()));
      await stopLeading();
      await vaults.leave();
      tell(OFF);
      channel.tell({ type: "member" });
    },
  };

  async function resume(): Promise<void> {
    try {
      const active = await vaults.current();
      if (active === null) {
        tell(OFF);
        return;
      }
      renewed ||= (await box.get(RENEWED)) === true;
      // Of this tab alone: the one that leads knows more, and tells it.
      notice = null;
      status = { ...OFF, state: "idle", ...standing(await active.engine.status(), renewed) };
      deps.onStatus(status);
      lead(active);
    } catch (error) {
      stoppedBy(toMemoryError(error));
    }
  }

  async function adopt(membership: Membership, transport: Transport): Promise<void> {
    await vaults.adopt(membership, transport);
    channel.tell({ type: "member" });
    await resume();
  }

  async function hear(message: SyncMessage): Promise<void> {
    if (message.type === "wake") loop?.changed();
    if (message.type === "status" && loop === null) {
      ({ status } = message);
      deps.onStatus(status);
    }
    if (message.type !== "member") return;
    vaults.reread();
    await stopLeading();
    await resume();
  }

  /** In one tab at a time; the others wait for their turn, which comes when that one closes. */
  function lead({ transport, membership }: ActiveVault): void {
    if (leading) return;
    const end = new AbortController();
    const over = deps
      .lock("sync-leader", end.signal, async () => {
        const quiet = createQuietWork({
          afterMs: deps.quietMs ?? QUIET_MS,
          work: (whenQuiet, signal) => makeSnapshotOf(membership, whenQuiet, signal),
        });
        loop = startLoop({
          transport,
          vaultId: membership.vaultId,
          call: (name, input, signal) => membership.call(name, input, signal),
          exclusive: (work) =>
            vaults.exclusive(async (active) => {
              await work(active.engine);
              await told(active, status.state);
            }),
          onState(state, problem) {
            quiet.set(state === "idle" && problem === null);
            // A vault that is closed just then has nothing to say.
            show(state, problem).catch(() => undefined);
          },
        });
        await new Promise<void>((resolve) =>
          end.signal.addEventListener("abort", () => resolve(), { once: true }),
        );
        await Promise.all([loop.stop(), quiet.stop()]);
        loop = null;
      })
      // Gives up waiting for its turn.
      .catch(() => undefined);
    leading = { end, over };
  }

  async function makeSnapshotOf(
    { vaultId, call }: Membership,
    whenQuiet: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if ((await vaults.current())?.engine.isLarge() !== true) return;
    const { makeSnapshot } = await import("./rare.ts");
    const step: SnapshotUploadDeps["step"] = (outcome) =>
      vaults.exclusive(({ engine }) => engine.snapshot(outcome, signal));
    await makeSnapshot({ vaultId, call, step, whenQuiet, signal });
  }

  async function stopLeading(): Promise<void> {
    const before = leading;
    leading = null;
    before?.end.abort();
    await before?.over;
  }

  async function show(state: LoopState, problem: MemoryError | null): Promise<void> {
    const progress = state === "stopped" ? null : status.progress;
    tell({ ...status, state, progress, problem: problem ? toPlain(problem) : notice });
    if (problem === null) return;
    const active = await vaults.current().catch(() => null);
    // Counted here, as nothing ran that would have.
    if (active === null) return;
    const { pending, lastSyncedAt } = await active.engine.status();
    tell({ ...status, pending, lastSyncedAt });
  }

  function showProgress(progress: SyncProgress | null): void {
    if (progress !== null || status.progress !== null) tell({ ...status, progress });
  }

  /** While the engine works; how that ends is told in any case. */
  function showStanding(): void {
    vaults
      .current()
      .then((active) => active && told(active, status.state))
      .catch(() => undefined);
  }

  async function told({ engine }: ActiveVault, state: PlainStatus["state"]): Promise<void> {
    const here = standing(await engine.status(), renewed);
    notice = here.problem;
    tell({ ...status, state, ...here });
    // At the next start it is no news any more.
    if (here.problem?.code === "sync/device-forked") await box.remove(RENEWED);
  }

  function stoppedBy(problem: MemoryError): void {
    tell({ ...status, state: "stopped", progress: null, problem: toPlain(problem) });
  }

  function tell(next: PlainStatus): void {
    // What was asked for just before the end: nobody listens any more, and there is no channel.
    if (closed) return;
    status = next;
    deps.onStatus(next);
    channel.tell({ type: "status", status: next });
  }

  async function ensureOff(): Promise<void> {
    const active = await vaults.current().catch((error: unknown) => {
      if (isMemoryError(error) && error.code === "sync/removed") return null;
      throw error;
    });
    if (active === null) return;
    throw new MemoryError(
      "sync/on",
      "This vault is shared already. Call sync.disable() first, or use another vault.",
    );
  }

  /** Linking takes as long as people do; only its steps hold up the other tabs. */
  function inTurn(membership: Membership): Membership {
    return {
      ...membership,
      refreshLog: () => vaults.exclusive((active) => active.membership.refreshLog()),
      add: (keys) => vaults.exclusive((active) => active.membership.add(keys)),
    };
  }

  async function listDevices({ membership, engine }: ActiveVault): Promise<PlainDevice[]> {
    const log = await membership.refreshLog();
    const [names, { devices }] = await Promise.all([
      engine.deviceNames(),
      membership.call("device.list", { vaultId: toBase64url(membership.vaultId) }),
    ]);
    const seen = new Map(
      devices.map(({ deviceId, lastSeenDay }) => [bytesKey(fromBase64url(deviceId)), lastSeenDay]),
    );
    // Who is a member stands in the verified log; the server only adds when it saw them.
    return [...log.devices.values()].map(({ deviceId, revoked }) => {
      const id = bytesKey(deviceId);
      const day = seen.get(id) ?? null;
      return {
        id,
        name: names.get(id) ?? null,
        isThis: equalBytes(deviceId, membership.device.deviceId),
        removed: revoked !== null,
        lastSeenAt: day === null ? null : day * DAY_MS,
      };
    });
  }

  function keep<T>(map: Map<string, T>, value: T): string {
    const id = randomId();
    map.set(id, value);
    return id;
  }

  function polling(): { readonly pollMs?: number } {
    return deps.pollMs === undefined ? {} : { pollMs: deps.pollMs };
  }
}

function found<T>(map: ReadonlyMap<string, T>, id: string): T {
  const value = map.get(id);
  if (value === undefined)
    throw new MemoryError("sync/link-expired", "This is over: the worker was started anew.");
  return value;
}

/** @throws {@link MemoryError} `usage/not-found` */
function idOf(deviceId: string): Bytes {
  if (!/^[\da-f]{32}$/.test(deviceId)) throw noDevice();
  return fromKey(deviceId);
}

function noDevice(): MemoryError {
  return new MemoryError("usage/not-found", "The vault has no device of this id.");
}

function toPlain({ code, message, retryable, details }: MemoryError): PlainStatus["problem"] {
  return { code, message, retryable, details };
}

async function plain<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toMemoryError(error);
  }
}
