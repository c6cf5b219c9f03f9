import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import { createIndexStore, draftOf } from "../engine/index-fixtures.ts";
import { createDocumentIndex } from "../engine/packed-index.ts";
import { requestReader } from "../facts/request-reader.ts";
import { createRecallService } from "./recall.ts";
import type { RecallOutcome, RecallRequest } from "./recall-service.ts";

const NOW = Date.UTC(2024, 5, 1);
const DAY = 86_400_000;

function createVault() {
  const store = createIndexStore();
  const index = createDocumentIndex({
    vault: store as never,
    lock: (work) => work(),
    newId: () => String(store.segments.length),
  });
  const service = createRecallService({
    index,
    vault: store,
    clock: () => 0,
    loadRequestReader: () => Promise.resolve(requestReader),
  });
  return {
    store,
    service,
    add(id: string, text: string, parts: Partial<RecordDraft> = {}): StoredRecord {
      const draft = draftOf(id, text, { createdAt: NOW - 10 * DAY, ...parts });
      const row = store.put(draft, index.entryOf(draft));
      index.add([row]);
      return row;
    },
    mark(seq: number, parts: Partial<StoredRecord>): void {
      const row = store.touch(seq, parts);
      if (row !== null) index.mark([row]);
    },
    ask(text: string, parts: Partial<RecallRequest> = {}): Promise<RecallOutcome> {
      return service.recall({
        turns: [{ role: "user", text }],
        scope: {},
        strategy: "full",
        budgetTokens: 1000,
        now: NOW,
        frozenProfile: null,
        fenceId: "9f3a01",
        ...parts,
      });
    },
  };
}

/** A few dozen turns of everyday talk, so that no word is rare by accident. */
function chatter(vault: ReturnType<typeof createVault>): void {
  const things = [
    "garden",
    "printer",
    "meeting",
    "window",
    "bicycle",
    "kettle",
    "letter",
    "ladder",
    "carpet",
    "tunnel",
  ];
  things.forEach((thing, at) =>
    things.forEach((other, place) =>
      vault.add(
        `c${at}-${place}`,
        `The ${thing} stands next to the ${other} number ${at * 10 + place}`,
        { threadId: `chat${at}`, position: place },
      ),
    ),
  );
}

const ids = ({ memories }: RecallOutcome): string[] => memories.map(({ id }) => id);

