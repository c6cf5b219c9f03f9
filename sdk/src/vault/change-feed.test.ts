import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createChangeFeed, type ChangeFeed } from "./change-feed.ts";
import type { JournalRow } from "./schema.ts";
import type { VaultChange } from "./vault.ts";

const rowOf = (n: number, by: string): JournalRow => ({
  n,
  by,
  weight: n,
  added: [n],
  removed: [],
  marked: [],
  segments: false,
  ids: [`id-${n}`],
});
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

interface Bench {
  readonly journal: JournalRow[];
  readonly feed: ChangeFeed;
  readonly heard: VaultChange[];
  /** A message of another tab arrives. */
  receive(message: unknown): void;
  readonly sent: unknown[];
}

function bench(readJournal?: (after: number) => Promise<readonly JournalRow[]>): Bench {
  const journal: JournalRow[] = [];
  const sent: unknown[] = [];
  const heard: VaultChange[] = [];
  let listener: ((event: MessageEvent) => void) | null = null;
  const feed = createChangeFeed({
    self: "me",
    from: 0,
    channel: {
      postMessage: (message) => sent.push(message),
      addEventListener: (_, one) => (listener = one),
      close: () => undefined,
    },
    readJournal: readJournal ?? (async (after) => journal.filter(({ n }) => n > after)),
    readMissed: async () => [100, 101],
  });
  feed.onChange((change) => heard.push(change));
  return { journal, feed, heard, sent, receive: (data) => listener?.({ data } as MessageEvent) };
}

describe("change feed", () => {
  it("tells every change once and in order, whatever messages are lost, late or doubled", async () => {
    const step = fc.record({
      own: fc.boolean(),
      heardAt: fc.constantFrom("at once", "twice", "never"),
      wait: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { journal, feed, heard, receive } = bench();
        for (const { own, heardAt, wait } of steps) {
          const row = rowOf(journal.length + 1, own ? "me" : "other");
          journal.push(row);
          if (own) void feed.announce(row);
          else if (heardAt !== "never")
            for (let i = heardAt === "twice" ? 2 : 1; i > 0; i -= 1) receive({ n: row.n });
          if (wait) await settle();
        }
        const last = rowOf(journal.length + 1, "me");
        journal.push(last);
        await feed.announce(last);
        expect(heard.map(({ added, own }) => [added[0], own])).toEqual(
          journal.map(({ n, by }) => [n, by === "me"]),
        );
      }),
    );
  });

  it("says that changes were missed where the journal was trimmed, and goes on from there", async () => {
    const { journal, heard, receive } = bench();
    journal.push(rowOf(7, "other"), rowOf(8, "other"));
    receive({ n: 8 });
    await settle();
    expect(heard).toEqual([
      {
        own: false,
        added: [100, 101],
        removed: [],
        marked: [],
        segments: true,
        ids: [],
        missed: true,
      },
    ]);
    journal.push(rowOf(9, "other"));
    receive({ n: 9 });
    await settle();
    expect(heard.map(({ added }) => added)).toEqual([[100, 101], [9]]);
  });

  it("ignores messages that are none of ours and survives a journal that cannot be read", async () => {
    let fail = true;
    const { heard, receive } = bench(async (after) => {
      if (fail) throw new Error("closed meanwhile");
      return [rowOf(after + 1, "other")];
    });
    for (const message of [null, 7, "7", {}, { n: "7" }, { n: Number.NaN }, { n: 1.5 }])
      receive(message);
    receive({ n: 1 });
    await settle();
    expect(heard).toEqual([]);
    fail = false;
    receive({ n: 1 });
    await settle();
    expect(heard).toHaveLength(1);
  });

  it("is silent after it was closed", async () => {
    const { journal, feed, heard, sent, receive } = bench();
    await feed.close();
    journal.push(rowOf(1, "me"));
    await feed.announce(rowOf(1, "me"));
    receive({ n: 1 });
    await settle();
    expect([heard, sent]).toEqual([[], []]);
  });
});
