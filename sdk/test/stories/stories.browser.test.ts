import { afterAll, describe, expect, test } from "vitest";
import { createMemory, type Memory } from "../../src/index.ts";
import { SLOTS } from "../../src/domain/slots.ts";
import type { ChatMessage } from "../../src/domain/chat.ts";
import { storiesOf, type Story } from "./stories.ts";
import { storyVaults, type StoryVault } from "./story-vault.ts";
import { BLIND_TEMPLATES } from "./templates-blind.ts";
import { OWN_TEMPLATES } from "./templates-own.ts";

const NOW = Date.UTC(2026, 8, 14, 18);
const SEED = 20_260_914;
const A_HALF = 110;
const BUDGET = 1_000;
/**
 * The contract asks for 0.9 of all. Last counted: 105 of 105 of our own, 89 of 110 of the blind author's, 194 of 215 (0.902) in all;
 * the blind half's first frozen run was 33 of 110. The floors only ever rise.
 */
const FLOORS = { own: 0.98, blind: 0.78, all: 0.9 } as const;

/** The stories that the gateways' own documents tell. */
const SEED_STORIES: readonly { readonly fact: string; readonly questions: readonly string[] }[] = [
  {
    fact: "My name is Alice and I love hiking",
    questions: ["What do I enjoy doing?", "Any outdoor plans for this weekend?"],
  },
  {
    fact: "I love Indian food but I'm allergic to cheese.",
    questions: ["Suggest some dinner options.", "Which restaurants should we try?"],
  },
  {
    fact: "My name is Alex and I prefer concise answers.",
    questions: ["Explain what a mutual fund is.", "Who am I, and how should you answer me?"],
  },
];

interface Outcome {
  readonly story: Story;
  readonly found: boolean;
  readonly tokens: number;
}

const open: Memory[] = [];
afterAll(async () => {
  for (const memory of open) await memory.destroy();
});

async function filledMemory(vault: Pick<StoryVault, "turns">): Promise<Memory> {
  const memory = createMemory({ vault: `stories-${crypto.randomUUID()}`, now: () => NOW });
  open.push(memory);
  const sessions = new Map<number, StoryVault["turns"][number][]>();
  for (const turn of vault.turns)
    sessions.set(turn.session, [...(sessions.get(turn.session) ?? []), turn]);
  for (const [session, turns] of sessions)
    await memory.ingest(
      turns.map(({ role, content, createdAt }): ChatMessage => ({ role, content, createdAt })),
      { scope: { thread: `s${session}` } },
    );
  return memory;
}

async function play(stories: readonly Story[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const vault of storyVaults(stories, 30, NOW, SEED)) {
    expect(vault.turns).toHaveLength(2_000);
    expect(vault.otherFacts).toBeGreaterThanOrEqual(150);
    const memory = await filledMemory(vault);
    for (const story of vault.stories) {
      const recall = await memory.prepare(story.question, { budgetTokens: BUDGET });
      expect(recall.tokens).toBeLessThanOrEqual(BUDGET);
      outcomes.push({
        story,
        found: recall.text.includes(story.fact.replace(/[.!]+$/, "")),
        tokens: recall.tokens,
      });
    }
    await memory.destroy();
    open.splice(open.indexOf(memory), 1);
  }
  return outcomes;
}

function report(name: string, outcomes: readonly Outcome[]): number {
  const share = (some: readonly Outcome[]): string =>
    `${some.filter(({ found }) => found).length}/${some.length}`;
  const slots = SLOTS.map(
    (slot) => `${slot} ${share(outcomes.filter(({ story }) => story.slot === slot))}`,
  ).join(", ");
  const tokens = outcomes.map((outcome) => outcome.tokens).toSorted((a, b) => a - b)[
    outcomes.length >> 1
  ];
  console.info(`stories ${name}: ${share(outcomes)}; ${slots}; median ${tokens} tokens`);
  return outcomes.filter(({ found }) => found).length / outcomes.length;
}

describe("a fact said once comes back for a request that shares no content word with it", () => {
  const halves: Partial<Record<Story["half"], readonly Outcome[]>> = {};

  test("stories of our own templates", { timeout: 300_000 }, async () => {
    const outcomes = await play(storiesOf("own", OWN_TEMPLATES, A_HALF, SEED));
    halves.own = outcomes;
    for (const { story, found } of outcomes)
      if (!found) console.info(`missed (own, ${story.slot}): ${story.fact} | ${story.question}`);
    expect(report("own", outcomes)).toBeGreaterThanOrEqual(FLOORS.own);
  });

  test("stories of the blind author's templates", { timeout: 300_000 }, async () => {
    const outcomes = await play(storiesOf("blind", BLIND_TEMPLATES, A_HALF, SEED));
    halves.blind = outcomes;
    expect(report("blind", outcomes)).toBeGreaterThanOrEqual(FLOORS.blind);
  });

  test("at least 200 stories over all slots, told rightly as often as before", () => {
    const all = [...(halves.own ?? []), ...(halves.blind ?? [])];
    expect(all.length).toBeGreaterThanOrEqual(200);
    expect(new Set(all.map(({ story }) => story.slot))).toEqual(new Set(SLOTS));
    expect(report("all", all)).toBeGreaterThanOrEqual(FLOORS.all);
  });

  test.each(SEED_STORIES)(
    "the gateways' own story: $fact",
    { timeout: 120_000 },
    async ({ fact, questions }) => {
      const [vault] = storyVaults(
        [{ half: "own", slot: "like", fact, question: "" }],
        1,
        NOW,
        SEED + 7,
      );
      const memory = await filledMemory(vault ?? { turns: [] });
      for (const question of questions)
        expect((await memory.prepare(question, { budgetTokens: BUDGET })).text).toContain(
          fact.replace(/\.$/, ""),
        );
    },
  );
});
