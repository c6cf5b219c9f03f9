import { stem } from "../text/words.ts";
import { grammar } from "./rules/grammar.ts";
import type { SlotFinding } from "./slot-rules.ts";
import type { Slot } from "../domain/slots.ts";

/**
 * What a fact is about, where a newer fact about the same thing takes its place: a person has one home, one age, one name. Things
 * one can have several of (allergies, likes, friends, trips) have no key: a second one is no contradiction.
 */
interface KeyRule {
  readonly slot: Slot;
  readonly key: string;
  readonly pattern: RegExp;
  readonly unless?: RegExp;
}

function key(slot: Slot, name: string, source: string, unless?: string): KeyRule {
  return {
    slot,
    key: `${slot}:${name}`,
    pattern: grammar(source),
    ...(unless === undefined ? {} : { unless: grammar(unless) }),
  };
}

/** What is over contradicts nothing that holds now. */
const PAST = grammar(
  "(?:used to|i was|we were|i had|i worked|i lived|i studied|i drove|back then|back when|years ago|as a (?:kid|child|teenager|student)|growing up|formerly|previously|at the time|in my (?:teens|twenties|childhood|youth)|once|for (?:a|\\d+|two|three|four|five|several) (?:weeks|months|days))",
);
/** Turning points are told in the past tense and hold now. */
const TURN = grammar(
  "(?:moved|relocated|settled|became|got|was promoted|was born|was diagnosed|was named|changed|switched|went|turned|started|quit|no longer|not anymore|any ?more)",
);

