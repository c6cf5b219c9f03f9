import { describe, expect, test } from "vitest";
import {
  appendOf,
  bytes,
  createdVault,
  itemOf,
  pullAll,
  stateOf,
  writerOf,
  type TestVault,
} from "./store-fixtures.ts";
import type { Batch, Store } from "./store.ts";

/** The part of the contract about what is pushed and pulled. */
export function describeEntries(current: () => Store): void {
  const bytesOf = async (vault: TestVault) => (await current().vault(vault.vaultId))!.bytes;

  describe("a push", () => {
    test("gives seqs without holes, the manifest before its entries", async () => {
      const store = current();
      const vault = await createdVault(store, 2);
      const [a, b] = [writerOf(vault, 0), writerOf(vault, 1)];
      const first = a.next([itemOf(), itemOf()]);
      expect(await store.push(first)).toEqual({ kind: "accepted", head: 3, accepted: 2 });
      const seen = [{ deviceId: a.deviceId, batchNo: 1, hash: first.hash }];
      const second = b.next([itemOf()], { seen });
      expect(await store.push(second)).toEqual({ kind: "accepted", head: 5, accepted: 1 });
      const { rows, head, heads } = await pullAll(store, vault.vaultId);
      expect(head).toBe(5);
      expect(rows).toEqual([
        { kind: "manifest", seq: 1, bytes: first.manifest },
        { kind: "entry", seq: 2, bytes: first.items[0]!.envelope },
        { kind: "entry", seq: 3, bytes: first.items[1]!.envelope },
        { kind: "manifest", seq: 4, bytes: second.manifest },
        { kind: "entry", seq: 5, bytes: second.items[0]!.envelope },
      ]);
      expect(heads).toHaveLength(2);
      expect(heads).toContainEqual({ deviceId: a.deviceId, batchNo: 1, hash: first.hash });
    });

    test("that comes again gets the same answer and stores nothing", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      const batch = writer.next([itemOf()]);
      await store.push(batch);
      await store.push(writer.next([itemOf()]));
      const before = await bytesOf(vault);
      expect(await store.push(batch)).toEqual({ kind: "duplicate", head: 2, accepted: 1 });
      expect(await bytesOf(vault)).toBe(before);
    });

    test("that comes twice at once is stored once", async () => {
      const store = current();
      const vault = await createdVault(store);
      const batch = writerOf(vault).next([itemOf()]);
      const kinds = (await Promise.all([1, 2, 3].map(() => store.push(batch)))).map(
        ({ kind }) => kind,
      );
      expect(kinds.toSorted()).toEqual(["accepted", "duplicate", "duplicate"]);
      expect((await pullAll(store, vault.vaultId)).rows).toHaveLength(2);
    });

    test("under a used number shows a fork, behind a hole it tells which number comes next", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      await store.push(writer.next([itemOf()]));
      const clone = writerOf(vault);
      expect(await store.push(clone.next([itemOf()]))).toEqual({ kind: "forked" });
      const second = writer.next([itemOf()]);
      expect(await store.push(writer.next([itemOf()]))).toEqual({
        kind: "gap",
        expectedBatchNo: 2,
      });
      expect(await store.push({ ...second, prevHash: bytes(32) })).toEqual({ kind: "forked" });
      expect(await store.push({ ...second, firstDevSeq: 3 })).toMatchObject({ kind: "malformed" });
      expect(await store.push(second)).toMatchObject({ kind: "accepted" });
    });

    test("must be sealed for the log as it was at the length it names", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      const batch = writer.next([itemOf()]);
      const wrong: Partial<Batch>[] = [
        { logHash: bytes(32) },
        { logLen: 2 },
        { epoch: 2 },
        { generation: 1 },
      ];
      for (const part of wrong)
        expect(await store.push({ ...batch, ...part })).toEqual({
          kind: "stale",
          logLen: 1,
          minEpoch: 1,
          generation: 0,
        });
      await store.push(batch);
      const rotated = appendOf(vault, { state: stateOf({ epoch: 2, minEpoch: 2 }) });
      await store.appendLog(rotated);
      // Stored before the old epoch was given up: the answer stays the same.
      expect(await store.push(batch)).toMatchObject({ kind: "duplicate" });
      const old = writer.next([itemOf()]);
      expect(await store.push(old)).toMatchObject({ kind: "stale", minEpoch: 2 });
      const renewed = { ...old, epoch: 2, logLen: 2, logHash: rotated.entry.hash };
      expect(await store.push(renewed)).toMatchObject({ kind: "accepted" });
    });

    test("deletes what it supersedes, of the same record only", async () => {
      const store = current();
      const vault = await createdVault(store, 2);
      const [a, b] = [writerOf(vault, 0), writerOf(vault, 1)];
      const [x, y] = [itemOf(), itemOf()];
      await store.push(a.next([x, y]));
      const before = await bytesOf(vault);

      const wrong = b.next([itemOf({ supersedes: [a.dot(1)] })]);
      expect(await store.push(wrong)).toMatchObject({ kind: "malformed" });
      expect(await bytesOf(vault)).toBe(before);

      const merge = itemOf({ recordId: x.recordId, supersedes: [a.dot(1), a.dot(99)] });
      const right = writerOf(vault, 1).next([merge]);
      expect(await store.push(right)).toMatchObject({ kind: "accepted", accepted: 1 });
      const { rows } = await pullAll(store, vault.vaultId);
      const envelopes = rows.filter(({ kind }) => kind === "entry").map((row) => row.bytes);
      expect(envelopes).toEqual([y.envelope, merge.envelope]);
      expect(await bytesOf(vault)).toBe(before + right.manifest.length);
      expect((await store.vault(vault.vaultId))!.entries).toBe(2);
    });

    test("does not store what it supersedes itself", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      const first = itemOf();
      const last = itemOf({ recordId: first.recordId, supersedes: [writer.dot(1)] });
      expect(await store.push(writer.next([first, last]))).toEqual({
        kind: "accepted",
        head: 3,
        accepted: 2,
      });
      const { rows } = await pullAll(store, vault.vaultId);
      expect(rows.map(({ seq }) => seq)).toEqual([1, 3]);
      const ahead = itemOf({ recordId: first.recordId, supersedes: [writer.dot(3)] });
      expect(await store.push(writer.next([ahead]))).toMatchObject({ kind: "malformed" });
    });

    test("purges without a successor", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      await store.push(writer.next(Array.from({ length: 250 }, () => itemOf())));
      const purged = Array.from({ length: 230 }, (_, at) => writer.dot(at + 1));
      expect(await store.push(writer.next([], { purged }))).toMatchObject({ accepted: 0 });
      expect((await store.vault(vault.vaultId))!.entries).toBe(20);
    });

    test("that claims to have seen what never was is refused", async () => {
      const store = current();
      const vault = await createdVault(store, 2);
      const [a, b] = [writerOf(vault, 0), writerOf(vault, 1)];
      const first = a.next([itemOf()]);
      await store.push(first);
      const head = { deviceId: a.deviceId, batchNo: 1, hash: first.hash };
      const batch = b.next([itemOf()]);
      for (const seen of [
        { ...head, hash: bytes(32) },
        { ...head, batchNo: 2 },
        { ...head, deviceId: bytes(16) },
      ])
        expect(await store.push({ ...batch, seen: [seen] })).toMatchObject({ kind: "malformed" });
      expect(await store.push({ ...batch, seen: [head] })).toMatchObject({ kind: "accepted" });
    });

    test("is held to the quota to the byte, also when many push at once", async () => {
      const store = current();
      const devices = 6;
      const vault = await createdVault(store, devices);
      const start = await bytesOf(vault);
      const batches = vault.devices.map((_, device) => writerOf(vault, device).next([itemOf()]));
      const size = batches[0]!.manifest.length + 400;
      const maxBytes = start + 3 * size;
      const outcomes = await Promise.all(
        batches.map((batch) => store.push({ ...batch, quota: { maxBytes, maxEntries: 1e6 } })),
      );
      expect(outcomes.filter(({ kind }) => kind === "accepted")).toHaveLength(3);
      expect(outcomes.filter(({ kind }) => kind === "quota")).toHaveLength(3);
      expect(await bytesOf(vault)).toBe(maxBytes);
    });

    test("is held to the number of entries, but what frees rows is let into a full vault", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      const big = itemOf({ envelope: bytes(5_000) });
      await store.push(writer.next([big, itemOf()]));
      const quota = { maxBytes: 1e9, maxEntries: 2 };
      const third = writer.next([itemOf()], { quota });
      expect(await store.push(third)).toMatchObject({ kind: "quota" });
      const forget = itemOf({ recordId: big.recordId, supersedes: [writer.dot(1)] });
      const full = { maxBytes: 1, maxEntries: 1 };
      expect(await store.push({ ...third, items: [forget], quota: full })).toMatchObject({
        kind: "accepted",
      });
    });

    test("that only forgets is let into a full vault though its manifest weighs more than it frees, up to a sixteenth", async () => {
      const store = current();
      const vault = await createdVault(store, 2);
      const writer = writerOf(vault);
      const items = Array.from({ length: 20 }, () => itemOf());
      await store.push(writer.next(items));
      const maxBytes = await bytesOf(vault);
      const quota = { maxBytes, maxEntries: 1e6 };
      const more = writerOf(vault, 1).next([itemOf()], { quota });
      expect(await store.push(more)).toMatchObject({ kind: "quota" });
      let forgotten = 0;
      for (const [at, { recordId }] of items.entries()) {
        // As large as what it takes the place of.
        const tombstone = itemOf({ recordId, supersedes: [writer.dot(at + 1)] });
        if ((await store.push(writer.next([tombstone], { quota }))).kind === "quota") break;
        forgotten += 1;
      }
      expect(forgotten).toBeGreaterThan(0);
      expect(forgotten).toBeLessThan(items.length);
      expect(await bytesOf(vault)).toBeLessThanOrEqual((maxBytes * 17) / 16);
      // Without its rows it has room again for what makes it smaller, however full it is.
      const whole = itemOf({ envelope: bytes(272) });
      const last = {
        ...more,
        items: [{ ...whole, recordId: items[19]!.recordId, supersedes: [writer.dot(20)] }],
      };
      expect(await store.push({ ...last, manifest: bytes(100) })).toMatchObject({
        kind: "accepted",
      });
    });

    test("to a vault or by a device that is not there is refused", async () => {
      const store = current();
      const vault = await createdVault(store);
      const batch = writerOf(vault).next([itemOf()]);
      expect(await store.push({ ...batch, vaultId: bytes(32) })).toEqual({ kind: "unknown-vault" });
      expect(await store.push({ ...batch, deviceId: bytes(16) })).toEqual({
        kind: "inactive-device",
      });
    });
  });

  describe("a pull", () => {
    test("gives the same rows in pages of any size, and at least one however large", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      for (let round = 0; round < 4; round++)
        await store.push(
          writer.next([1, 700, 20_000, 50].map((size) => itemOf({ envelope: bytes(size) }))),
        );
      const whole = await pullAll(store, vault.vaultId);
      expect(whole.rows).toHaveLength(20);
      for (const limit of [1, 800, 20_001, 45_000])
        expect(await pullAll(store, vault.vaultId, limit)).toEqual(whole);
      expect((await pullAll(store, vault.vaultId, 1e6, whole.next)).rows).toEqual([]);
    });

    test("leaves out the entries that a snapshot brought, and no manifest", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      await store.push(writer.next([itemOf(), itemOf()]));
      await store.push(writer.next([itemOf()]));
      const page = await store.pull({
        vaultId: vault.vaultId,
        after: 0,
        limitBytes: 1e6,
        skipEntriesTo: 3,
      });
      expect(page!.rows.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual([
        "manifest 1",
        "manifest 4",
        "entry 5",
      ]);
    });

    test("goes past deleted rows to the head", async () => {
      const store = current();
      const vault = await createdVault(store);
      const writer = writerOf(vault);
      const item = itemOf();
      await store.push(writer.next([item, itemOf()]));
      const { next } = await pullAll(store, vault.vaultId);
      await store.push(
        writer.next([itemOf(), itemOf({ recordId: item.recordId, supersedes: [writer.dot(1)] })]),
      );
      const tail = await pullAll(store, vault.vaultId, 1e6, next);
      expect(tail.rows.map(({ seq }) => seq)).toEqual([4, 5, 6]);
      expect(tail.next).toBe(6);
    });
  });

  test("an acknowledged seq never goes back, nor past the head", async () => {
    const store = current();
    const vault = await createdVault(store);
    const writer = writerOf(vault);
    await store.push(writer.next([itemOf(), itemOf()]));
    const acked = async (seq: number) => {
      expect(await store.ack(vault.vaultId, writer.deviceId, seq)).toBe(true);
      return (await store.device(vault.vaultId, writer.deviceId))!.ackSeq;
    };
    expect([await acked(2), await acked(1), await acked(99)]).toEqual([2, 2, 3]);
    expect(await store.ack(vault.vaultId, bytes(16), 1)).toBe(false);
  });
}
