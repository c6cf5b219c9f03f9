import { describe, expect, test } from "vitest";
import { createDexieSyncStore } from "./dexie-sync-store.ts";
import { openDexieVault } from "./dexie-vault.ts";
import { runSyncStoreContract, type SyncStoreHarness } from "./sync-store.contract.ts";
import { batchOf, bytes, draft, nodeOf } from "./vault-fixtures.ts";
import type { OwedRow, SyncStateRow } from "./sync-store.ts";
import type { Vault, VaultChange } from "./vault.ts";

const openVault = async (name: string, packFrom?: number): Promise<Vault> =>
  (await openDexieVault({ name, now: () => 1, ...(packFrom && { packFrom }) })).vault;

/** Each row alone, and each on a page. */
for (const packFrom of [64, 1])
  describe(`packed from ${packFrom}`, () => runSyncStoreContract(() => harness(packFrom)));

async function harness(packFrom: number): Promise<SyncStoreHarness> {
  const vault = await openVault(`sync-${crypto.randomUUID()}`, packFrom);
  return {
    store: vault.sync(createDexieSyncStore),
    add: async (one) => void (await vault.commit(batchOf(one))),
    edit: async (id, text) =>
      void (await vault.modify(
        id,
        (row) => ({ ...row, text }),
        () => bytes(1),
      )),
    async remove(id, why) {
      const [row] = await vault.get([id]);
      await vault.remove([id], [], row ? [row.textHash] : [], [], why ? { why } : {});
    },
    async removeAll() {
      const ids = (await vault.scan(0, 100)).map((row) => row.id);
      await vault.remove(ids, [], [], [], { everything: true });
    },
    textOf: async (id) => (await vault.get([id]))[0]?.text ?? null,
    close: () => vault.destroy(),
  };
}

const PLACE = { manifests: [], dots: [], gone: [] };

function stateOf(owed: readonly OwedRow[]): SyncStateRow {
  return {
    generation: 0,
    cursor: null,
    chains: [],
    named: [],
    early: [],
    owed,
    orphans: [],
    bare: [],
    claims: [],
    nextSeq: 1,
    resealBelow: 0,
    lastSyncedAt: null,
  };
}

test("another tab hears of pulled records", async () => {
  const name = `sync-${crypto.randomUUID()}`;
  const [vault, tab] = [await openVault(name), await openVault(name)];
  const heard: VaultChange[] = [];
  tab.onChange((change) => heard.push(change));
  const one = draft();
  await vault.sync(createDexieSyncStore).apply({
    state: {
      generation: 0,
      cursor: null,
      chains: [],
      named: [],
      early: [],
      owed: [],
      orphans: [],
      bare: [],
      claims: [],
      nextSeq: 1,
      resealBelow: 0,
      lastSyncedAt: null,
    },
    manifests: [],
    dots: [],
    gone: [],
    records: [
      {
        row: { key: "k", id: one.id, shape: null, shown: "", others: [] },
        memory: { draft: one, entry: () => bytes(1), nodes: [], vector: null, lost: [] },
        from: null,
        send: false,
      },
    ],
  });
  await expect.poll(() => heard.flatMap(({ ids }) => ids)).toEqual([one.id]);
  await tab.close();
  await vault.destroy();
});

/** A conversation, each second turn without a record: what was forgotten, or never kept. */
function conversation(threadId: string, turns: number) {
  const drafts = Array.from({ length: turns }, (_, i) =>
    draft({ kind: "turn", role: "user", threadId, position: 2 * i }),
  );
  const nodes = drafts.flatMap(({ id }, i) => [
    nodeOf({
      threadId,
      chain: `${threadId}-${i}-silent`,
      parent: i === 0 ? null : `${threadId}-${i - 1}`,
      depth: 2 * i,
      leaf: false,
    }),
    nodeOf({
      threadId,
      chain: `${threadId}-${i}`,
      parent: `${threadId}-${i}-silent`,
      depth: 2 * i + 1,
      recordId: id,
      leaf: i === turns - 1,
    }),
  ]);
  return { drafts, nodes };
}

test.each([
  [1, 0],
  [3, 0],
  [200, 0],
  [200, 600],
  [9, 300],
])(
  "%s turns are read at one moment among %s others, with the silent ones above",
  async (turns, others) => {
    const vault = await openVault(`sync-${crypto.randomUUID()}`);
    const { drafts, nodes } = conversation("t", turns);
    const rest = conversation("other", others);
    const spread = drafts.flatMap((one, i) => [one, ...rest.drafts.slice(3 * i, 3 * i + 3)]);
    const left = rest.drafts.filter((one) => !spread.includes(one));
    await vault.commit({ ...batchOf(...spread, ...left), nodes: [...nodes, ...rest.nodes] });
    const store = vault.sync(createDexieSyncStore);
    const names = drafts.map(({ id }) => ({ key: `key-${id}`, id }));
    const held = await store.held([...names, { key: "key-none", id: "none" }]);
    expect(held.map(({ id, local }) => local?.record.id ?? `no ${id}`)).toEqual([
      ...drafts.map(({ id }) => id),
      "no none",
    ]);
    expect(held.map(({ local }) => local?.nodes.map(({ chain }) => chain) ?? [])).toEqual([
      ...drafts.map((_, i) => [`t-${i}`, `t-${i}-silent`]),
      [],
    ]);
    expect(held.slice(0, -1).every(({ outbox, row }) => outbox?.op === "put" && row === null)).toBe(
      true,
    );
    await vault.destroy();
  },
);

