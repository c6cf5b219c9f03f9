import { MemoryError, isMemoryError } from "../domain/errors.ts";
import type { SyncProgress } from "../domain/sync-status.ts";
import type { SealedBatch, SyncStateRow, SyncStore } from "../vault/sync-store.ts";
import { toBase64url } from "../wire/base64url.ts";
import { bytesKey } from "../wire/bytes.ts";
import type { LiveEvent, PushResult, SnapshotLatest } from "../wire/procedures.ts";
import { isSealed, keptAside, keptCopies } from "./aside.ts";
import type { Bootstrap } from "./bootstrap.ts";
import { AWAY_DAYS, DAY_MS, dayOf } from "./days.ts";
import type { SyncEngine, VaultAccess } from "./engine-port.ts";
import { createClock } from "./hlc.ts";
import { createLedger, emptyState, type Ledger } from "./ledger.ts";
import { isForgotten, newestStamp } from "./merge.ts";
import { lateDevices } from "./pull-checks.ts";
import type { PullDeps } from "./pull-deps.ts";
import { deviceForked } from "./pull-problems.ts";
import { pullPages } from "./pull.ts";
import { acknowledge, headsOf, sealNext } from "./push.ts";
import { deviceRecord } from "./record-id.ts";
import { createReplica, named } from "./replica.ts";
import { decodeRecord } from "./record-content.ts";
import { problemCode } from "./server-problem.ts";
import type { SnapshotMaker } from "./snapshot-make.ts";
import type { VaultPort } from "./vault-port.ts";

export interface SyncEngineDeps {
  readonly access: VaultAccess;
  readonly store: SyncStore;
  readonly vault: VaultPort;
  /** Epoch ms. */
  readonly now: () => number;
  /** How contents of entries are read; that of this version unless another is named. */
  readonly decode?: PullDeps["decode"];
  /** How far the first fetch is; `null` at its end. */
  readonly onProgress?: (progress: SyncProgress | null) => void;
  /** What `status()` says has changed in the middle of a call that may take long. */
  readonly onStanding?: () => void;
  /** What is odd and stops nothing. */
  readonly onProblem?: (problem: MemoryError) => void;
  /** A snapshot is made from so many live rows on. Default 5,000. */
  readonly snapshotRows?: number;
}

/** A log that moves on, or a user who edits, while a batch is made: it is made again so often. */
const MOST_TRIES = 8;
const SNAPSHOT_ROWS = 5_000;

