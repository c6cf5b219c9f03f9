import { afterEach, describe, expect, it } from "vitest";
import { openDexieVault } from "./dexie-vault.ts";
import { batchOf, bytes, codeOf, draft } from "./vault-fixtures.ts";
import type { Vault, VaultChange } from "./vault.ts";

type OpenDexieVault = typeof openDexieVault;
interface Tab {
  readonly open: (name: string) => Promise<Vault>;
  /** Ends the realm at once, as a closed tab does. */
  kill(): void;
}

const frames: HTMLIFrameElement[] = [];
afterEach(() => {
  for (const frame of frames.splice(0)) frame.remove();
});

/** A second realm of this origin: its own Dexie, its own connection, its own channel, its own event loop's end. */
async function openTab(): Promise<Tab> {
  const frame = document.createElement("iframe");
  frames.push(frame);
  const module = JSON.stringify(new URL("./dexie-vault.ts", import.meta.url).href);
  // The test runner rewrites every dynamic import to go through an object that it puts into its own realm only.
  frame.srcdoc = `<script>globalThis.__vitest_browser_runner__ = { wrapDynamicImport: (load) => load() }</script>
  <script type="module">
    import { openDexieVault } from ${module};
    parent.dispatchEvent(new CustomEvent("tab", { detail: openDexieVault }));
  </script>`;
  const ready = new Promise<OpenDexieVault>((resolve) =>
    addEventListener("tab", (event) => resolve((event as CustomEvent<OpenDexieVault>).detail), {
      once: true,
    }),
  );
  document.body.append(frame);
  const openThere = await ready;
  expect(openThere).not.toBe(openDexieVault);
  return {
    open: async (name) => (await openThere({ name, now: () => Date.now() })).vault,
    kill: () => frame.remove(),
  };
}

const openHere = async (name: string): Promise<Vault> =>
  (await openDexieVault({ name, now: () => Date.now() })).vault;
const freshName = (): string => `tabs-${crypto.randomUUID()}`;
const plain = <T>(value: T): T => structuredClone(value);

describe("two tabs on one vault", () => {
  it("see each other's writes, in order, with what was written", async () => {
    const name = freshName();
    const here = await openHere(name);
    const there = await (await openTab()).open(name);
    const heard: VaultChange[] = [];
    here.onChange((change) => heard.push(change));
    const [row] = await there.commit(batchOf(draft({ text: "from the other tab" })));
    await there.modify(
      row!.id,
      (now) => ({ ...now, text: "edited there" }),
      () => bytes(7),
    );
    await expect.poll(() => heard.length).toBe(2);
    expect(heard.map(({ own, ids }) => [own, plain(ids)])).toEqual([
      [false, [row!.id]],
      [false, [row!.id]],
    ]);
    const [after] = await here.get([row!.id]);
    expect(after!.text).toBe("edited there");
    expect(heard[1]!.added).toEqual([after!.seq]);
    expect(await here.tailAfter(row!.seq)).toEqual([{ seq: after!.seq, entry: bytes(7) }]);
    await here.destroy();
  });

  it("write at the same time: nothing is lost, no number is given twice, both hear all of it", async () => {
    const name = freshName();
    const here = await openHere(name);
    const there = await (await openTab()).open(name);
    const [shared] = await here.commit(batchOf(draft({ metadata: { n: 0 } })));
    const heard = [new Set<number>(), new Set<number>()];
    [here, there].forEach((vault, i) =>
      vault.onChange(({ added }) => added.forEach((seq) => heard[i]!.add(seq))),
    );
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const vault = i % 2 ? here : there;
        await vault.commit(batchOf(draft()));
        await vault.modify(shared!.id, (now) => ({
          ...now,
          metadata: { n: Number(now.metadata["n"]) + 1 },
        }));
      }),
    );
    const rows = await here.scan(0, 100);
    expect(new Set(rows.map(({ seq }) => seq)).size).toBe(41);
    expect((await there.get([shared!.id]))[0]!.metadata["n"]).toBe(40);
    const written = rows.flatMap(({ seq }) => (seq === shared!.seq ? [] : [seq]));
    await expect
      .poll(() => heard.map((seqs) => written.every((seq) => seqs.has(seq))))
      .toEqual([true, true]);
    await here.destroy();
  });

  it("hear of a deletion in the other tab", async () => {
    const name = freshName();
    const here = await openHere(name);
    const there = await (await openTab()).open(name);
    const lost: unknown[] = [];
    here.onLost((error) => lost.push(error));
    await there.destroy();
    expect(lost).toMatchObject([{ code: "vault/closed", details: { reason: "deleted" } }]);
    expect(await codeOf(here.stats())).toBe("vault/closed");
  });

  it("keep a batch whole where a tab is closed in the middle of writing it", async () => {
    const name = freshName();
    const here = await openHere(name);
    for (const delayMs of [0, 5, 20, 60, 120]) {
      const before = (await here.stats()).records;
      const tab = await openTab();
      const there = await tab.open(name);
      void there
        .commit(batchOf(...Array.from({ length: 400 }, () => draft())))
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      tab.kill();
      const { records, tail, outbox } = await here.stats();
      expect([before, before + 400]).toContain(records);
      expect([tail, outbox]).toEqual([records, records]);
    }
    await here.destroy();
  });

  it("catch up from the journal where a message was lost, and say so where the journal does not reach back", async () => {
    const name = freshName();
    const deaf = (await openDexieVault({ name, now: () => 1, openChannel: null })).vault;
    const there = await (await openTab()).open(name);
    const heard: VaultChange[] = [];
    deaf.onChange((change) => heard.push(change));
    const [a] = await there.commit(batchOf(draft()));
    const [b] = await deaf.commit(batchOf(draft()));
    expect(heard.map(({ own, added }) => [own, added])).toEqual([
      [false, [a!.seq]],
      [true, [b!.seq]],
    ]);
    heard.length = 0;
    for (let i = 0; i < 3; i += 1)
      await there.commit(batchOf(...Array.from({ length: 2500 }, () => draft())));
    const [last] = await deaf.commit(batchOf(draft()));
    expect(heard.map(({ own, missed, segments }) => [own, missed, segments])).toEqual([
      [false, true, true],
    ]);
    expect(heard[0]!.added).toContain(last!.seq);
    await deaf.destroy();
  }, 60_000);
});
