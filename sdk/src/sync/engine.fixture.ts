import { SUITE } from "../crypto/crypto.fixture.ts";
import type { DeviceKeys } from "../crypto/device-keys.ts";
import { epochCommit, type EpochKey } from "../crypto/key-schedule.ts";
import { extendLog, type LogState } from "../crypto/member-log.ts";
import {
  DAY,
  growLog,
  nextEntry,
  makeActor,
  makeVault,
  type Actor,
} from "../crypto/member.fixture.ts";
import type { MemoryError } from "../domain/errors.ts";
import type { RecordDraft } from "../domain/stored-record.ts";
import type { SyncProgress } from "../domain/sync-status.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import type { LogChange } from "../wire/member-log.ts";
import type { ProcedureInput } from "../wire/procedure-table.ts";
import { createSyncEngine, type SyncEngineDeps } from "./engine.ts";
import type { SyncEngine, VaultAccess } from "./engine-port.ts";
import { makeSnapshot } from "./snapshot-upload.ts";
import type { CallName } from "./transport.ts";
import { createMemoryServer, type MemoryServer } from "./memory-server.fixture.ts";
import { createMemoryDevice, type MemoryDevice } from "./memory-store.fixture.ts";

/** The newest batch of a removed device that stands; `null`: none. */
export type RevokePin = { readonly batchNo: number; readonly hash: Bytes } | null;

/** A vault of several member devices whose log all of them know. */
export interface TestFleet {
  readonly server: MemoryServer;
  readonly vaultId: Bytes;
  log: LogState;
  readonly epochKeys: EpochKey[];
  readonly actors: readonly Actor[];
  readonly clock: { ms: number };
  device(i: number): TestDevice;
  /** The deviceId in hex. */
  keyOf(i: number): string;
  /** The log with an entry more, that opens a generation. */
  reseeded(generation: number): Promise<LogState>;
  /** Removes a device; what it wrote up to here stands. */
  revoke(i: number, pin: RevokePin): Promise<void>;
  /** Opens an epoch. */
  rotate(): Promise<void>;
  /** Gives up the epochs before the present one, and their keys. */
  raiseFloor(): Promise<void>;
}

export interface TestDevice extends MemoryDevice {
  readonly engine: SyncEngine;
  readonly access: VaultAccess;
  /** The same device after its page was closed and opened, by a version that reads what it is given. */
  reopen(decode?: SyncEngineDeps["decode"]): TestDevice;
  /** The same vault under the identity of another member. */
  as(i: number): TestDevice;
  /** How far its own clock is off. */
  readonly clock: { skewMs: number };
  /** Runs before a call reaches the server, and in place of its answer. */
  readonly wire: {
    before?: (name: string) => void;
    after?: (name: string) => void;
    /** What arrives of a blob. */
    part?: (bytes: Uint8Array) => Uint8Array;
  };
  readonly told: {
    readonly progress: (SyncProgress | null)[];
    readonly problems: MemoryError[];
  };
}

export async function createFleet(count: number): Promise<TestFleet> {
  const vault = await makeVault(SUITE);
  const others = await Promise.all(
    Array.from({ length: count - 2 }, (_, i) => makeActor(SUITE, "device", 10 + i)),
  );
  const joined = [vault.phone, ...others];
  const { log } = await growLog(
    SUITE,
    vault,
    joined.map(({ keys }) => [vault.laptop, { type: "add" as const, device: keys }]),
  );
  const server = createMemoryServer(SUITE);
  const fleet: TestFleet = {
    server,
    vaultId: vault.vaultId,
    log,
    epochKeys: [vault.epochKey],
    actors: [vault.laptop, ...joined],
    clock: { ms: 1_700_000_000_000 },
    device: (i) => openDevice(fleet, i, createMemoryDevice()),
    keyOf: (i) => bytesKey(fleet.actors[i]!.id),
    rotate: () => openEpoch((epoch, commit) => ({ type: "rotate", epoch, commit })),
    async raiseFloor() {
      const change = { type: "floor", minSuite: 1, minEpoch: fleet.log.epoch } as const;
      const entry = await nextEntry(SUITE, fleet.log, vault.laptop, change);
      fleet.log = await extendLog(fleet.log, [entry], { verifier: SUITE, today: DAY });
      fleet.epochKeys.splice(0, fleet.epochKeys.length - 1);
    },
    revoke: (i, pin) =>
      openEpoch((epoch, commit) => ({
        type: "revoke",
        deviceId: fleet.actors[i]!.id,
        pin: pin && { generation: fleet.log.generation, ...pin },
        epoch,
        commit,
      })),
    async reseeded(generation) {
      const entry = await nextEntry(SUITE, fleet.log, vault.laptop, { type: "reseed", generation });
      return extendLog(fleet.log, [entry], { verifier: SUITE, today: DAY });
    },
  };
  return fleet;

  async function openEpoch(change: (epoch: number, commit: Bytes) => LogChange): Promise<void> {
    const epochKey = { epoch: fleet.log.epoch + 1, key: SUITE.random(32) };
    const commit = await epochCommit(SUITE, vault.vaultId, epochKey);
    const entry = await nextEntry(SUITE, fleet.log, vault.laptop, change(epochKey.epoch, commit));
    fleet.log = await extendLog(fleet.log, [entry], { verifier: SUITE, today: DAY });
    fleet.epochKeys.push(epochKey);
  }
}