const KEYS: readonly KeyRule[] = [
  key(
    "identity",
    "name",
    "my (?:full |first |real |legal |given )?name is|my name's|i (?:go by|am called|prefer to be called)|call me|calls? me",
    "my (?:last|middle|user|maiden|pen) ?name|call me (?:back|later|when|at)",
  ),
  key(
    "identity",
    "age",
    "i (?:am|just turned|turned|turn|am turning|have turned) {adv}{number}(?: and a half)?(?: years old| yo| y/o| years of age| now| today| and|$)|my age is|i am in my (?:early |mid |late )?\\w+(?:ties|0s|teens)|i am a {number}[- ]year[- ]old",
  ),
  key(
    "identity",
    "birthday",
    "my (?:birthday|birth date|date of birth) (?:is|falls)|i was born on|i was born in (?:january|february|march|april|may|june|july|august|september|october|november|december|\\d{4})",
  ),
  key(
    "identity",
    "pronouns",
    "my pronouns|(?:use|prefer) (?:they/them|she/her|he/him|she/they|he/they|any)",
  ),
  key(
    "identity",
    "height",
    "my height is|i (?:am|stand|measure) {adv}[^ ]+ ?(?:cm|feet|foot|ft|m|meters?)(?: \\d+)?(?: inches)?(?: tall)?",
  ),
  key("identity", "weight", "my weight is|i weigh"),
  key("identity", "email", "my e-?mail(?: address)? is"),
  key("identity", "phone", "my (?:phone |cell |mobile )number is"),
  key(
    "identity",
    "religion",
    "my (?:religion|faith) is|i am {adv}(?:a |an )?(?:practicing |devout )?(?:christian|catholic|protestant|muslim|jewish|hindu|buddhist|sikh|atheist|agnostic|mormon)",
  ),
  key(
    "identity",
    "marital-status",
    "i (?:am|just got|got|have been|am recently|am getting) {adv}(?:happily |newly |recently )?(?:married|single|divorced|engaged|widowed|separated|a widow|a widower|in a (?:\\w+ )?relationship)(?! (?:out|with the))",
  ),
  key(
    "place",
    "home",
    "(?:i|we) {adv}(?:live|am living|are living|reside|am based|are based|moved|relocated|have moved|settled|have settled|am settled) {w3}(?:in|to|at|near)|my (?:home|address|home address|home city|city|current city|current location) is|i no longer live|i do not live",
    "(?:moved|relocated) (?:in with|on|out)|{w6}(?:for (?:the summer|a week|the weekend|work trips))|moved (?:my|the|it)",
  ),
  key(
    "place",
    "hometown",
    "my (?:hometown|home town|birthplace) is|i (?:am|come|hail) {adv}from|i grew up in|i was born in (?!{number}|january|february|march|april|may|june|july|august|september|october|november|december)",
    "from (?:work|home|now|the (?:office|airport|gym))",
  ),
  key(
    "place",
    "time-zone",
    "my time ?zone|i am (?:in|on) {w2}(?:time ?zone|utc|gmt|est|pst|cst|mst|cet|bst|ist|eastern time|pacific time|central time)",
  ),
  key(
    "work",
    "job",
    "(?:i am|i became|i am now|i work as|i am working as|i now work as|i started as|my (?:job|profession|occupation|job title|title|role|position) is|i got promoted to|i was promoted to) {adv}(?:as )?(?:a |an |the |to )?{w3}(?:{job})|i (?:am|just|recently) {adv}(?:retired|unemployed|between jobs)|my (?:job|profession|occupation|job title) is|i no longer work|i (?:just |recently )?quit my job",
    "i am not|i work as .* (?:on the side|on weekends)",
  ),
  key(
    "work",
    "employer",
    "i {adv}(?:work|am working|am employed) (?:{w4})(?:at|for|by)|my (?:employer|company) is|i (?:just )?(?:joined|started (?:working )?at|left)",
    "(?:at|for) (?:home|night|nights|a (?:few|while)|\\d+|two|three|years|the (?:moment|weekend)|myself|my(?:self)?|least|{w1}(?:hours|years))|work (?:best|well)",
  ),
  key(
    "work",
    "school",
    "i {adv}(?:study|am studying|attend|am attending|go to school|am enrolled) {w4}(?:at|in)",
  ),
  key(
    "work",
    "major",
    "my (?:major|field of study|thesis topic) is|i (?:major|am majoring|study|am studying) (?:in )?[^ ]+",
    "study (?:at|in|for|hard|every|with)|studying (?:at|for|in)",
  ),
  key(
    "people",
    "partner",
    "my (?:wife|husband|partner|spouse|girlfriend|boyfriend|fianc[eé]e?)(?:'s)? (?:name )?(?:is|is named|is called|'s name is) (?:named |called )?[^ ]+$|i am (?:married to|dating|engaged to)",
  ),
  key(
    "people",
    "children",
    "(?:i|we) {adv}(?:have|have got) (?:no|a|one|two|three|four|five|six) (?:young |little |adult |grown )?(?:kids|children|sons?|daughters?|child)|i do not have (?:any )?(?:kids|children)",
  ),
  key(
    "diet",
    "regime",
    "(?:i am|i became|i went|i have been|i am now|i turned|i am no longer|i am not|i have gone|we are|we went|i am going) {adv}(?:a |an )?(?:strict |on a |on the |eating |following a )?(?:\\w+-)?(?:vegan|vegetarian|pescatarian|pescetarian|flexitarian|carnivore|omnivore|veggie|keto|paleo|plant[- ]based)|i (?:started eating|eat|stopped eating) meat|i (?:keep|eat|follow) {a}{w1}(?:kosher|halal|vegan|vegetarian|keto|paleo|plant[- ]based|mediterranean)",
  ),
  key(
    "health",
    "pregnancy",
    "i am {adv}(?:\\w+ )?(?:pregnant|\\d+ (?:weeks|months) pregnant)|i (?:gave birth|had (?:a|my|our) baby)",
  ),
  key(
    "health",
    "blood-type",
    "my blood type is|i am (?:type )?(?:o|a|b|ab)[- ](?:negative|positive)",
  ),
  key(
    "health",
    "smoking",
    "i (?:quit|stopped|started|do not|no longer|am trying to quit) (?:smoking|smoke|vaping|vape)|i (?:smoke|vape)",
  ),
  key(
    "possession",
    "car",
    "(?:i|we) {adv}(?:drive|now drive|am driving|lease) (?:a|an|my) [^ ]+|my (?:new |first |current )?(?:car|truck|van|suv) is (?:a|an)|(?:i|we) {adv}(?:bought|got|have|own|sold) (?:a|an|my) {w3}(?:car|truck|suv|van|minivan)",
    "drive (?:a|an) (?:taxi|bus|truck for|cab|hour)",
  ),
  key(
    "possession",
    "phone",
    "my (?:new |current )?phone is|i {adv}(?:have|use|got|bought|switched to|upgraded to|own) {a}{w3}(?:iphone|android|pixel|smartphone|phone)",
  ),
  key(
    "possession",
    "computer",
    "my (?:new |current |main )?(?:laptop|computer|pc) is|i {adv}(?:use|have|got|bought|switched to|upgraded to|own|work on) {a}{w3}(?:laptop|macbook|chromebook|pc|computer)",
  ),
  key(
    "event",
    "wedding",
    "(?:my|our) wedding (?:day )?(?:is|will be|falls|moved|got)|(?:i am|we are) getting married (?:on|in|next|this)",
  ),
  key("event", "wedding-anniversary", "(?:my|our) (?:wedding )?anniversary (?:is|falls)"),
  key("event", "due-date", "(?:my|our) (?:due date|baby) is (?:due|on|in)?"),
  key(
    "instruction",
    "name",
    "(?:call me|address me as|refer to me as)",
    "call me (?:back|later|when|at)",
  ),
  key(
    "instruction",
    "length",
    "(?:prefer|keep|want|like|give|write|make|be|need|stay|stop|always|never|love|appreciate|too) {w6}(?:short|shorter|brief|concise|succinct|terse|to the point|detailed|long|longer|thorough|in[- ]depth|comprehensive|elaborate|verbose|one-?line|minimal)(?: |$)",
    "(?:short|long) (?:hair|story|walks?|film|drive|trip|books?|sleeves?|run|runs|rides?)",
  ),
  key(
    "instruction",
    "language",
    "(?:answer|respond|reply|write|speak|talk|communicate|write back|chat)(?: to me| with me| me)? {w2}in (?:{language})|(?:answers|replies|responses) (?:\\w+ ){0,3}in (?:{language})",
  ),
  key(
    "instruction",
    "units",
    "(?:metric|imperial|kilomet(?:er|re)s|miles|kilograms|pounds|celsius|fahrenheit)",
  ),
  key("instruction", "emoji", "(?:emojis?|emoticons)"),
  key(
    "instruction",
    "tone",
    "(?:be|prefer|use|keep|want|like|stay|sound|speak|talk|write|in) {w4}(?:casual|informal|formal|professional|friendly|playful|serious) ?(?:tone|style|language|answers?|with me)?",
  ),
];

const FAVORITE =
  /(?<![^ ])my (?:all-?time |absolute |current |personal )*favorite ((?:[^ ]+ ){0,2}[^ ]+) (?:is|are|was|has)(?![^ ])/;

/** The keys of what these findings state, each once. Past states have none. */
export function factKeysOf(findings: readonly SlotFinding[]): string[] {
  const keys = new Set<string>();
  for (const { slot, clause } of findings) {
    if (PAST.test(clause) && !TURN.test(clause)) continue;
    for (const rule of KEYS)
      if (rule.slot === slot && rule.pattern.test(clause) && !rule.unless?.test(clause))
        keys.add(rule.key);
    if (slot === "like") {
      const what = FAVORITE.exec(clause)?.[1];
      if (what !== undefined)
        keys.add(
          `like:favorite-${what
            .split(" ")
            .map((word) => stem(word))
            .join("-")}`,
        );
    }
  }
  return [...keys].toSorted();
}
