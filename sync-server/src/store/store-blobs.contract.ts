import { describe, expect, test } from "vitest";
import { appendOf, bytes, createdVault, itemOf, stateOf, writerOf } from "./store-fixtures.ts";
import type { StoreUnderTest } from "./store.contract.ts";
import type { Store } from "./store.ts";

const DAY_MS = 86_400_000;

/** The part of the contract about large bytes that come in parts. */
export function describeBlobs(current: () => StoreUnderTest): void {
  async function uploaded(store: Store, vaultId: Uint8Array, size = 30) {
    const hash = bytes(32);
    await store.beginBlob({ vaultId, hash, size, maxBytes: 1e6 });
    await store.putBlobPart({ vaultId, hash, offset: 0, bytes: bytes(size) });
    await store.commitBlob(vaultId, hash);
    return hash;
  }
  const blobBytes = async (store: Store, vaultId: Uint8Array) =>
    (await store.vault(vaultId))!.blobBytes;

  describe("a blob", () => {
    test("comes in parts, each maybe twice, goes on after a break, and reads back", async () => {
      const { store } = current();
      const { vaultId } = await createdVault(store);
      const hash = bytes(32);
      const whole = bytes(2_500);
      const blob = { vaultId, hash, size: 2_500, maxBytes: 1e6 };
      const part = (offset: number, end: number) =>
        store.putBlobPart({ vaultId, hash, offset, bytes: whole.subarray(offset, end) });

      expect(await part(0, 1_000)).toEqual({ kind: "unknown-blob" });
      expect(await store.beginBlob(blob)).toEqual({ kind: "ok", received: 0, committed: false });
      expect(await part(1_000, 2_000)).toEqual({ kind: "conflict", received: 0 });
      expect(await part(0, 1_000)).toMatchObject({ received: 1_000 });
      expect(await part(0, 1_000)).toMatchObject({ kind: "ok", received: 1_000 });
      expect(await part(500, 1_500)).toEqual({ kind: "conflict", received: 1_000 });
      expect(await store.beginBlob(blob)).toMatchObject({ kind: "ok", received: 1_000 });
      expect(await store.beginBlob({ ...blob, size: 9 })).toEqual({
        kind: "conflict",
        received: 1_000,
      });
      expect(await store.commitBlob(vaultId, hash)).toBe(false);
      expect(await part(1_000, 2_500)).toMatchObject({ received: 2_500 });
      expect(
        await store.putBlobPart({ vaultId, hash, offset: 2_500, bytes: bytes(1) }),
      ).toMatchObject({ kind: "conflict" });
      expect(await store.commitBlob(vaultId, hash)).toBe(true);
      expect(await store.blob(vaultId, hash)).toEqual({
        size: 2_500,
        received: 2_500,
        committed: true,
      });

      const read = [];
      for (let at = 0; ;) {
        const piece = await store.readBlob(vaultId, hash, at);
        if (piece === null) break;
        read.push(piece);
        at += piece.length;
      }
      expect(new Uint8Array(Buffer.concat(read))).toEqual(whole);
      expect(await store.readBlob(vaultId, hash, 1_234)).toEqual(whole.subarray(1_234));
    });

    test("takes its whole size from the quota at once and gives it back", async () => {
      const { store } = current();
      const { vaultId } = await createdVault(store);
      const begin = () => store.beginBlob({ vaultId, hash: bytes(32), size: 600, maxBytes: 1_000 });
      const kinds = (await Promise.all([begin(), begin()])).map(({ kind }) => kind);
      expect(kinds.toSorted()).toEqual(["ok", "quota"]);
      const hash = await uploaded(store, vaultId);
      expect(await blobBytes(store, vaultId)).toBe(630);
      expect(await store.dropBlob(vaultId, hash)).toBe(true);
      expect(await store.dropBlob(vaultId, hash)).toBe(false);
      expect(await blobBytes(store, vaultId)).toBe(600);
    });

    test("of one vault is not there for another", async () => {
      const { store } = current();
      const [a, b] = [await createdVault(store), await createdVault(store)];
      const hash = await uploaded(store, a.vaultId);
      expect(await store.blob(b.vaultId, hash)).toBeNull();
      expect(await store.readBlob(b.vaultId, hash, 0)).toBeNull();
    });

    test("that no snapshot names goes after two days", async () => {
      const { store, clock } = current();
      const { vaultId } = await createdVault(store);
      const [lost, named] = [await uploaded(store, vaultId), await uploaded(store, vaultId)];
      const snapshot = { vaultId, manifest: bytes(300), seq: 0, generation: 0, keep: 2 };
      await store.publishSnapshot({ ...snapshot, blobs: [named] });
      clock.now += DAY_MS;
      await store.sweep();
      expect(await store.blob(vaultId, lost)).not.toBeNull();
      clock.now += DAY_MS;
      await store.sweep();
      expect(await store.blob(vaultId, lost)).toBeNull();
      expect(await store.blob(vaultId, named)).not.toBeNull();
      expect(await blobBytes(store, vaultId)).toBe(30);
    });
  });

  describe("a snapshot", () => {
    test("needs its blobs; only the newest stay, with what they name", async () => {
      const { store } = current();
      const vault = await createdVault(store);
      const { vaultId } = vault;
      expect(await store.latestSnapshot(vaultId)).toBeNull();
      await store.push(writerOf(vault).next([itemOf()]));
      const [first, shared, last] = [
        await uploaded(store, vaultId),
        await uploaded(store, vaultId),
        await uploaded(store, vaultId),
      ];
      const publish = (blobs: readonly Uint8Array[], seq: number, generation = 0) =>
        store.publishSnapshot({ vaultId, manifest: bytes(300), seq, generation, blobs, keep: 2 });
      expect(await publish([bytes(32)], 1)).toEqual({ kind: "missing-blob" });
      expect(await publish([first], 3)).toMatchObject({ kind: "stale", head: 2 });
      expect(await publish([first], 1, 1)).toMatchObject({ kind: "stale", generation: 0 });
      expect(await publish([first, shared], 1)).toEqual({ kind: "published" });
      expect(await publish([shared], 2)).toEqual({ kind: "published" });
      expect(await store.blob(vaultId, first)).not.toBeNull();
      expect(await publish([shared, last], 2)).toEqual({ kind: "published" });
      expect(await store.blob(vaultId, first)).toBeNull();
      expect(await store.blob(vaultId, shared)).not.toBeNull();
      expect(await store.latestSnapshot(vaultId)).toMatchObject({ seq: 2 });
      expect(await blobBytes(store, vaultId)).toBe(60);

      await store.appendLog(appendOf(vault, { state: stateOf({ generation: 1 }) }));
      expect(await store.latestSnapshot(vaultId)).toBeNull();
      expect(await store.blob(vaultId, last)).toBeNull();
      expect(await blobBytes(store, vaultId)).toBe(0);
    });
  });
}