function openDevice(
  fleet: TestFleet,
  i: number,
  memory: MemoryDevice,
  decode?: SyncEngineDeps["decode"],
  clock: TestDevice["clock"] = { skewMs: 0 },
): TestDevice {
  const actor = fleet.actors[i];
  if (!actor) throw new Error("no such device");
  const wire: TestDevice["wire"] = {};
  const told: TestDevice["told"] = { progress: [], problems: [] };
  const { server } = fleet;
  const access: VaultAccess = {
    suite: SUITE,
    vaultId: fleet.vaultId,
    device: { deviceId: actor.id, signing: actor.signing, sealing: actor.sealing } as DeviceKeys,
    linkedHeads: [],
    log: () => fleet.log,
    epochKeys: () => fleet.epochKeys,
    refreshLog: async () => fleet.log,
    async call(name, input) {
      wire.before?.(name);
      const answer = await answerOf(name, input);
      wire.after?.(name);
      return answer as never;
    },
    async blob({ hash, offset }) {
      wire.before?.("blob");
      const bytes = server.readBlob(hash, offset);
      return wire.part?.(bytes) ?? bytes;
    },
  };
  const engine = createSyncEngine({
    access,
    store: memory.store,
    vault: memory.vault,
    now: () => fleet.clock.ms + clock.skewMs,
    ...(decode && { decode }),
    snapshotRows: 3,
    onProgress: (progress) => told.progress.push(progress),
    onProblem: (problem) => told.problems.push(problem),
  });
  return {
    ...memory,
    engine,
    access,
    wire,
    told,
    clock,
    as: (other) => openDevice(fleet, other, memory, decode, clock),
    reopen: (other) => openDevice(fleet, i, memory, other ?? decode, clock),
  };

  function answerOf(name: CallName, input: unknown): unknown {
    const procedures: Partial<Record<CallName, () => unknown>> = {
      "sync.push": () => server.push(input as Uint8Array, fleet.log.length),
      "sync.pull": () => server.pull(input as ProcedureInput<"sync.pull">),
      "snapshot.latest": () => server.latest(),
      "snapshot.publish": () => server.publish(input as ProcedureInput<"snapshot.publish">),
      "blob.begin": () => server.beginBlob(input as ProcedureInput<"blob.begin">),
      "blob.part": () => server.putBlobPart(input as Uint8Array),
      "blob.commit": () => ({ ok: true }),
      "meta.info": () => ({ limits: { blobBytes: server.blobBytes } }),
    };
    const procedure = procedures[name];
    if (!procedure) throw new Error(`no ${name} here`);
    return procedure();
  }
}

/** Makes a snapshot as the leading tab does when it is left alone. */
export async function leaveAlone({ engine, access }: TestDevice): Promise<void> {
  await makeSnapshot({
    vaultId: access.vaultId,
    call: access.call,
    step: (outcome) => engine.snapshot(outcome),
    whenQuiet: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
}

/** A note. Ids are UUIDs made of a number. */
export function noteOf(n: number, text: string, at: number): RecordDraft {
  return {
    id: idOf(n),
    kind: "note",
    text,
    scope: {},
    tags: [],
    metadata: {},
    origin: "app",
    pinned: false,
    createdAt: at,
    updatedAt: at,
    sources: [],
    live: true,
    textHash: `hash:${text}`,
    nearHash: `near:${text}`,
    slots: [],
    factKeys: [],
    dates: [],
    entities: [],
  };
}

export function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
}
