import { afterEach, describe, expect, test } from "vitest";
import { findInOrigin } from "../../test/byte-scan.ts";
import type { Turn } from "../domain/chat.ts";
import type { MemoryError } from "../domain/errors.ts";
import type { VaultAccess } from "../sync/engine-port.ts";
import { founded, linked, openProfile } from "../sync/sync.fixture.ts";
import { makeSnapshot } from "../sync/snapshot-upload.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import type { PullPage } from "../wire/procedures.ts";
import { openSyncedDevice, type SyncedDevice } from "./synced-device.fixture.ts";

const url = syncServerUrl();
/** Milliseconds, on a busy machine. */
const SLOW = 60_000;

const open: SyncedDevice[] = [];
afterEach(async () => {
  for (const { vault } of open.splice(0)) await vault.destroy();
});

async function openTwo(): Promise<readonly [SyncedDevice, SyncedDevice]> {
  const first = await openProfile(url);
  const { membership } = await founded(first);
  const second = await linked(url, first, membership);
  const [a, b] = [await openSyncedDevice(membership), await openSyncedDevice(second.membership)];
  open.push(a, b);
  return [a, b];
}

async function settle(devices: readonly SyncedDevice[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) for (const { engine } of devices) await engine.now();
}

const turn = (role: Turn["role"], text: string): Turn => ({ role, text });

/** Everything of a vault that must be the same on every device. */
async function viewOf({ vault }: SyncedDevice): Promise<unknown> {
  const rows = (await vault.scan(0, 1_000)).map((row) => ({
    ...row,
    seq: 0,
    tags: row.tags.toSorted(),
  }));
  const threadIds = [...new Set(rows.flatMap(({ threadId }) => threadId ?? []))].toSorted();
  const threads = await Promise.all(
    threadIds.map(async (id) => {
      const thread = await vault.thread(id);
      const nodes = await vault.threadNodes(id);
      return {
        leaf: thread?.leaf,
        scopeKey: thread?.scopeKey,
        nodes: nodes.toSorted((a, b) => (a.chain < b.chain ? -1 : 1)),
      };
    }),
  );
  return { rows: rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)), threads };
}

