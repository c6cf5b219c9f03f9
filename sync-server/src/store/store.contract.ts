import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeEntries } from "./store-entries.contract.ts";
import { describeBlobs } from "./store-blobs.contract.ts";
import { describeLinks } from "./store-links.contract.ts";
import {
  appendOf,
  bytes,
  createdVault,
  itemOf,
  newDevice,
  newVault,
  NO_HASH,
  pullAll,
  stateOf,
  writerOf,
} from "./store-fixtures.ts";
import type { Store } from "./store.ts";

/** A store on a database of its own, and the clock it reads. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly clock: { now: number };
}

/** What every store must do; each adapter runs it. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the store on ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeAll(async () => {
      under = await open();
      ({ store } = under);
    });
    afterAll(() => store.close());

    describe("vaults", () => {
      test("are created once, and the same first entry again is the same vault", async () => {
        const vault = newVault(2);
        expect(await store.createVault(vault)).toBe("created");
        expect(await store.createVault(vault)).toBe("same");
        const other = { ...newVault(), vaultId: vault.vaultId };
        expect(await store.createVault(other)).toBe("exists");
        expect(await store.vault(vault.vaultId)).toMatchObject({
          head: 0,
          entries: 0,
          bytes: 280,
          logLen: 1,
          logHash: vault.log[0]!.hash,
          recoveryPk: vault.state.recoveryPk,
          nextRecovery: null,
        });
        expect(await store.devices(vault.vaultId)).toMatchObject(
          vault.devices.map(({ deviceId }) => ({ deviceId, revoked: false, lastBatchNo: 0 })),
        );
      });

      test("are found by the recovery key in force and by the one that is waiting", async () => {
        const nextRecovery = { recoveryPk: bytes(32), fromDay: 9 };
        const vault = newVault(1, stateOf({ nextRecovery }));
        await store.createVault(vault);
        expect(await store.vaultOfRecoveryKey(vault.state.recoveryPk)).toEqual(vault.vaultId);
        expect(await store.vaultOfRecoveryKey(nextRecovery.recoveryPk)).toEqual(vault.vaultId);
        expect(await store.vaultOfRecoveryKey(bytes(32))).toBeNull();
      });

      test("leave nothing when they are destroyed, and others are not touched", async () => {
        const [gone, kept] = [await createdVault(store), await createdVault(store)];
        for (const vault of [gone, kept]) await store.push(writerOf(vault).next([itemOf()]));
        expect(await store.destroyVault(gone.vaultId)).toBe(true);
        expect(await store.destroyVault(gone.vaultId)).toBe(false);
        expect(await store.vault(gone.vaultId)).toBeNull();
        expect(await store.devices(gone.vaultId)).toEqual([]);
        expect(
          await store.pull({ vaultId: gone.vaultId, after: 0, limitBytes: 1, skipEntriesTo: 0 }),
        ).toBeNull();
        expect((await pullAll(store, kept.vaultId)).rows).toHaveLength(2);
      });
    });

    describe("the member log", () => {
      test("grows only at the length and head that the writer saw", async () => {
        const vault = await createdVault(store);
        const added = newDevice();
        const append = appendOf(vault, { add: added });
        expect(await store.appendLog(append)).toEqual({ kind: "appended", logLen: 2 });
        expect(await store.appendLog(append)).toEqual({ kind: "duplicate", logLen: 2 });
        expect(await store.appendLog(appendOf(vault))).toEqual({ kind: "conflict", logLen: 2 });
        expect(await store.appendLog(appendOf(vault, { expectLen: 2 }))).toEqual({
          kind: "conflict",
          logLen: 2,
        });
        expect(await store.device(vault.vaultId, added.deviceId)).toMatchObject({ addedAt: 1 });
        expect(await store.appendLog(appendOf({ ...vault, vaultId: bytes(32) }))).toEqual({
          kind: "unknown-vault",
        });
      });

      test("lets one of many writers through", async () => {
        const vault = await createdVault(store);
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, () => store.appendLog(appendOf(vault))),
        );
        expect(outcomes.filter(({ kind }) => kind === "appended")).toHaveLength(1);
        expect(outcomes.filter(({ kind }) => kind === "conflict")).toHaveLength(7);
      });

      test("comes in pages, with the boxes of the recipients that ask", async () => {
        const vault = await createdVault(store);
        const [mine, other, link] = [bytes(16), bytes(16), new Uint8Array(16)];
        const boxes = [mine, other, link].map((recipient) => ({
          epoch: 2,
          recipient,
          box: bytes(60),
        }));
        const append = appendOf(vault, { state: stateOf({ epoch: 2 }), boxes });
        await store.appendLog(append);
        const page = await store.readLog({
          vaultId: vault.vaultId,
          from: 1,
          limit: 5,
          recipients: [mine, link],
        });
        expect(page.entries).toEqual([append.entry]);
        expect(page.boxes.map(({ recipient }) => recipient)).toEqual([link, mine]);
        expect(page.logLen).toBe(2);
        const first = await store.readLog({
          vaultId: vault.vaultId,
          from: 0,
          limit: 1,
          recipients: [],
        });
        expect([first.entries.length, first.boxes, first.logLen]).toEqual([1, [], 2]);
      });

      test("drops what lies below a raised lowest epoch: boxes, and the link that leads there", async () => {
        const vault = await createdVault(store);
        const [mine, link] = [bytes(16), new Uint8Array(16)];
        const boxes = [1, 2, 3].flatMap((epoch) =>
          [mine, link].map((recipient) => ({ epoch, recipient, box: bytes(60) })),
        );
        const state = stateOf({ epoch: 3, minEpoch: 2 });
        await store.appendLog(appendOf(vault, { state, boxes }));
        const page = await store.readLog({
          vaultId: vault.vaultId,
          from: 0,
          limit: 5,
          recipients: [mine, link],
        });
        expect(page.boxes.map(({ epoch, recipient }) => [epoch, recipient])).toEqual([
          [2, mine],
          [3, link],
          [3, mine],
        ]);
      });

      test("takes a revocation only with the newest batch pinned, and ends the sessions with it", async () => {
        const vault = await createdVault(store, 2);
        const writer = writerOf(vault, 1);
        const batch = writer.next([itemOf()]);
        await store.push(batch);
        const tokenHash = bytes(32);
        await store.grant({
          tokenHash,
          kind: "session",
          vaultId: vault.vaultId,
          deviceId: writer.deviceId,
        });
        const revoke = { deviceId: writer.deviceId, batchNo: 1, batchHash: batch.hash };
        expect(
          await store.appendLog(
            appendOf(vault, { revoke: { ...revoke, batchNo: 0, batchHash: NO_HASH } }),
          ),
        ).toEqual({ kind: "pin-passed" });
        expect(await store.session(tokenHash)).not.toBeNull();
        expect(await store.vault(vault.vaultId)).toMatchObject({ logLen: 1 });

        const state = stateOf({ epoch: 2 });
        expect(await store.appendLog(appendOf(vault, { revoke, state }))).toMatchObject({
          kind: "appended",
        });
        expect(await store.session(tokenHash)).toBeNull();
        expect(await store.push(writer.next([itemOf()]))).toEqual({ kind: "inactive-device" });
        expect(
          await store.grant({
            tokenHash: bytes(32),
            kind: "session",
            vaultId: vault.vaultId,
            deviceId: writer.deviceId,
          }),
        ).toBe(false);
      });

      test("is held to the quota, but for revocations", async () => {
        const vault = await createdVault(store, 2);
        const full = { maxBytes: 300 };
        expect(await store.appendLog(appendOf(vault, full))).toEqual({ kind: "quota", bytes: 280 });
        const revoke = { deviceId: vault.devices[1]!, batchNo: 0, batchHash: NO_HASH };
        expect(await store.appendLog(appendOf(vault, { ...full, revoke }))).toMatchObject({
          kind: "appended",
        });
      });

      test("starts the rows anew with a new generation; counts of dots go on", async () => {
        const vault = await createdVault(store);
        const writer = writerOf(vault);
        await store.push(writer.next([itemOf(), itemOf()]));
        const state = stateOf({ generation: 1 });
        const append = appendOf(vault, { state });
        await store.appendLog(append);
        const { rows, head, heads } = await pullAll(store, vault.vaultId);
        expect([rows, head, heads]).toEqual([[], 3, []]);
        expect(await store.vault(vault.vaultId)).toMatchObject({
          entries: 0,
          bytes: 480,
          generation: 1,
        });
        const anew = {
          generation: 1,
          batchNo: 1,
          prevHash: NO_HASH,
          logLen: 2,
          logHash: append.entry.hash,
        };
        expect(
          await store.push(writerOf(vault).next([itemOf()], { ...anew, firstDevSeq: 2 })),
        ).toMatchObject({ kind: "malformed" });
        expect(
          await store.push(writerOf(vault).next([itemOf()], { ...anew, firstDevSeq: 9 })),
        ).toMatchObject({ kind: "accepted", head: 5 });
        expect(await store.push(writer.next([itemOf()]))).toMatchObject({
          kind: "stale",
          generation: 1,
        });
      });
    });

    describeEntries(() => store);
    describeBlobs(() => under);
    describeLinks(() => under);

    test("keeps its identity and answers a ping", async () => {
      expect(store.identity.storeId).toHaveLength(16);
      expect(store.identity.secret).toHaveLength(32);
      await store.ping();
    });
  });
}
