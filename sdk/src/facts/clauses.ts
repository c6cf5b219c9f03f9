/**
 * Cuts a text into clauses that the slot rules read one by one: lower case, contractions written out, words joined by one space.
 * Rules then need no word order tricks of their own, and no rule ever sees more than `CLAUSE_LIMIT` characters.
 */
export interface Clause {
  /** As the rules read it: `i am allergic to cheese`. */
  readonly text: string;
  /** As written, for names. */
  readonly raw: string;
  /** Offsets of `raw` in the text. */
  readonly start: number;
  readonly end: number;
  /** What kind of saying it is. Only `tells` states something about the speaker. */
  readonly mood: ClauseMood;
}

/**
 * `tells`: a statement. `asks`: a question. `supposes`: a hypothesis, a wish, fiction. `reports`: someone else's words.
 * `orders`: an imperative. `sets`: a condition for the assistant ("when I ask for code, ...").
 */
export type ClauseMood = "tells" | "asks" | "supposes" | "reports" | "orders" | "sets";

/** Longer clauses are cut: no one says a fact about themselves in more. */
const CLAUSE_LIMIT = 320;
/** Sentences looked at in one text. */
const SENTENCE_LIMIT = 200;

const INVISIBLE = /\p{Cf}|\u034f/gu;

const CONTRACTIONS: Readonly<Record<string, string>> = {
  im: "i am",
  ive: "i have",
  ill: "ill",
  dont: "do not",
  doesnt: "does not",
  didnt: "did not",
  cant: "can not",
  cannot: "can not",
  wont: "will not",
  isnt: "is not",
  arent: "are not",
  wasnt: "was not",
  "can't": "can not",
  "won't": "will not",
  "shan't": "shall not",
  "ain't": "am not",
  "let's": "let us",
  "y'all": "you all",
  gonna: "going to",
  wanna: "want to",
  gotta: "have to",
  favourite: "favorite",
  favourites: "favorite",
  favorites: "favorite",
  fave: "favorite",
  pls: "please",
  plz: "please",
  u: "you",
};

const ENDINGS: readonly (readonly [string, string])[] = [
  ["n't", " not"],
  ["'m", " am"],
  ["'ve", " have"],
  ["'re", " are"],
  ["'ll", " will"],
];

/** `I'd been` is had, `I'd like` is would; everything but a participle reads as would. */
const HAD_NEXT = /^(?:been|had|gone|got|gotten|moved|never|always|just|already|lived|worked)$/;