describe("two browsers over a server", () => {
  test(
    "show the same turns, facts, marks and threads, and go on in each other's conversation",
    async () => {
      const [a, b] = await openTwo();
      const talk = [
        turn("user", "I moved to Lisbon in March and work as a baker."),
        turn("assistant", "Lisbon is lovely in spring."),
      ];
      await a.say(talk);
      const [note] = await b.turns.storeNotes(
        [{ text: "The garden gate needs oil.", tags: ["home"], pinned: true }],
        {},
        Date.now(),
        "refuse",
      );
      await settle([a, b]);
      expect(await viewOf(b)).toEqual(await viewOf(a));
      expect(await b.find("baker in Lisbon")).toContain(
        "I moved to Lisbon in March and work as a baker.",
      );
      expect(await a.find("garden gate")).toContain("The garden gate needs oil.");
      expect(a.told.changed).toContain(note?.id);

      // The phone sends the whole history again with one turn more: what is known is found, and one turn stored.
      const { rows } = await b.say([...talk, turn("user", "And I like rain.")]);
      expect(rows).toHaveLength(1);
      await settle([b, a]);
      expect(await viewOf(a)).toEqual(await viewOf(b));

      // The laptop takes another turn in place of the last one: the branch that was left sleeps on both.
      await a.say([...talk, turn("user", "And I like snow.")]);
      await settle([a, b]);
      const views = [await viewOf(a), await viewOf(b)];
      expect(views[1]).toEqual(views[0]);
      const live = (await b.vault.scan(0, 100)).filter((row) => row.live).map((row) => row.text);
      expect(live).toContain("And I like snow.");
      expect(live).not.toContain("And I like rain.");
    },
    SLOW,
  );

  test.each([[[0, 1]], [[1, 0]]])(
    "keep both texts of an edit on either side while offline, in order %j",
    async (order) => {
      const [a, b] = await openTwo();
      const devices = [a, b];
      const [note] = await a.turns.storeNotes(
        [{ text: "The meeting is on Monday." }],
        {},
        Date.now(),
        "refuse",
      );
      const id = note?.id ?? "";
      await settle(devices);
      await a.records.update(null, id, { text: "The meeting is on Tuesday." });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await b.records.update(null, id, { text: "The meeting is on Friday.", tags: ["work"] });
      await settle(order.map((i) => devices[i] ?? a));
      expect(await viewOf(b)).toEqual(await viewOf(a));
      for (const device of devices) {
        const history = await device.records.history(null, id);
        expect(history[0]).toMatchObject({ text: "The meeting is on Friday.", tags: ["work"] });
        expect(history.map(({ text }) => text)).toContain("The meeting is on Tuesday.");
        expect(await device.find("meeting Friday")).toContain("The meeting is on Friday.");
        expect((await device.find("Tuesday")).join(" ")).not.toContain("Tuesday");
      }
    },
    SLOW,
  );

  test(
    "forget for good on both: not a byte of the text is left, and no other text is touched",
    async () => {
      const [a, b] = await openTwo();
      const word = "zqbulomarutavix";
      const [note, other] = await a.turns.storeNotes(
        [
          { text: `The password of the attic is ${word}.`, tags: [`tag-${word}`] },
          { text: "The attic has two windows." },
        ],
        {},
        Date.now(),
        "refuse",
      );
      const id = note?.id ?? "";
      await settle([a, b]);
      await b.records.update(null, id, { text: `The word for the attic is ${word} now.` });
      await settle([b, a]);
      expect(await findInOrigin([word])).not.toEqual([]);

      await a.forget(id);
      await settle([a, b]);
      expect(b.told.forgottenElsewhere).toEqual([id]);
      expect(await findInOrigin([word])).toEqual([]);
      expect((await b.vault.scan(0, 10)).map((row) => row.id)).toEqual([other?.id]);
      expect((await b.engine.status()).pending).toBe(0);
    },
    SLOW,
  );

  test(
    "take vectors along to a device that uses their space, and none that does not fit",
    async () => {
      const [a, b] = await openTwo();
      const space = { id: "model@1", dimensions: 4, notes: {} };
      await a.vault.vectors.putSpace(space);
      await b.vault.vectors.putSpace(space);
      await a.vault.vectors.putSpace({ ...space, id: "model@2" });
      await b.vault.vectors.putSpace({ ...space, id: "model@2", dimensions: 8 });
      const rows = await a.turns.storeNotes(
        [{ text: "One with a vector." }, { text: "One whose vector is of another length." }],
        {},
        Date.now(),
        "refuse",
      );
      const vector = new Uint8Array(Float32Array.of(0.5, -0.5, 0.5, -0.5).buffer);
      await a.vault.vectors.put("model@1", [{ seq: rows[0]?.seq ?? 0, vector }]);
      await a.vault.vectors.put("model@2", [{ seq: rows[1]?.seq ?? 0, vector }]);
      await settle([a, b]);
      const here = await b.vault.get(rows.map(({ id }) => id));
      const seqs = here.map((row) => row?.seq ?? 0);
      expect(await b.vault.vectors.tail("model@1", seqs)).toEqual([{ seq: seqs[0], vector }]);
      expect(await b.vault.vectors.tail("model@2", seqs)).toEqual([]);
    },
    SLOW,
  );

  test(
    "a losing text goes with the memory that said the same",
    async () => {
      const [a, b] = await openTwo();
      const word = "zqdifolamuvotax";
      const [first, second] = await a.turns.storeNotes(
        [{ text: "A line about trains." }, { text: `Said twice: ${word}.` }],
        {},
        Date.now(),
        "refuse",
      );
      await settle([a, b]);
      await a.records.update(null, first?.id ?? "", { text: `Said twice: ${word}.` });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await b.records.update(null, first?.id ?? "", { text: "A line about ships." });
      await settle([a, b]);
      expect(await findInOrigin([word])).not.toEqual([]);
      await b.forget(second?.id ?? "");
      await settle([b, a]);
      expect(await findInOrigin([word])).toEqual([]);
    },
    SLOW,
  );
});

