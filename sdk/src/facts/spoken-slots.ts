import { SLOTS, type Slot } from "../domain/slots.ts";
import { stem } from "../text/words.ts";
import { CODE } from "./request.ts";
import { grammar } from "./rules/grammar.ts";
import { TOPICS } from "./topics.ts";
import { stemsIn } from "./topic-index.ts";

/**
 * The slots that a statement of the speaker's speaks of by its words alone, for what no rule of grammar knows ("Peanuts put me in
 * hospital"). Weaker than a rule: it is asked only where every rule was silent.
 */
export function spokenSlots(clause: string): Slot[] {
  if (PASSING.test(clause) || CODE.test(clause)) return [];
  const scores = new Map<Slot, number>();
  for (const key of new Set(clause.split(" ").map((word) => stem(word.replace(/'s?$/, ""))))) {
    for (const [slot, weight] of WORD_SLOTS.get(key) ?? [])
      scores.set(slot, (scores.get(slot) ?? 0) + weight);
  }
  if (AVERSE.test(clause)) return ["dislike"];
  if (WHEN.test(clause)) scores.set("event", EVENT_BY_FORM);
  const best = Math.max(0, ...scores.values());
  if (best < ENOUGH) return plainlySpoken(clause);
  return SLOTS.filter((slot) => (scores.get(slot) ?? 0) >= NEAR_BEST * best).slice(0, MOST);
}

/** Statements whose words no topic knows, by their form: what is "mine", what happened when, what one does as a habit. */
function plainlySpoken(clause: string): Slot[] {
  if (MINE.test(clause)) return ["possession"];
  return HABIT.test(clause) ? ["like"] : [];
}

/** Slots that words alone do not tell: a spider is no dislike, a Monday no appointment. */
const BY_FORM: ReadonlySet<Slot> = new Set(["dislike", "event"]);
const EVENT_BY_FORM = 0.35;
const AVERSE = grammar(
  "(?:{w6}(?:hate|hates|awful|horrible|disgusting|gross|revolting|unbearable|intolerable|insufferable|torture|nightmare|nauseating|creepy|tedious|overrated|dread|cringe|shudder|nerves|no patience|worst|gag|the creeps|run the other way|leave the room|turns? my stomach|makes? my (?:skin crawl|blood boil|teeth ache)|give me a headache|cross the street|not for me|hard pass|no thanks))",
);
/** Slots that follow from the words beside another: an allergy to a food is a matter of diet, a day makes it an event. */
export function alsoSpoken(clause: string, slots: ReadonlySet<Slot>): Slot[] {
  const also: Slot[] = [];
  if (PASSING.test(clause) || CODE.test(clause)) return also;
  if (slots.has("health") && FOOD.test(clause)) also.push("diet");
  if (slots.size > 0 && WHEN.test(clause) && !REGULAR.test(clause)) also.push("event");
  if (COMPANY.test(clause)) also.push("people");
  return also.filter((slot) => !slots.has(slot));
}

const FOOD = grammar("{food}");
const REGULAR = grammar(
  "every|each|usually|always|often|most|weekends|since|never|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays",
);
const COMPANY = grammar(
  "(?:my|our) {adj}(?:{kin}|{pet})|(?:me|we|i|us) and (?:my|our|the) {adj}(?:{kin}|{pet})|the (?:wife|husband|missus|kids|twins|baby|dog|cat|dogs|cats|in-laws)",
);
const WHEN = grammar("(?:i|we|my|our) {w6}(?:{time})");
const MINE = grammar(
  "(?:my|our) {adj}[^ ]+ {adv}(?:is|are|was|were|has|have|needs?|came|got|runs?|broke|makes?|sits?|stands?|hangs?|lies|works?|does|took|takes|cost|holds?)|(?:i|we) {adv}(?:keep|own|have|got|use|store|maintain|repair|fix|fixed|restored|built|found|kept|bought|carry|wear) (?:a|an|my|our|the|two|three|several|some|one|old|new) [^ ]+",
);
const HABIT = grammar(
  "(?:i|we) {adv}(?!(?:am|was|were|have|had|do|did|will|would|can|could|should|must|may|might|are|is|be|not|just|need|want|get|got|said|saw|tried|made|found|thought) )[a-z]+ (?:every|each|most|on|at|in|with|to|for|by|through|around|until|before|after|over|a|an|the|my|our)",
);

const ENOUGH = 0.15;
const NEAR_BEST = 0.7;
const MOST = 2;

/** What one wants, asks, tries or works at just now is no lasting fact. */
const PASSING =
  /(?<![^ ])(?:i|we) (?:\w+ )?(?:need (?:help|to know|you|your|an? (?:idea|answer|example|list|summary))|want (?:you|help|to (?:know|ask|understand|see))|would like (?:you|to (?:know|ask)|help|some|an?)|wonder|was wondering|am wondering|am looking for|am trying to (?:understand|figure|find|write|fix|get)|am writing|am working on|have a question|am asking|do not (?:understand|know|get|see|think|mean|remember)|think|guess|mean|see|understand|know|hope|agree|heard|read that|asked|told you|said|tried (?:that|this|it)|got (?:it|an error|this)|am getting an? error|will try|appreciate|(?:really )?(?:like|love|enjoy|prefer|hate) (?:it|this|that|these|those|your|you|how you|what you|the (?:idea|answer|first|second|last|way|draft|result|new)))(?![^ ])/;

/** Only the slots that a topic is mainly about. */
const MAIN = 0.7;

/** Stem to the slots its topics' facts fill, with a weight that falls with the number of topics. Built once, from constants. */
const WORD_SLOTS: ReadonlyMap<string, readonly (readonly [Slot, number])[]> = wordSlots();

function wordSlots(): Map<string, (readonly [Slot, number])[]> {
  const topicsOf = new Map<string, number[]>();
  TOPICS.forEach((topic, at) => {
    for (const key of stemsIn(topic.facts)) topicsOf.set(key, [...(topicsOf.get(key) ?? []), at]);
  });
  const slots = new Map<string, (readonly [Slot, number])[]>();
  for (const [key, topics] of topicsOf) {
    const weights = new Map<Slot, number>();
    for (const at of topics) {
      for (const slot of SLOTS) {
        const weight = TOPICS[at]?.slots[slot] ?? 0;
        if (weight >= MAIN && !BY_FORM.has(slot))
          weights.set(slot, Math.max(weights.get(slot) ?? 0, weight / topics.length));
      }
    }
    slots.set(key, [...weights]);
  }
  return slots;
}