export function createSyncEngine(deps: SyncEngineDeps): SyncEngine {
  const { access, store, now, decode = decodeRecord, snapshotRows = SNAPSHOT_ROWS } = deps;
  const { onProgress = () => undefined, onProblem = () => undefined } = deps;
  const self = bytesKey(access.device.deviceId);
  const of = { vault: bytesKey(access.vaultId), device: self };
  const replica = createReplica({
    store,
    suite: access.suite,
    vaultId: access.vaultId,
    deviceId: access.device.deviceId,
    now,
    textHashOf: deps.vault.textHashOf,
  });
  const parts = {
    access,
    store,
    replica,
    vault: deps.vault,
    now,
    decode,
    repairs: () => import("./rare.ts"),
  };
  const heldBack = new Map<string, number>();
  /** Once: what is set aside does not become readable while the same version runs. */
  let readAside = false;
  let known: Ledger | null = null;
  let tidyDay = 0;
  let bootstrap: Bootstrap | null = null;
  let maker: SnapshotMaker | null = null;

  return {
    push: (signal) => push(signal, false),
    async send(signal) {
      await sendSealed(signal);
      const { cursor, lastSyncedAt, reread } = (await ledger()).state;
      const isFresh = lastSyncedAt !== null && now() - lastSyncedAt < DAY_MS;
      await push(signal, cursor !== null && isFresh && !reread);
    },
    pull,
    async now(signal) {
      // It ends with a pull that had nothing to send.
      await push(signal, false);
      for (let round = 0; round < MOST_TRIES && (await waiting()) > 0; round += 1)
        await push(signal, false);
    },
    async status() {
      const state = await store.state();
      const aside = await keptAside(store);
      const sealed = aside.map(({ key }) => key).filter(isSealed);
      return {
        pending: await store.pending(),
        lastSyncedAt: state?.lastSyncedAt ?? null,
        tooLarge: await tooLarge(),
        aside: aside.length,
        unopened: sealed.length > 0 ? await (await parts.repairs()).writersOf(store, sealed) : [],
        copies: (await keptCopies(store)).length,
        away: state?.reread?.why === "away",
      };
    },
    async copies() {
      const { listCopies } = await parts.repairs();
      return listCopies(store);
    },
    async discard(ids) {
      const { discardCopies } = await parts.repairs();
      await discardCopies(store, ids);
    },
    heads: async () => headsOf(await ledger()),
    async deviceNames() {
      const names = new Map<string, string>();
      for (const { key, shape } of await store.recordsNamed(deviceRecord(""))) {
        const state = shape && decodeRecord(shape);
        const name = state && !isForgotten(state) ? state.fields["name"]?.value : undefined;
        if (typeof name === "string") names.set(key, name);
      }
      return names;
    },
    async renameDevice(deviceId, name) {
      const key = bytesKey(deviceId);
      const [row] = await store.records([key]);
      const base = row?.shape ? decodeRecord(row.shape) : null;
      const clock = createClock({ deviceId: self, now });
      const state = named(base, name, clock.next(base ? newestStamp(base) : undefined));
      await store.putNamed(replica.rowOf(key, deviceRecord(key), state, undefined));
    },
    async restart() {
      const before = (await store.state()) ?? undefined;
      known = null;
      const { generation } = await access.refreshLog();
      await store.restart({ ...emptyState(generation, [], before), of });
    },
    async reencrypt(signal) {
      const { epoch } = await access.refreshLog();
      await pull(signal);
      await sealAnew(epoch);
      await push(signal, false);
    },
    async leave() {
      const copies = await keptCopies(store);
      if (copies.length === 0) return;
      const { discardCopies } = await parts.repairs();
      await discardCopies(
        store,
        copies.map(({ key }) => key),
      );
    },
    async adopt() {
      known = null;
      maker = null;
      // All that is held counts as not sent, unless it is known of which vault it is.
      if ((await store.state())?.of?.vault !== of.vault) await store.clear();
    },
    isLarge: () => (known?.live.size ?? 0) > snapshotRows,
    async snapshot(outcome, signal) {
      const { createSnapshotMaker } = await import("./rare.ts");
      const made = (maker ??= createSnapshotMaker({ ...parts, waiting, leastRows: snapshotRows }));
      if (!(await made.isUnderWay())) await pull(signal);
      return stored((current) => made.step(current, outcome, signal));
    },
  };

  /** `isRead`: what others have written up to now is here, or is not asked for yet. */
  async function push(signal: AbortSignal | undefined, isRead: boolean): Promise<void> {
    /** The server had no room for a batch. What was forgotten goes first then, and makes some. */
    let full: unknown = null;
    let isLast = false;
    for (let tries = 0, isWhole = isRead; ;) {
      if (!isWhole) await pull(signal);
      signal?.throwIfAborted();
      try {
        const seal = async (current: Ledger) => sealNext(parts, current, heldBack, full !== null);
        const sealed = (await stored(seal)) ?? (full === null ? await tidied() : null);
        if (sealed === null && full === null) return;
        if (sealed === null) {
          // All that was forgotten is gone there. The rest is tried once more, if there was anything.
          if (!isLast) throw full;
          full = null;
          continue;
        }
        const sent = await send(sealed, signal);
        if (full !== null) isLast = true;
        isWhole = sent === "whole";
        if (sent === "stale") tries += 1;
      } catch (error) {
        if (problemCode(error) === "quota" && full === null && !isLast) {
          full = error;
          continue;
        }
        if (!isMoved(error) || tries >= MOST_TRIES) throw error;
        tries += 1;
        isWhole = false;
      }
      if (tries > MOST_TRIES) throw busy();
    }
  }

  async function pull(signal?: AbortSignal, news?: LiveEvent): Promise<void> {
    const isLogRead = news !== undefined && access.log().length >= news.logLen;
    if (!isLogRead) await access.refreshLog();
    await sendSealed(signal);
    // Hints of what this device has sent itself come to it as well.
    if (isLogRead && (await ledger()).state.cursor?.seq === news.seq) return;
    if (!readAside) await lookAside();
    readAside = true;
    await readAnew();
    for (let isDone = false, tries = 0; !isDone;) {
      signal?.throwIfAborted();
      try {
        isDone = !(await stored((current) => fetchMore(current, signal)));
      } catch (error) {
        if (!isMoved(error) || tries >= MOST_TRIES) throw error;
        tries += 1;
      }
    }
    onProgress(null);
    // Whoever raised the lowest epoch sealed all that it saw: a row that came between is sealed anew by who can say it.
    const { minEpoch } = access.log();
    if (minEpoch > Math.max(1, (await ledger()).state.resealBelow)) await sealAnew(minEpoch);
  }

  async function sealAnew(epoch: number): Promise<void> {
    const { requeueBelow } = await parts.repairs();
    await stored((current) => requeueBelow(store, current, epoch));
  }

  /** Page after page, or a step of the snapshot that a new device begins with. Returns whether there is more. */
  async function fetchMore(current: Ledger, signal: AbortSignal | undefined): Promise<boolean> {
    const { bootstrap: begun, cursor, chains, lastSyncedAt, reread } = current.state;
    const isNew = begun === undefined && cursor === null && chains.length === 0 && !reread;
    const offered = isNew ? await offeredSnapshot(signal) : null;
    if (begun || offered !== null) {
      const { createBootstrap } = await import("./rare.ts");
      bootstrap ??= createBootstrap({ ...parts, onProgress, onProblem });
      if ((await bootstrap.step(current, offered, signal)) === "again") known = null;
      return true;
    }
    return !(await pullPages(parts, current, signal, () => {
      if (lastSyncedAt === null)
        onProgress({ phase: "fetching", done: current.held.size, total: null });
    }));
  }

  /** A server that has none to offer, or does not know of any such thing, has the entries. */
  async function offeredSnapshot(
    signal: AbortSignal | undefined,
  ): Promise<SnapshotLatest["snapshot"]> {
    try {
      const name = { vaultId: toBase64url(access.vaultId) };
      return (await access.call("snapshot.latest", name, signal)).snapshot;
    } catch (error) {
      if (problemCode(error) === "not-found") return null;
      throw error;
    }
  }

  /** A batch of before whose answer never came: the same bytes again, before anything else is said or heard. */
  async function sendSealed(signal: AbortSignal | undefined): Promise<void> {
    await ledger();
    const sealed = await store.sealed();
    if (sealed === null) return;
    if (sealed.generation !== access.log().generation) return store.unseal();
    try {
      await send(sealed, signal);
    } catch (error) {
      // What others have written is read all the same; who sends is told.
      if (problemCode(error) !== "quota") throw error;
    }
  }

  /**
   * - `stale`: the log moved on, and the batch has to be sealed anew under the same number.
   * - `whole`: nobody else has written since what was read last.
   */
  async function send(
    sealed: SealedBatch,
    signal: AbortSignal | undefined,
  ): Promise<"stale" | "whole" | "behind"> {
    let answer: PushResult;
    try {
      answer = await access.call("sync.push", new Uint8Array(sealed.body), signal);
    } catch (error) {
      const code = problemCode(error);
      if (code === "device-forked") throw deviceForked();
      if (code === "gap") {
        throw new MemoryError(
          "sync/gap",
          "The server has not got something that this device sent before.",
          { cause: error },
        );
      }
      if (code !== "stale" && code !== "quota") throw error;
      // Neither is stored: what waits is sealed anew, when the log is read, or with what makes room before it.
      await store.unseal();
      if (code === "quota") throw error;
      await access.refreshLog();
      return "stale";
    }
    const isWhole = await stored((current) => acknowledge(parts, current, sealed, answer));
    return isWhole ? "whole" : "behind";
  }

  /** What was not stored never happened: the next step begins from what stands in the vault. */
  async function stored<T>(work: (current: Ledger) => Promise<T>): Promise<T> {
    const current = await ledger();
    try {
      return await work(current);
    } catch (error) {
      known = null;
      throw error;
    }
  }

  async function ledger(): Promise<Ledger> {
    const { generation } = access.log();
    if (known?.state.generation === generation) return known;
    let state = await ownState();
    if (state?.generation !== generation) {
      const claims = state ? [] : access.linkedHeads;
      const next = { ...emptyState(generation, claims, state ?? undefined), of };
      if (state) await store.restart(next);
      else await store.setState(next);
      state = next;
    }
    known = createLedger(state, await store.dots());
    return known;
  }

  /** What is kept may be of a vault that this device left, or of this vault under another identity. */
  async function ownState(): Promise<SyncStateRow | null> {
    const state = await store.state();
    if (state === null) return null;
    // An earlier version did not say; it kept nothing of a vault that was left.
    if (state.of === undefined) return { ...state, of };
    if (state.of.vault !== of.vault) await store.clear();
    else if (state.of.device === self) return state;
    else await (await parts.repairs()).takeUp(parts, state, of);
    return store.state();
  }

  async function lookAside(): Promise<void> {
    const kept = await keptAside(store);
    if (kept.length === 0) return;
    const { readAgain } = await parts.repairs();
    await stored((current) => readAgain(parts, current, kept));
  }

  /** Where what is known of the server may be wrong. */
  async function readAnew(): Promise<void> {
    const current = await ledger();
    const { reread, lastSyncedAt } = current.state;
    if (reread) return;
    const late = lateDevices(access.log(), current).length > 0;
    if (!late && !(lastSyncedAt !== null && now() - lastSyncedAt > AWAY_DAYS * DAY_MS)) return;
    const { beginReread, undoRemoved } = await parts.repairs();
    await (late ? undoRemoved(parts, current) : beginReread(parts, current, "away"));
    known = null;
    deps.onStanding?.();
  }

  async function tidied(): Promise<SealedBatch | null> {
    const today = dayOf(now());
    if (today === tidyDay || (await ledger()).tombstones.size === 0) return null;
    const { tidy } = await parts.repairs();
    const sealed = await stored((current) => tidy(parts, current));
    if (sealed === null) tidyDay = today;
    return sealed;
  }

  async function waiting(): Promise<number> {
    return (await store.pending()) - (await tooLarge()).length;
  }

  async function tooLarge(): Promise<readonly string[]> {
    const ids = [...heldBack.keys()];
    const entries = await store.outboxOf(ids);
    return ids.filter((id, i) => entries[i]?.at === heldBack.get(id));
  }
}

/** Another tab, or this one, changed a record between reading and writing. */
function isMoved(error: unknown): boolean {
  return isMemoryError(error) && error.code === "vault/failed" && error.retryable;
}

function busy(): MemoryError {
  return new MemoryError(
    "sync/conflict",
    "The vault's log changes faster than this device can follow.",
    {
      retryable: true,
    },
  );
}
