import { SLOTS, type Slot } from "../domain/slots.ts";
import { clausesOf, type Clause } from "./clauses.ts";
import { DIET_RULES, HEALTH_RULES } from "./rules/body-rules.ts";
import type { SlotRule } from "./rules/grammar.ts";
import { INSTRUCTION_RULES } from "./rules/instruction-rules.ts";
import { EVENT_RULES, PLACE_RULES, POSSESSION_RULES, WORK_RULES } from "./rules/life-rules.ts";
import { IDENTITY_RULES, PEOPLE_RULES } from "./rules/person-rules.ts";
import { DISLIKE_RULES, LIKE_RULES } from "./rules/taste-rules.ts";
import { introducedName } from "./names.ts";
import { alsoSpoken, spokenSlots } from "./spoken-slots.ts";

/** A slot that a clause of the text fills, with where it stands. */
export interface SlotFinding {
  readonly slot: Slot;
  /** Offsets in the text. */
  readonly span: readonly [start: number, end: number];
  /** The clause in plain words, as the rules read it. */
  readonly clause: string;
}

const RULES: readonly SlotRule[] = [
  ...IDENTITY_RULES,
  ...HEALTH_RULES,
  ...DIET_RULES,
  ...INSTRUCTION_RULES,
  ...LIKE_RULES,
  ...DISLIKE_RULES,
  ...WORK_RULES,
  ...PLACE_RULES,
  ...PEOPLE_RULES,
  ...POSSESSION_RULES,
  ...EVENT_RULES,
];

/** No clause without one of these words can match a rule; most turns of a chat end here. */
const SPEAKER = /(?<![^ ])(?:i|my|me|mine|we|our|us)(?![^ ])/;

/** Text beyond this is a paste, not a saying about oneself; it is kept, and not read. */
const READ_LIMIT = 20_000;

const ELIDED =
  /^(?:(?:and|but|so|also|btw|fyi|plus|hi|hello|hey|ok|well|oh) )*(allergic to|lactose intolerant|gluten intolerant|diabetic|pregnant|vegan|vegetarian|pescatarian|celiac|coeliac|born in|born and raised|based in|living in|married|divorced|retired|fluent in|originally from|not a fan of|a huge fan of|big fan of|huge fan of|obsessed with|afraid of|scared of|working (?:as|at|for|in))(?![^ ])/;
const ELIDED_VERB =
  /^(?:(?:and|but|so|also|btw|fyi|plus|then) )*((?:really |absolutely |just |also |still |always |currently |never )*(?:love|like|hate|enjoy|adore|dislike|prefer|live|work|own|drive|ride|moved|adopted|bought|got|grew up|study|studied|play|collect|speak|can not stand|can not eat|do not eat|do not drink|do not like|used to live|used to work|used to be|have an?|have two|have three|started|quit|graduated|teach|run an?|am))(?![^ ])/;
const JOINED =
  / (?:and|but|or|then) ((?:also |really |now |just |still |then |currently |absolutely |always |never |recently )*(?:love|like|hate|enjoy|adore|dislike|prefer|live|work|own|drive|ride|moved|adopted|bought|grew|study|studied|play|collect|speak|can not|do not|am|was|have|had|used to|started|quit|graduated|teach|take|drink|eat|avoid|follow|go|went|got|use|need|want|suffer|keep|wear|run|manage|raise|hope|plan|will))(?![^ ])/g;

/**
 * The slots that the speaker's own statements in this text fill, clause by clause, in the order of the text. Questions, hypotheses,
 * fiction and other people's words fill none. Quoted and pasted parts must be masked by the caller (`maskPasted`).
 */
export function slotsOf(text: string): SlotFinding[] {
  const found: SlotFinding[] = [];
  let speaks = false;
  for (const clause of clausesOf(text.slice(0, READ_LIMIT))) {
    const plain = completed(clause, speaks);
    speaks = /^(?:\S+ ){0,3}i /.test(plain);
    const slots = new Set<Slot>();
    if (clause.mood === "tells" && introducedName(clause.raw) !== null) slots.add("identity");
    if (
      clause.mood === "orders" ||
      clause.mood === "sets" ||
      clause.mood === "asks" ||
      SPEAKER.test(plain) ||
      plain !== clause.text ||
      /^(?:no|metric|imperial|celsius|always|never|from now on|going forward|your|the|short|nothing|born|home)/.test(
        plain,
      )
    ) {
      for (const rule of RULES) {
        if (rule.slots.every((slot) => slots.has(slot))) continue;
        if (
          rule.moods.includes(clause.mood) &&
          rule.pattern.test(plain) &&
          !rule.unless?.test(plain)
        )
          for (const slot of rule.slots) slots.add(slot);
      }
    }
    if (clause.mood === "tells" && SPEAKER.test(plain)) {
      const spoken = slots.size === 0 ? spokenSlots(plain) : [];
      for (const slot of spoken) slots.add(slot);
      for (const slot of alsoSpoken(plain, slots)) slots.add(slot);
    }
    for (const slot of SLOTS)
      if (slots.has(slot)) found.push({ slot, span: [clause.start, clause.end], clause: plain });
  }
  return found;
}

/**
 * Compiles the rules ahead of the first text, a few at a time. An engine compiles a pattern at its first use, and all of them in one
 * go would hold up everything else in the worker for half a second.
 */
export async function warmSlotRules(pause: () => Promise<void>): Promise<void> {
  for (const rule of RULES) {
    rule.pattern.test("i");
    rule.unless?.test("i");
    await pause();
  }
}

/** Puts the left-out subject back: "Allergic to nuts.", "I live in Rome and work as a cook". */
function completed(clause: Clause, afterSpeaker: boolean): string {
  if (clause.mood !== "tells") return clause.text;
  let plain = clause.text;
  const state = ELIDED.exec(plain);
  if (state) plain = `i am ${plain.slice(plain.indexOf(state[1] as string))}`;
  else {
    const verb = ELIDED_VERB.exec(plain);
    if (verb && (afterSpeaker || clause.start === 0 || /^\s*[A-Z]/.test(clause.raw)))
      plain = `i ${plain.slice(plain.indexOf(verb[1] as string))}`;
  }
  const opening = /^(?:\S+ ){0,6}(i|we|my) /.exec(plain);
  return opening
    ? plain.replace(JOINED, (whole, verb: string) =>
        whole.startsWith(" or") ? whole : ` and ${opening[1] === "we" ? "we" : "i"} ${verb}`,
      )
    : plain;
}