test("very many new records stand in a segment, in one transaction with their rows, and none in the tail", async () => {
  const vault = await openVault(`sync-${crypto.randomUUID()}`);
  const store = vault.sync(createDexieSyncStore);
  const heard: VaultChange[] = [];
  vault.onChange((change) => heard.push(change));
  const records = Array.from({ length: store.packFrom }, (_, i) => {
    const one = draft();
    return {
      row: { key: `k${i}`, id: one.id, shape: bytes(1), shown: "", others: [] },
      memory: { draft: one, entry: () => bytes(1), nodes: [], vector: null, lost: [] },
      from: null,
      send: false,
    };
  });
  const segment = { id: "packed", bytes: bytes(7, 7), state: bytes(8) };
  const change = { ...PLACE, state: null, records };
  const applied = await store.apply(change, () => segment);
  expect(applied.segment).toEqual(segment);
  expect(await vault.loadIndex()).toMatchObject({ segments: [segment], tail: [], damaged: [] });
  expect(heard.map(({ segments, added }) => [segments, added.length])).toEqual([
    [true, store.packFrom],
  ]);
  const refused = {
    ...change,
    records: [...records, { ...records[0]!, from: { id: "x", op: "put" as const, at: 9 } }],
  };
  await expect(store.apply(refused, () => ({ ...segment, id: "other" }))).rejects.toThrow();
  expect((await vault.loadIndex()).segments).toEqual([segment]);
  await vault.destroy();
});

describe("rows that are owed", () => {
  const owed = (n: number): OwedRow => ({
    dot: `d1:${n}`,
    hash: new Uint8Array(32).fill(n),
    epoch: 1 + (n % 3),
    of: n % 5 === 0 ? [`key-${n}`] : [],
  });
  const range = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => owed(from + i));

  test("are those of the last write, by whichever tab, whatever came and went before", async () => {
    const name = `sync-${crypto.randomUUID()}`;
    const vaults = [await openVault(name), await openVault(name)];
    const stores = vaults.map((vault) => vault.sync(createDexieSyncStore));
    let rows: readonly OwedRow[] = range(0, 250);
    for (let step = 0; step < 40; step += 1) {
      // Runs of one tab, so that it goes on from what it knows, and turns of the other, so that it must not.
      const store = stores[step % 7 < 5 ? 0 : 1]!;
      if (step % 3 === 1) rows = rows.filter((_, i) => i % 4 !== step % 4);
      if (step % 3 === 2) rows = [...rows, ...range(1_000 * step, 1_000 * step + 30)];
      if (step === 20) rows = [];
      if (step === 25) rows = rows.map((row) => ({ ...row }));
      if (step % 2 === 0) await store.setState(stateOf(rows));
      else await store.apply({ ...PLACE, state: stateOf(rows), records: [] });
      for (const one of stores)
        if (step % 4 === 3 || one === store) expect(await one.state()).toEqual(stateOf(rows));
    }
    await vaults[1]?.close();
    await vaults[0]?.close();
    const again = await openVault(name);
    const read = await again.sync(createDexieSyncStore).state();
    expect(read).toEqual(stateOf(rows));
    await again.sync(createDexieSyncStore).setState(stateOf([]));
    expect(await again.sync(createDexieSyncStore).state()).toEqual(stateOf([]));
    await again.destroy();
  });

  test("stay as they were where a page is not written", async () => {
    const vault = await openVault(`sync-${crypto.randomUUID()}`);
    const store = vault.sync(createDexieSyncStore);
    const [before, after] = [range(0, 20), range(5, 40)];
    await store.setState(stateOf(before));
    const one = draft();
    const refused = {
      row: { key: "k", id: one.id, shape: null, shown: "", others: [] },
      memory: { draft: one, entry: () => bytes(1), nodes: [], vector: null, lost: [] },
      from: { id: one.id, op: "put" as const, at: 99 },
      send: false,
    };
    for (let round = 0; round < 2; round += 1) {
      const change = { ...PLACE, state: stateOf(after), records: [refused] };
      await expect(store.apply(change)).rejects.toMatchObject({ code: "vault/failed" });
      expect(await store.state()).toEqual(stateOf(before));
    }
    const state = stateOf(before.slice(3));
    await store.setState(state);
    expect(await store.state()).toEqual(state);
    await store.restart(stateOf(after));
    expect(await store.state()).toEqual(stateOf(after));
    await vault.destroy();
  });
});
