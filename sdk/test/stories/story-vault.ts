import { SLOTS, type Slot } from "../../src/domain/slots.ts";
import { factKeysOf } from "../../src/facts/fact-keys.ts";
import { slotsOf } from "../../src/facts/slot-rules.ts";
import { ANSWERS, DISTRACTORS, WORLD_QUESTIONS } from "./distractors.ts";
import { seeded, shuffled, type Story } from "./stories.ts";

export interface StoryTurn {
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly createdAt: number;
  readonly session: number;
}

export interface StoryVault {
  readonly stories: readonly Story[];
  readonly turns: readonly StoryTurn[];
  /** First-person facts beside any one story's own. */
  readonly otherFacts: number;
}

const TURNS = 2_000;
const TURNS_PER_SESSION = 20;
const DAY = 86_400_000;
const OTHER_FACTS = 160;

/**
 * Spreads stories over vaults so that no two facts of one vault speak of the same single-valued thing (two names, two homes): the
 * later one would rightly take the earlier one's place. Each vault holds 2,000 turns.
 */
export function storyVaults(
  stories: readonly Story[],
  perVault: number,
  now: number,
  seed: number,
): StoryVault[] {
  const groups: { stories: Story[]; keys: Set<string>; facts: Set<string> }[] = [];
  for (const story of stories) {
    const keys = factKeysOf(slotsOf(story.fact));
    let group = groups.find(
      (candidate) =>
        candidate.stories.length < perVault &&
        keys.every((key) => !candidate.keys.has(key)) &&
        !candidate.facts.has(story.fact),
    );
    if (!group) {
      group = { stories: [], keys: new Set(), facts: new Set() };
      groups.push(group);
    }
    group.stories.push(story);
    group.facts.add(story.fact);
    for (const key of keys) group.keys.add(key);
  }
  return groups.map((group, at) => vaultOf(group.stories, group.keys, now, seed + at));
}

function vaultOf(
  stories: readonly Story[],
  keys: ReadonlySet<string>,
  now: number,
  seed: number,
): StoryVault {
  const random = seeded(seed);
  const others = otherFacts(keys, random);
  const facts = [...stories.map((story) => story.fact), ...others];
  const world = shuffled(
    WORLD_QUESTIONS.flatMap(({ pattern, fillers }) =>
      fillers.map((filler) => pattern.replace("{}", filler)),
    ),
    random,
  );
  const said: string[] = [...facts];
  for (let i = 0; said.length < TURNS / 2; i++)
    said.push(
      i < world.length
        ? (world[i] as string)
        : `${world[i % world.length] as string} Take ${Math.floor(i / world.length) + 1}.`,
    );
  const turns: StoryTurn[] = [];
  const sessions = Math.ceil(TURNS / TURNS_PER_SESSION);
  for (const content of shuffled(said, random)) {
    const session = Math.floor(turns.length / TURNS_PER_SESSION);
    const createdAt =
      now - (sessions - session) * 3 * DAY + (turns.length % TURNS_PER_SESSION) * 60_000;
    turns.push({ role: "user", content, createdAt, session });
    turns.push({
      role: "assistant",
      content: ANSWERS[Math.floor(random() * ANSWERS.length)] as string,
      createdAt: createdAt + 20_000,
      session,
    });
  }
  return { stories, turns, otherFacts: facts.length - 1 };
}

/** Evenly over the slots, none about a single-valued thing that is taken. */
function otherFacts(taken: ReadonlySet<string>, random: () => number): string[] {
  const keys = new Set(taken);
  const queues = SLOTS.map((slot: Slot) =>
    shuffled(
      DISTRACTORS.filter((pattern) => pattern.slot === slot).flatMap(({ pattern, fillers }) =>
        fillers.map((filler) => filled(pattern, filler)),
      ),
      random,
    ),
  );
  const out: string[] = [];
  while (out.length < OTHER_FACTS && queues.some((queue) => queue.length > 0)) {
    for (const queue of queues) {
      const fact = queue.pop();
      if (fact === undefined || out.length === OTHER_FACTS) continue;
      const own = factKeysOf(slotsOf(fact));
      if (own.some((key) => keys.has(key))) continue;
      for (const key of own) keys.add(key);
      out.push(fact);
    }
  }
  return out;
}

function filled(pattern: string, filler: string): string {
  let out = pattern;
  for (const part of filler.split("|")) out = out.replace("{}", part);
  return out;
}
