import type { Slot } from "../../domain/slots.ts";
import type { ClauseMood } from "../clauses.ts";
import * as vocabulary from "./vocabulary.ts";

/** One way to state a fact about oneself, matched against a clause in plain words (see `clausesOf`). */
export interface SlotRule {
  readonly slots: readonly Slot[];
  readonly pattern: RegExp;
  /** Moods the rule reads; default: `tells` alone. */
  readonly moods: readonly ClauseMood[];
  /** Where `unless` matches the clause as well, the rule is silent. */
  readonly unless?: RegExp;
}

/**
 * Names that stand for a piece of a pattern. Each is one group without repeats inside repeats, so a pattern stays linear on the
 * short clauses it reads.
 */
const PIECES: Readonly<Record<string, string>> = {
  adv: "(?:(?:really|also|just|still|actually|absolutely|totally|always|usually|often|sometimes|mostly|mainly|personally|currently|now|very|so|such|quite|pretty|rather|truly|deeply|definitely|generally|typically|normally|recently|finally|simply|especially|particularly|honestly|already|both|happily|proudly|officially|technically|basically|kind of|sort of|a bit|a little|little|bit|too|super|extremely|highly|severely|mildly|slightly|deathly|terribly|strictly|completely|fully|partly|partially|at heart|do|as|more|most|much|even|only|ever|never|once|again|about|soon|probably|secretly|regularly|frequently|tend to|like to|have to|need to|try to|trying to|used to) ){0,4}",
  am: "(?:i am|i was|i have been|i have always been|i became|i have become|i am becoming|i turned|i went|i have gone|i will be|i got|i have|i identify as|i am still|we are|we were|i used to be|i would describe myself as|i consider myself|i am not|i am no longer|i am now)",
  is: "(?:is|was|are|were|will be|has been|is not|was not|has|had|used to be|'s)",
  not: "(?:do not|did not|can not|could not|will not|would not|would rather not|never|no longer|should not|must not|may not|am not allowed to|am not supposed to|am not able to|have to avoid|cannot|refuse to|try not to|no more)",
  a: "(?:(?:a|an|the|my|our|some|two|three|four|five|six|seven|eight|several|both|one|many|lots of|no|another|his|her) )?",
  adj: "(?:(?!(?:as|in|on|to|for|with|is|was|are|were|and|or|a|an|at|of|from|the|by|about|when|that|my|our|i|has|have|had) )[^ ]+ ){0,3}",
  w1: "(?:[^ ]+ ){0,1}",
  w2: "(?:[^ ]+ ){0,2}",
  w3: "(?:[^ ]+ ){0,3}",
  w4: "(?:[^ ]+ ){0,4}",
  w6: "(?:[^ ]+ ){0,6}",
  kin: vocabulary.KIN,
  pet: vocabulary.PETS,
  job: vocabulary.JOBS,
  condition: vocabulary.CONDITIONS,
  conditional: vocabulary.CONDITION_ADJECTIVES,
  medicine: vocabulary.MEDICINES,
  body: vocabulary.BODY,
  food: vocabulary.FOODS,
  regime: vocabulary.REGIMES,
  thing: vocabulary.THINGS,
  happening: vocabulary.HAPPENINGS,
  time: vocabulary.TIMES,
  nation: vocabulary.NATIONS,
  language: vocabulary.LANGUAGES,
  answer: vocabulary.ANSWER_PARTS,
  core: vocabulary.ANSWER_CORE,
  style: vocabulary.STYLES,
  number: vocabulary.NUMBERS,
  leisure: vocabulary.LEISURE,
};

/** A pattern with its pieces filled in, on word borders. */
export function grammar(source: string): RegExp {
  const filled = source.replace(/\{([a-z][a-z0-9]*)\}/g, (_, name: string) => {
    const piece = PIECES[name];
    if (piece === undefined) throw new Error(`no piece of grammar is called ${name}`);
    return piece;
  });
  return new RegExp(`(?<![^ ])(?:${filled})(?:(?<= )|(?![^ ]))`);
}

export function rule(
  slots: Slot | readonly Slot[],
  source: string,
  more: { readonly unless?: string; readonly moods?: readonly ClauseMood[] } = {},
): SlotRule {
  return {
    slots: typeof slots === "string" ? [slots] : slots,
    pattern: grammar(source),
    moods: more.moods ?? ["tells"],
    ...(more.unless === undefined ? {} : { unless: grammar(more.unless) }),
  };
}
