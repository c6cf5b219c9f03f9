import { describe, expect, test } from "vitest";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import { createIndexStore, draftOf } from "../engine/index-fixtures.ts";
import { createDocumentIndex } from "../engine/packed-index.ts";
import { requestReader } from "../facts/request-reader.ts";
import { absoluteScore } from "./candidates.ts";
import { nearnessOf, type FindMeaning, type MeaningHits, type MeaningRequest } from "./meaning.ts";
import { createRecallService } from "./recall.ts";
import type { RecallOutcome, RecallRequest } from "./recall-service.ts";

const NOW = Date.UTC(2024, 5, 1);
const WEIGHTS = { words: 0.45, letters: 0.1, meaning: 0.45 };
const CALIBRATION = { low: 0.2, high: 0.8 };

/** A small vault of talk; `near` gives the cosines, by id of the record. */
async function createVault(findMeaning?: (rows: ReadonlyMap<string, number>) => FindMeaning) {
  const store = createIndexStore();
  const index = createDocumentIndex({
    vault: store as never,
    lock: (work) => work(),
    newId: () => String(store.segments.length),
  });
  await index.open();
  const seqs = new Map<string, number>();
  const service = createRecallService({
    index,
    vault: store,
    clock: () => 0,
    loadRequestReader: () => Promise.resolve(requestReader),
    ...(findMeaning ? { findMeaning: findMeaning(seqs) } : {}),
  });
  const add = (id: string, text: string, parts: Partial<RecordDraft> = {}): StoredRecord => {
    const draft = draftOf(id, text, { createdAt: NOW - 86_400_000, ...parts });
    const row = store.put(draft, index.entryOf(draft));
    index.add([row]);
    seqs.set(id, row.seq);
    return row;
  };
  for (const [at, thing] of ["window", "kettle", "ladder", "carpet", "tunnel"].entries())
    for (let place = 0; place < 12; place += 1)
      add(`c${at}-${place}`, `The ${thing} stands beside number ${place}`, {
        threadId: `t${at}`,
        position: place,
      });
  add("far", "Our lease on the cottage runs out in autumn");
  add("hidden", "Another lodger rents the attic", { scope: { user: "someone" } });
  return {
    add,
    seqs,
    service,
    store,
    index,
    ask: (text: string, parts: Partial<RecallRequest> = {}): Promise<RecallOutcome> =>
      service.recall({
        turns: [{ role: "user", text }],
        scope: {},
        strategy: "full",
        budgetTokens: 1000,
        now: NOW,
        frozenProfile: null,
        fenceId: "9f3a01",
        ...parts,
      }),
  };
}

function answering(
  cosines: Readonly<Record<string, number>>,
): (seqs: ReadonlyMap<string, number>) => FindMeaning {
  return (seqs) => () =>
    Promise.resolve({
      seqs: Object.keys(cosines).map((id) => seqs.get(id) ?? 99_999),
      cosines: Object.values(cosines),
      weights: WEIGHTS,
      calibration: CALIBRATION,
    } satisfies MeaningHits);
}

const QUESTION = "When does my rental contract end?";
const idsOf = ({ memories }: RecallOutcome): string[] => memories.map(({ id }) => id);

describe("what is found by meaning", () => {
  test("becomes a candidate without a word of the request, and says how near it is", async () => {
    const plain = await createVault();
    expect(idsOf(await plain.ask(QUESTION))[0]).not.toBe("far");
    const vault = await createVault(answering({ far: 0.74, "c1-3": 0.25 }));
    const outcome = await vault.ask(QUESTION);
    expect(idsOf(outcome)[0]).toBe("far");
    expect(outcome.memories[0]?.signals).toMatchObject({ words: 0, meaning: 0.9 });
    expect(outcome.memories[0]?.score).toBeGreaterThan(0.6);
    expect(outcome.memories[0]?.why).toContain("means something like");
    const [hit] = await vault.service.search({ query: QUESTION, scope: {}, limit: 3, now: NOW });
    expect(hit?.id).toBe("far");
  });

  test("is read in the scope of the request only, and passed over where it is gone or far", async () => {
    const vault = await createVault(answering({ hidden: 0.9, gone: 0.9, far: 0.1 }));
    expect(idsOf(await vault.ask(QUESTION))).toEqual(
      idsOf(await (await createVault()).ask(QUESTION)),
    );
    const other = await vault.ask(QUESTION, { scope: { user: "someone" } });
    expect(idsOf(other)).toEqual(["hidden"]);
  });

  test("changes nothing where it is late or broken", async () => {
    const plain = await createVault();
    for (const find of [() => Promise.resolve(null), () => Promise.reject(new Error("no model"))]) {
      const vault = await createVault(() => find);
      for (const text of [QUESTION, "What stands beside the kettle?", "the ladder, number 7"]) {
        const [got, due] = [await vault.ask(text), await plain.ask(text)];
        expect({ ...got, steps: {} }).toEqual({ ...due, steps: {} });
      }
    }
  });

  test("is asked for with the turn before where the last one leans on it, within the scope and a time", async () => {
    const asked: MeaningRequest[] = [];
    const vault = await createVault(() => (request) => {
      asked.push(request);
      return Promise.resolve(null);
    });
    await vault.ask("", {
      turns: [
        { role: "user", text: "We looked at the harbour museum" },
        { role: "assistant", text: "Nice." },
        { role: "user", text: "When does it open?" },
      ],
      scope: { user: "ann" },
    });
    expect(asked[0]?.texts).toEqual([
      { text: "When does it open?", weight: 1 },
      { text: "We looked at the harbour museum", weight: 0.3 },
    ]);
    expect(asked[0]).toMatchObject({ scope: { user: "ann" }, now: NOW });
    expect(asked[0]?.withinMs).toBeGreaterThan(0);
  });
});

test("a cosine is read by its calibration", () => {
  expect(nearnessOf(0.1, CALIBRATION)).toBe(0);
  expect(nearnessOf(0.5, CALIBRATION)).toBeCloseTo(0.5);
  expect(nearnessOf(0.8, CALIBRATION)).toBeCloseTo(1);
  expect(nearnessOf(Number.NaN, CALIBRATION)).toBe(0);
});

test("words and meaning together make surer than either, and never more than sure", () => {
  const signals = {
    words: 0.5,
    letters: 0,
    meaning: 0,
    context: 0,
    speaker: 1,
    time: 1,
    cue: 0,
    pinned: 0,
  };
  const byWords = absoluteScore(signals, 8, 1);
  const byMeaning = absoluteScore({ ...signals, words: 0, meaning: 0.5 }, 8, 1);
  const byBoth = absoluteScore({ ...signals, meaning: 0.5 }, 8, 1);
  expect(byBoth).toBeGreaterThan(Math.max(byWords, byMeaning));
  expect(absoluteScore({ ...signals, words: 1, meaning: 1 }, 8, 1)).toBeLessThanOrEqual(1);
  expect(absoluteScore({ ...signals, words: 0, meaning: 1 }, 0, 1)).toBe(1);
});
