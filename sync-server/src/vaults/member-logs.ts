import {
  activeDevices,
  bytesKey,
  decodeLogEntry,
  equalBytes,
  extendLog,
  fromBase64url,
  recoveryOn,
  type LogState,
  type SealedBox,
  type Verifier,
} from "@alcove/sdk/wire";
import { problem } from "../rpc/problem.ts";
import type {
  EpochBox,
  LogAppend,
  LogRow,
  LogState as StoredState,
  NewVault,
  Store,
} from "../store/store.ts";

/** The member logs as a client reads them: the server takes no entry that clients would refuse. */
export interface MemberLogs {
  /** Of a vault that is to be. @throws WireError */
  found(entries: readonly Uint8Array[], boxes: readonly SealedBox[]): Promise<NewVault>;
  /** @returns null for an unknown vault */
  read(vaultId: Uint8Array): Promise<LogState | null>;
  /** @returns the new length, also for an entry that stands there already */
  append(append: NewEntry): Promise<number>;
}

export interface NewEntry {
  readonly vaultId: Uint8Array;
  readonly expectLen: number;
  readonly entry: Uint8Array;
  readonly boxes: readonly SealedBox[];
}

export interface MemberLogsDeps {
  readonly store: Store;
  readonly verifier: Verifier;
  /** Epoch ms. */
  readonly now: () => number;
  readonly maxBytes: number;
}

const DAY_MS = 86_400_000;
/** Verified logs are kept, so that a push or an entry does not verify a whole log again. */
const MAX_KEPT = 500;
const PAGE = 256;
/** The recipient of the link to the epoch before. */
const LINK = new Uint8Array(16);
const NO_HASH = new Uint8Array(32);

export function createMemberLogs({ store, verifier, now, maxBytes }: MemberLogsDeps): MemberLogs {
  const kept = new Map<string, LogState>();
  const today = () => Math.floor(now() / DAY_MS);

  function keep(state: LogState): void {
    const key = bytesKey(state.vaultId);
    kept.delete(key);
    kept.set(key, state);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value ?? "");
  }

  async function read(vaultId: Uint8Array): Promise<LogState | null> {
    const known = kept.get(bytesKey(vaultId)) ?? null;
    // The last known entry comes along: another instance may have been given a vault anew under this name.
    const from = known === null ? 0 : known.length - 1;
    const rows: LogRow[] = [];
    for (;;) {
      const page = await store.readLog({
        vaultId,
        from: from + rows.length,
        limit: PAGE,
        recipients: [],
      });
      rows.push(...page.entries);
      if (page.entries.length === 0 || from + rows.length >= page.logLen) break;
    }
    const first = rows[0];
    if (known !== null && (first === undefined || !equalBytes(first.hash, known.hash))) {
      kept.delete(bytesKey(vaultId));
      return first === undefined && from === 0 ? null : read(vaultId);
    }
    const news = known === null ? rows : rows.slice(1);
    if (news.length === 0) return known;
    const start = known?.length ?? 0;
    const state = await extendLog(
      known,
      news.map(({ body }) => body),
      { verifier, today: today(), firstSeen: (at) => news[at - start]?.seenDay ?? undefined },
    );
    keep(state);
    return state;
  }

  return {
    read,

    async found(entries, boxes) {
      const state = await extendLog(null, entries, { verifier, today: today() });
      const log = entries.map((body, at) => {
        const step = state.steps[at];
        if (step === undefined) throw problem("internal");
        return { body, ...step, seenDay: null };
      });
      return {
        vaultId: state.vaultId,
        state: toStored(state),
        log,
        devices: [...state.devices.values()].map(({ deviceId, signPk, sealPk, ...of }) => ({
          deviceId,
          signPk,
          sealPk,
          addedAt: of.added,
          revoked: of.revoked !== null,
        })),
        boxes: readBoxes(boxes, state),
      };
    },

    async append({ vaultId, expectLen, entry, boxes }) {
      const before = await read(vaultId);
      if (before === null) throw problem("unauthenticated");
      if (before.length !== expectLen) {
        const hash = await verifier.sha256(entry);
        const there = before.steps[expectLen];
        if (there !== undefined && equalBytes(there.hash, hash)) return before.length;
        throw problem("conflict", { length: before.length });
      }
      const day = today();
      const after = await extendLog(before, [entry], {
        verifier,
        today: day,
        firstSeen: () => day,
      });
      const outcome = await store.appendLog({
        vaultId,
        expectLen,
        expectHash: before.hash,
        entry: {
          body: entry,
          hash: after.hash,
          epoch: after.epoch,
          generation: after.generation,
          seenDay: day,
        },
        state: toStored(after),
        boxes: readBoxes(boxes, after),
        maxBytes,
        ...effectsOf(entry, before, after),
      });
      switch (outcome.kind) {
        case "appended":
          keep(after);
          return outcome.logLen;
        case "duplicate":
          return outcome.logLen;
        case "conflict":
          throw problem("conflict", { length: outcome.logLen });
        case "pin-passed":
          throw problem("stale", {
            length: before.length,
            minEpoch: before.minEpoch,
            generation: before.generation,
          });
        case "quota":
          throw problem("quota", { bytes: outcome.bytes, maxBytes });
        case "unknown-vault":
          throw problem("unauthenticated");
      }
      throw problem("internal");
    },
  };

  /** Members as of now and recovery only: a box for anybody else would only be a place to keep things. */
  function readBoxes(boxes: readonly SealedBox[], state: LogState): EpochBox[] {
    const recovery = recoveryOn(state, today());
    const known = [
      LINK,
      recovery.recoveryId,
      state.recovery.recoveryId,
      ...(state.pendingRecovery === null ? [] : [state.pendingRecovery.recoveryId]),
      ...activeDevices(state).map(({ deviceId }) => deviceId),
    ];
    return boxes.map(({ epoch, recipient: name, box }) => {
      const recipient = fromBase64url(name);
      if (epoch < state.minEpoch || epoch > state.epoch) throw problem("malformed");
      if (!known.some((id) => equalBytes(id, recipient))) throw problem("malformed");
      return { epoch, recipient, box: fromBase64url(box) };
    });
  }
}

function effectsOf(
  entry: Uint8Array,
  before: LogState,
  after: LogState,
): Pick<LogAppend, "add" | "revoke"> {
  const { change } = decodeLogEntry(entry);
  if (change.type === "add") {
    const added = [...after.devices.values()].find(({ added: at }) => at === before.length);
    if (added === undefined) throw problem("internal");
    const { deviceId, signPk, sealPk } = added;
    return { add: { deviceId, signPk, sealPk } };
  }
  if (change.type === "revoke") {
    // A pin of an older generation says that nothing of the present one stands.
    const pin = change.pin?.generation === before.generation ? change.pin : null;
    return {
      revoke: {
        deviceId: change.deviceId,
        batchNo: pin?.batchNo ?? 0,
        batchHash: pin?.hash ?? NO_HASH,
      },
    };
  }
  return {};
}

function toStored(state: LogState): StoredState {
  const { pendingRecovery } = state;
  return {
    epoch: state.epoch,
    generation: state.generation,
    minEpoch: state.minEpoch,
    minSuite: state.minSuite,
    recoveryPk: state.recovery.signPk,
    nextRecovery: pendingRecovery && {
      recoveryPk: pendingRecovery.signPk,
      fromDay: Math.max(pendingRecovery.effectiveDay, pendingRecovery.believedDay),
    },
  };
}