/** Words of a clause as the rules read them. */
export function plainWords(raw: string): string {
  const found = raw
    .replace(INVISIBLE, "")
    .replace(/[\u2018\u2019\u02bc\uff07`]/g, "'")
    .toLowerCase()
    .match(/[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}'/%+-]|[.,](?=\p{N}))*/gu);
  if (!found) return "";
  let out = "";
  for (let i = 0; i < found.length; i++) {
    const word = (found[i] as string).replace(/['/+-]+$/, "");
    out += (out === "" ? "" : " ") + expand(word, found[i + 1]);
  }
  return out;
}

function expand(word: string, next: string | undefined): string {
  const whole = Object.hasOwn(CONTRACTIONS, word) ? CONTRACTIONS[word] : undefined;
  if (whole !== undefined) return whole;
  if (!word.includes("'")) return word;
  if (word.endsWith("'d"))
    return `${word.slice(0, -2)} ${next !== undefined && HAD_NEXT.test(next) ? "had" : "would"}`;
  for (const [ending, full] of ENDINGS)
    if (word.endsWith(ending)) return word.slice(0, -ending.length) + full;
  // After a pronoun 's is a verb; after a noun the rules accept both readings by themselves.
  if (/^(?:he|she|it|that|there|here|what|who|where|how|when)'s$/.test(word))
    return `${word.slice(0, -2)} is`;
  return word;
}

const ABBREVIATION = /(?:^|[\s(])(?:dr|mr|mrs|ms|prof|st|jr|sr|vs|no|approx|e\.g|i\.e|[a-z])$/i;

/** Sentences with their end mark: a full stop only counts before a space or the end, and not after an abbreviation. */
function sentences(
  text: string,
): { readonly start: number; readonly end: number; readonly mark: string }[] {
  const out: { start: number; end: number; mark: string }[] = [];
  let start = 0;
  for (const hit of text.matchAll(
    /[!?\u061f\uff1f\uff01\u3002]+|\.+(?=\s|$|["')\]])|[;\n\r\u2028\u2029]+/g,
  )) {
    const mark = hit[0];
    if (mark === "." && ABBREVIATION.test(text.slice(Math.max(start, hit.index - 12), hit.index)))
      continue;
    const end = hit.index + mark.length;
    if (hit.index > start)
      out.push({ start, end, mark: /[?\u061f\uff1f]/.test(mark) ? "?" : mark.charAt(0) });
    start = end;
    if (out.length >= SENTENCE_LIMIT) return out;
  }
  if (start < text.length) out.push({ start, end: text.length, mark: "" });
  return out;
}

/** Where a new clause begins inside a sentence: punctuation, or a joining word before a new subject. */
const JOINT =
  /[,:()\u2013\u2014]+\s*|\s+-{1,2}\s+|\s+(?=(?:but|because|since|although|though|whereas|given|considering|seeing|now that|so that|except)\s)|\s+(?=(?:and|so|as|then|plus|or|when|while|if|where|who|which)\s+(?:i|i['\u2019]\w+|my|we|we['\u2019]\w+|our|he|she|they|it|please|can|could|always|never|do|don['\u2019]t|what|how|you|your)\b)/gi;

const ASKING =
  /^(?:(?:and|but|so|then|or|hey|hi|hello|ok|okay|well|also|now|please|sorry|oh) )*(?:what|whats|where|when(?! i\b| my\b| we\b| you\b)|who|whom|whose|why|how|which|do|does|did|am|is|are|was|were|can|could|would|will|should|shall|may|might|has|have (?:i|you|we|they|my|there)|had (?:i|you|we)|any (?:ideas?|suggestions?|tips|advice|recommendations?))\b/;
/** "Do not ..." and "do ..., please" are orders, not questions. */
const NO_QUESTION =
  /^(?:(?:and|but|so|also|please|ok|okay|well|now) )*(?:do not|please do|will do)\b/;
/** These open a clause that the speaker holds for true, even inside a question. */
const GIVEN =
  /^(?:(?:and|but|so) )*(?:since|because|given|considering|seeing|now that|as i|as my|although|though|but i|but my|even though|whereas)\b/;
const SUPPOSING =
  /^(?:(?:and|but|so|or|well|ok|okay|now) )*(?:if|suppose|supposing|imagine|pretend|assume|assuming|let us (?:say|pretend|imagine|suppose)|say i|in case|unless|what if|hypothetically|in theory|whether|as if|had i|were i)\b|\bi (?:\w+ )?wish\b|\b(?:if|whether|as if|as though|pretend|imagine|suppose|what if|unless) (?:i|my|we)\b|\b(?:i|we) (?:would|could|might|may|should) (?:have been|be|become) (?:a|an|the|able)\b|\bin my (?:story|novel|book|game|dream|dreams|script)\b|\bmy (?:character|persona|protagonist)\b/;
/** A hypothesis whose consequence is one too. */
const SUPPOSING_SELF =
  /\b(?:if|suppose|imagine|pretend|say|assume|what if|unless) (?:that )?(?:i|we|my|our)\b/;
const SETTING =
  /^(?:(?:and|but|so|also) )*(?:(?:when|whenever|every time|each time|any time|anytime|if|once) (?:i|we)(?: ever)? (?:ask|say|send|paste|request|mention|share|write|post|show|upload|type|am asking|give you|tell you)|(?:when|whenever|every time|each time|if|once) (?:you|your)(?: ever)? (?:answer|answers|reply|replies|respond|explain|suggest|recommend|generate|write|are not sure|are unsure|do not know|cite|quote|give (?:me )?(?:a|an|advice|examples|code)|talk to me|speak to me|summari[sz]e))(?![^ ])/;
const REPORTING =
  /\b(?:he|she|they|it|who|someone|somebody|everyone|people|[a-z]+) (?:said|says|say|told (?:me|us|him|her|them)|tells|wrote|writes|claims|claimed|states|stated|reads|replied|answered|asked|argues|insists|thinks|believes|instructs|instructed)\b/;
const REPORTING_SELF =
  /\b(?:i|we|doctor|doctors|gp|dentist|therapist|physician|nurse|dermatologist|allergist|cardiologist|psychiatrist|test|tests|result|results) (?:\w+ )?(?:said|says|say|told|tells|think|thinks|believe|believes|wrote|asked|confirmed)\b/;

/** Verbs that open a one-off request. What they ask for says nothing lasting about the speaker. */
const ORDERING =
  /^(?:(?:and|but|so|then|also|now|please|kindly|hey|hi|hello|ok|okay|just|maybe|first|next|great|thanks|let us|go ahead and) )*(?:write|draft|make|create|translate|summari[sz]e|explain|give|tell|show|help|suggest|recommend|find|list|plan|compose|generate|fix|rewrite|rephrase|paraphrase|proofread|edit|review|check|compare|describe|design|build|convert|calculate|compute|solve|analy[sz]e|answer|reply|respond|act|play|pretend|imagine|be|keep|use|avoid|stop|remember|forget|ignore|disregard|always|never|do not|do|call|address|refer|refrain|include|add|remove|skip|prefer|speak|talk|sign|end|start|begin|format|treat|assume|think|look|search|read|continue|let|send|book|remind|order|pick|choose|recommend|teach|note|stick|try|ensure|leave|limit|default|cite|ask|round|spell|put|get|set|provide|consider|drop|go|take|mark|finish|structure|wrap|quote|label|break|save|warn|double-check|prioriti[sz]e|focus|bear|feel free)\b/;

/** Clauses in order. */
export function clausesOf(text: string): Clause[] {
  const out: Clause[] = [];
  for (const sentence of sentences(text)) {
    const body = text.slice(
      sentence.start,
      Math.min(sentence.end, sentence.start + 4 * CLAUSE_LIMIT),
    );
    const cuts: number[] = [0];
    for (const hit of body.matchAll(JOINT)) cuts.push(hit.index + hit[0].length);
    cuts.push(body.length);
    let carried: ClauseMood | null = null;
    const last = cuts.length - 2;
    for (let i = 0; i <= last; i++) {
      const from = cuts[i] as number;
      const raw = body.slice(from, Math.min(cuts[i + 1] as number, from + CLAUSE_LIMIT));
      const plain = plainWords(raw);
      if (plain === "") continue;
      const mood = moodOf(plain, sentence.mark === "?" && i === last, carried);
      carried = carriedMood(plain, mood, carried);
      out.push({
        text: plain,
        raw,
        start: sentence.start + from,
        end: sentence.start + from + raw.length,
        mood,
      });
    }
  }
  return out;
}

function moodOf(plain: string, ends: boolean, carried: ClauseMood | null): ClauseMood {
  if (SETTING.test(plain)) return "sets";
  if (carried === "sets") return "orders";
  const given = GIVEN.test(plain);
  if (SUPPOSING.test(plain)) return "supposes";
  if (carried === "supposes" && !given) return "supposes";
  if (REPORTING.test(plain) && !REPORTING_SELF.test(plain)) return "reports";
  if (given) return "tells";
  if (ORDERING.test(plain) && !/^(?:play|plan)s\b/.test(plain)) return "orders";
  if ((ASKING.test(plain) && !NO_QUESTION.test(plain)) || ends) return "asks";
  return "tells";
}

function carriedMood(
  plain: string,
  mood: ClauseMood,
  before: ClauseMood | null,
): ClauseMood | null {
  if (mood === "sets") return "sets";
  if (mood === "supposes" && SUPPOSING_SELF.test(plain)) return "supposes";
  return mood === "tells" ? null : before === "supposes" ? before : null;
}
