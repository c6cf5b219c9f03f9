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
import type { RecordDraft } from "../domain/stored-record.ts";
import { bytesKey, type Bytes } from "../wire/bytes.ts";
import type { ProcedureInput } from "../wire/procedure-table.ts";
import { createSyncEngine, type SyncEngineDeps } from "./engine.ts";
import type { SyncEngine, VaultAccess } from "./engine-port.ts";
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
}

export interface TestDevice extends MemoryDevice {
  readonly engine: SyncEngine;
  readonly access: VaultAccess;
  /** The same device after its page was closed and opened, by a version that reads what it is given. */
  reopen(decode?: SyncEngineDeps["decode"]): TestDevice;
  /** Runs before a call reaches the server, and in place of its answer. */
  readonly wire: { before?: (name: string) => void; after?: (name: string) => void };
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
    async rotate() {
      const epochKey = { epoch: fleet.log.epoch + 1, key: SUITE.random(32) };
      const commit = await epochCommit(SUITE, vault.vaultId, epochKey);
      const change = { type: "rotate" as const, epoch: epochKey.epoch, commit };
      const entry = await nextEntry(SUITE, fleet.log, vault.laptop, change);
      fleet.log = await extendLog(fleet.log, [entry], { verifier: SUITE, today: DAY });
      fleet.epochKeys.push(epochKey);
    },
    async revoke(i, pin) {
      const epochKey = { epoch: fleet.log.epoch + 1, key: SUITE.random(32) };
      const entry = await nextEntry(SUITE, fleet.log, vault.laptop, {
        type: "revoke",
        deviceId: fleet.actors[i]!.id,
        pin: pin && { generation: fleet.log.generation, ...pin },
        epoch: epochKey.epoch,
        commit: await epochCommit(SUITE, vault.vaultId, epochKey),
      });
      fleet.log = await extendLog(fleet.log, [entry], { verifier: SUITE, today: DAY });
      fleet.epochKeys.push(epochKey);
    },
    async reseeded(generation) {
      const entry = await nextEntry(SUITE, fleet.log, vault.laptop, { type: "reseed", generation });
      return extendLog(fleet.log, [entry], { verifier: SUITE, today: DAY });
    },
  };
  return fleet;
}

function openDevice(
  fleet: TestFleet,
  i: number,
  memory: MemoryDevice,
  decode?: SyncEngineDeps["decode"],
): TestDevice {
  const actor = fleet.actors[i];
  if (!actor) throw new Error("no such device");
  const wire: TestDevice["wire"] = {};
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
      const answer =
        name === "sync.push"
          ? await server.push(input as Uint8Array, fleet.log.length)
          : server.pull(input as ProcedureInput<"sync.pull">);
      wire.after?.(name);
      return answer as never;
    },
    blob: () => Promise.reject(new Error("no blobs")),
  };
  const engine = createSyncEngine({
    access,
    store: memory.store,
    vault: memory.vault,
    now: () => fleet.clock.ms,
    ...(decode && { decode }),
  });
  return {
    ...memory,
    engine,
    access,
    wire,
    reopen: (other) => openDevice(fleet, i, memory, other ?? decode),
  };
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