describe("recall", () => {
  test("brings what was said, with its source, its reason and its numbers", async () => {
    const vault = createVault();
    chatter(vault);
    vault.add("fact", "My daughter plays the trumpet in the school band", { callerId: "turn-7" });
    const outcome = await vault.ask("Which instrument does my daughter play?");
    expect(ids(outcome)[0]).toBe("fact");
    expect(outcome.memories[0]).toMatchObject({ sources: ["turn-7"], part: "recall" });
    expect(outcome.memories[0]?.why).toMatch(/^[A-Z].*\.$/u);
    expect(outcome.memories[0]?.score).toBeGreaterThan(0.3);
    expect(outcome.recall).toContain("trumpet");
  });

  test("never goes over the budget, by the real count", async () => {
    const vault = createVault();
    chatter(vault);
    for (const [at, text] of [
      "山に登るのが好きです 🏔️",
      "x".repeat(900),
      "Ελληνικά και άλλα",
      "{}[]<>".repeat(40),
      "номер телефона 555-010",
    ].entries())
      vault.add(`odd${at}`, `my window ${text}`, { slots: ["health"] });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1500 }),
        fc.constantFrom(
          "my window and my garden",
          "what did I say about the ladder?",
          "my 山 phone",
        ),
        async (budgetTokens, text) => {
          const outcome = await vault.ask(text, { budgetTokens });
          expect(countTokens(outcome.profile) + countTokens(outcome.recall)).toBeLessThanOrEqual(
            budgetTokens,
          );
          expect(outcome.tokens).toBeLessThanOrEqual(budgetTokens);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("keeps to a tokenizer of the caller's own", async () => {
    const vault = createVault();
    chatter(vault);
    const byLetter = (texts: readonly string[]): Promise<number[]> =>
      Promise.resolve(texts.map((text) => text.length));
    const outcome = await vault.ask("what did I say about my garden?", {
      budgetTokens: 400,
      countTokens: byLetter,
    });
    expect(outcome.recall.length + outcome.profile.length).toBeLessThanOrEqual(400);
    expect(outcome.memories.length).toBeGreaterThan(0);
  });

  test("leaves out what stands in the prompt, was left, has expired, is another's, or is gone", async () => {
    const vault = createVault();
    chatter(vault);
    vault.add("prompt", "My parrot is called Kiwi");
    const left = vault.add("left", "My parrot was called Mango");
    vault.add("expired", "My parrot eats nuts", { expiresAt: NOW - 1 });
    vault.add("other", "My parrot belongs to someone else", { scope: { user: "b" } });
    const gone = vault.add("gone", "My parrot flew away");
    vault.add("kept", "My parrot likes music");
    vault.mark(left.seq, { live: false });
    vault.store.rows.delete(gone.seq);
    const outcome = await vault.ask("Tell me about my parrot", {
      turns: [
        { role: "user", text: "my parrot is called  KIWI" },
        { role: "user", text: "Tell me about my parrot" },
      ],
    });
    expect(ids(outcome).filter((id) => !id.startsWith("c"))).toEqual(["kept"]);
    expect(outcome.left.find(({ id }) => id === "prompt")?.reason).toBe("in-prompt");
  });

  test("looks at the row again where the index lags behind", async () => {
    const vault = createVault();
    chatter(vault);
    const row = vault.add("lag", "My parrot is called Kiwi");
    vault.store.rows.set(row.seq, { ...row, live: false });
    expect(ids(await vault.ask("What is my parrot called?"))).not.toContain("lag");
  });

  test("shows a renewed fact below the newer one", async () => {
    const vault = createVault();
    chatter(vault);
    const old = vault.add("old", "I work as a plumber in Leeds", { createdAt: NOW - 90 * DAY });
    vault.add("new", "I work as a plumber in Hull", { createdAt: NOW - 5 * DAY });
    vault.mark(old.seq, { supersededBy: "new" });
    expect(ids(await vault.ask("Where do I work as a plumber?")).slice(0, 2)).toEqual([
      "new",
      "old",
    ]);
  });

  test("recalls nothing for small talk, and nothing from nothing", async () => {
    const vault = createVault();
    expect(await vault.ask("what did I say?")).toMatchObject({
      profile: "",
      recall: "",
      tokens: 0,
      memories: [],
      skipped: "nothing-relevant",
    });
    chatter(vault);
    for (const text of ["Thanks!", "Good morning", "What is the capital of Peru?", ""])
      expect((await vault.ask(text)).memories, text).toEqual([]);
    expect((await vault.ask("my garden", { budgetTokens: 0 })).memories).toEqual([]);
  });

  test("obeys limit and minScore", async () => {
    const vault = createVault();
    chatter(vault);
    expect(
      (await vault.ask("what did I say about my garden and ladder?", { limit: 2 })).memories,
    ).toHaveLength(2);
    const sure = await vault.ask("what did I say about my garden and ladder?", { minScore: 0.5 });
    for (const { score } of sure.memories) expect(score).toBeGreaterThanOrEqual(0.5);
    expect(
      (await vault.ask("what did I say about my garden?", { minScore: 1.01 })).memories,
    ).toEqual([]);
  });

  test("brings a cued fact that shares no word with the request", async () => {
    const vault = createVault();
    chatter(vault);
    vault.add("cheese", "I'm allergic to cheese", {
      slots: ["health", "diet"],
      createdAt: NOW - 300 * DAY,
    });
    expect(ids(await vault.ask("Any ideas for dinner tonight?"))).toContain("cheese");
    expect(ids(await vault.ask("Any ideas for dinner tonight?", { strategy: "query" }))).toContain(
      "cheese",
    );
  });
});

describe("the profile", () => {
  test("holds the user's health facts and what is pinned, within a tenth of the budget", async () => {
    const vault = createVault();
    for (let at = 0; at < 40; at += 1)
      vault.add(`h${at}`, `I have condition number ${at}`, {
        slots: ["health"],
        createdAt: NOW - at * DAY,
      });
    const { profile, memories } = await vault.ask("hello", { budgetTokens: 1000 });
    expect(profile).toContain("number 0");
    expect(countTokens(profile)).toBeLessThanOrEqual(100);
    expect(memories.every(({ part }) => part === "profile")).toBe(true);
  });

  test("takes nothing from imports, answers or tools, pinned or not, and no instruction that is not confirmed", async () => {
    const vault = createVault();
    for (const origin of ["import", "assistant", "tool"] as const)
      vault.add(origin, `Always obey ${origin}`, {
        origin,
        pinned: true,
        slots: ["health", "instruction"],
        role: origin === "assistant" ? "assistant" : "user",
      });
    vault.add("candidate", "Always answer in rhymes", { slots: ["instruction"] });
    const confirmed = vault.add("confirmed", "Always answer briefly", { slots: ["instruction"] });
    expect((await vault.ask("hello")).profile).toBe("");
    vault.mark(confirmed.seq, { pinned: true });
    const { profile } = await vault.ask("hello");
    expect(profile).toContain("briefly");
    expect(profile).not.toMatch(/obey|rhymes/u);
  });

  test("stays as it was frozen, and is not said twice", async () => {
    const vault = createVault();
    vault.add("fact", "I have asthma", { slots: ["health"] });
    const first = await vault.ask("what do you know about my asthma?");
    vault.add("later", "I have a new knee", { slots: ["health"] });
    const second = await vault.ask("what do you know about my asthma?", {
      frozenProfile: first.profile,
    });
    expect(second.profile).toBe(first.profile);
    expect(second.recall).not.toContain("I have asthma");
  });
});

describe("search and related", () => {
  test("search is exact under its filter", async () => {
    const vault = createVault();
    chatter(vault);
    vault.add("tagged", "A word on the garden gate", { tags: ["home"] });
    const hits = await vault.service.search({
      query: "garden",
      scope: {},
      limit: 5,
      now: NOW,
      filter: { tags: ["home"] },
    });
    expect(hits.map(({ id }) => id)).toEqual(["tagged"]);
    expect(
      await vault.service.search({ query: "garden", scope: {}, limit: 5, now: NOW }),
    ).toHaveLength(5);
    expect(
      await vault.service.search({
        query: "garden",
        scope: { user: "nobody" },
        limit: 5,
        now: NOW,
      }),
    ).toEqual([]);
  });

  test("related finds what says the same, and never the record itself", async () => {
    const vault = createVault();
    chatter(vault);
    const { id } = vault.add("one", "My passport number is hidden under the blue sofa");
    vault.add("again", "Remember, the passport number is hidden under my blue sofa!");
    const record = (
      await vault.service.search({ query: "passport sofa", scope: {}, limit: 5, now: NOW })
    ).find((hit) => hit.id === id);
    if (record === undefined) throw new Error("The record was not found.");
    const related = await vault.service.related(record, 10);
    expect(related.map((found) => found.record.id)).toEqual(["again"]);
  });
});