test(
  "a third browser begins with a snapshot, has its vectors, and asks the real server for no entry",
  async () => {
    const space = { id: "tiny@1", dimensions: 4, notes: {} };
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const a = await openSyncedDevice(membership, { snapshotRows: 20 });
    open.push(a);
    const texts = Array.from({ length: 300 }, (_, n) => `The ${n}th jar holds ${n} blue marbles.`);
    await a.turns.storeNotes(
      texts.map((text) => ({ text })),
      {},
      Date.now(),
      "refuse",
    );
    await a.vault.vectors.putSpace(space);
    const vectorOf = (text: string) => new Float32Array([text.length, 2, 3, 4]);
    const rows = await a.vault.scan(0, 1_000);
    await a.vault.vectors.put(
      space.id,
      rows.map(({ seq, text }) => ({ seq, vector: new Uint8Array(vectorOf(text).buffer) })),
    );
    await a.engine.now();
    const giveSnapshot = () =>
      makeSnapshot({
        vaultId: membership.vaultId,
        call: membership.call,
        step: (outcome) => a.engine.snapshot(outcome),
        whenQuiet: () => Promise.resolve(),
        signal: new AbortController().signal,
      });
    await giveSnapshot();
    expect(first.calls.filter((name) => name === "snapshot.publish")).toHaveLength(1);
    await giveSnapshot();
    expect(first.calls.filter((name) => name === "snapshot.publish")).toHaveLength(1);

    const second = await linked(url, first, membership);
    let entries = 0;
    second.profile.between(async (name, next) => {
      const answer = await next();
      if (name === "sync.pull") entries += (answer as PullPage).entries.length;
      return answer;
    });
    const problems: MemoryError[] = [];
    const b = await openSyncedDevice(second.membership, {
      onProblem: (problem) => problems.push(problem),
    });
    open.push(b);
    await b.vault.vectors.putSpace(space);
    await b.engine.now();
    expect(problems).toEqual([]);
    expect(entries).toBe(0);
    expect(await viewOf(b)).toEqual(await viewOf(a));
    expect(await b.find("marbles in the 77th jar")).toContain(texts[77]);
    const there = await b.vault.scan(0, 1_000);
    const vectors = await b.vault.vectors.tail(
      space.id,
      there.map(({ seq }) => seq),
    );
    const byRow = new Map(vectors.map(({ seq, vector }) => [seq, vector]));
    expect(byRow.size).toBe(texts.length);
    for (const { seq, text } of there)
      expect(new Float32Array((byRow.get(seq) ?? new Uint8Array()).slice().buffer)).toEqual(
        vectorOf(text),
      );
    // And goes on from there, both ways.
    await b.turns.storeNotes(
      [{ text: "The lid of the 5th jar is loose." }],
      {},
      Date.now(),
      "refuse",
    );
    await settle([b, a]);
    expect(await viewOf(a)).toEqual(await viewOf(b));
  },
  SLOW,
);

test(
  "what a device with a fault in its cryptography writes stops nobody, and comes in once it is written well",
  async () => {
    const first = await openProfile(url);
    const { membership } = await founded(first);
    const second = await linked(url, first, membership);
    const faulty: VaultAccess = {
      ...second.membership,
      suite: {
        ...second.membership.suite,
        seal: async (...given) => (await second.membership.suite.seal(...given)).toReversed(),
      },
    };
    const [a, b] = [await openSyncedDevice(membership), await openSyncedDevice(faulty)];
    open.push(a, b);
    const store = (device: SyncedDevice, text: string) =>
      device.turns.storeNotes([{ text }], {}, Date.now(), "refuse");
    const [bad] = await store(b, "The cellar key is under the third pot.");
    await b.engine.now();
    await store(a, "The attic light is broken.");
    await settle([a, b]);
    expect(await a.engine.status()).toMatchObject({ aside: 1, pending: 0 });
    expect((await a.engine.status()).unopened).toHaveLength(1);
    expect(await b.find("attic light")).toEqual(["The attic light is broken."]);
    expect(await a.find("cellar key")).toEqual([]);

    Object.assign(faulty, { suite: second.membership.suite });
    await b.records.update(null, bad?.id ?? "", { pinned: true });
    await settle([b, a]);
    expect(await a.engine.status()).toMatchObject({ aside: 0, unopened: [], pending: 0 });
    expect(await a.find("cellar key")).toEqual(["The cellar key is under the third pot."]);
    expect(await viewOf(a)).toEqual(await viewOf(b));
  },
  SLOW,
);
