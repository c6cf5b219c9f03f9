import { expect, test } from "vitest";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import { analyzeTurn } from "./analyze.ts";
import { draftOf } from "./drafts.ts";
import { linkDrafts } from "./links.ts";

let next = 0;

const draft = (text: string, at: number): RecordDraft => {
  next += 1;
  return draftOf({
    id: `d${next}`,
    kind: "turn",
    analysis: analyzeTurn({ turn: { role: "user", text }, origin: "user", scope: {}, saidAt: at }),
    scope: {},
    origin: "user",
    createdAt: at,
    now: at,
    metadata: {},
    role: "user",
  });
};

/** What a vault answers that holds these. */
const vaultOf = (rows: readonly RecordDraft[]) => ({
  matching: async (
    _user: string | undefined,
    by: "textHash" | "nearHash" | "factKeys",
    keys: readonly string[],
  ): Promise<readonly StoredRecord[]> =>
    rows
      .map((row, seq): StoredRecord => ({ ...row, seq }))
      .filter((row) =>
        (by === "factKeys" ? row.factKeys : [row[by]]).some((key) => keys.includes(key)),
      ),
});

test("the same text again is an exact repetition, the same words in another order a near one", async () => {
  const first = draft("The boat key hangs in the blue shed", 1);
  const again = draft("the boat key  hangs in the blue shed", 2);
  const near = draft("In the shed, the blue one, hangs the boat key", 3);
  const linked = await linkDrafts(vaultOf([first]), [again, near]);
  expect(linked.drafts.map((one) => [one?.duplicateOf, one?.duplicate])).toEqual([
    [first.id, "exact"],
    [first.id, "near"],
  ]);
  expect(linked.duplicates).toBe(2);
});

test("two texts without a content word are told apart by their text", async () => {
  const yes = draft("Is it so?", 1);
  const [same, other] = (
    await linkDrafts(vaultOf([yes]), [draft("is it so?", 2), draft("And then?", 3)])
  ).drafts;
  expect(same?.duplicateOf).toBe(yes.id);
  expect(other?.duplicateOf).toBeUndefined();
});

test("a newer fact about the same thing renews the older one, in the vault and within a batch", async () => {
  const oslo = draft("I live in Oslo.", 1);
  const bergen = draft("I live in Bergen.", 2);
  const narvik = draft("I live in Narvik.", 3);
  const linked = await linkDrafts(vaultOf([oslo]), [bergen, narvik]);
  expect(linked.drafts.map((one) => one?.supersedes)).toEqual([oslo.id, bergen.id]);
  expect(linked.drafts[0]?.supersededBy).toBe(narvik.id);
  expect(linked.marks).toEqual([{ id: oslo.id, supersededBy: bergen.id }]);
});

test("a fact that comes back after another took its place is no repetition: it renews the other", async () => {
  const oslo = draft("I live in Oslo.", 1);
  const bergen = draft("I live in Bergen.", 2);
  const back = draft("I live in Oslo.", 3);
  const [linked] = (await linkDrafts(vaultOf([oslo, bergen]), [back])).drafts;
  expect(linked).toMatchObject({ supersedes: bergen.id });
  expect(linked?.duplicateOf).toBeUndefined();
});

test("what was said before the standing fact, and comes in late, renews nothing", async () => {
  const bergen = draft("I live in Bergen.", 20);
  const [late] = (await linkDrafts(vaultOf([bergen]), [draft("I live in Oslo.", 10)])).drafts;
  expect(late?.supersedes).toBeUndefined();
});
