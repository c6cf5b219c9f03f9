import type { Turn } from "../domain/chat.ts";
import type { FoundPostings, IndexView } from "../engine/index-view.ts";
import type { Cues } from "../facts/cue-lexicon.ts";
import type { RequestReader } from "../facts/request-reader.ts";
import { signs, termsOf } from "../text/index-terms.ts";
import { isStopWord, stem, words } from "../text/words.ts";
import type { AskedTime } from "../facts/asked-time.ts";
import type { AskedTerms } from "./lexical.ts";
import type { Readable } from "./readable.ts";

/** What a request asks for, read once. */
export interface Query extends AskedTerms {
  /** Numbers of the speakers it names. */
  readonly speakers: ReadonlySet<number>;
  readonly time: AskedTime | null;
  /** It asks when, or for how long. */
  readonly asksWhen: boolean;
  /** It asks for something to be done or advised. */
  readonly asksForWork: boolean;
  /**
   * How much of a match counts, 0..1: a memory can answer what is about a person; what is the same for everyone it hardly can. The two
   * are told apart in English only.
   */
  readonly expects: number;
  readonly cues: Cues;
  /** It asks for what was said over several conversations: a summary, an order of events. */
  readonly asksForCourse: boolean;
  /** It is written in a language that the cues are not. */
  readonly isForeign: boolean;
}

/** The terms by which the vault may hold a word in one of its languages, in that form or in another. */
export type FormsOf = (word: string) => readonly string[];

/** Words that carry no subject of their own in a question: they would match, and mean nothing. */
const QUESTION_WORDS = new Set(
  "kind type sort many much long often name mention mentioned describe according likely consider considered tell say said talk talked ask asked know remember recall help want need like give find make thing things way lot lots let please suggest recommend best good great new"
    .split(" ")
    .map(stem),
);
const LOW = 0.35;
const WHEN =
  /^\s*when\b|\bwhen (?:did|do|does|is|was|were|will|has|had|have)\b|\bwhat (?:day|date|month|year|time)\b|\bwhich (?:day|date|month|year)\b|\bhow (?:long|recently)\b|\bhow many (?:days|weeks|months|years)\b/i;
const WORK =
  /^\s*(?:please\s+)?(?:write|make|plan|suggest|recommend|draft|help|give|list|create|show|explain|design|find|summari[sz]e|translate|review|fix|generate|prepare|choose|pick|tell|propose|compare)\b|\b(?:can|could|would|will) you\b|\b(?:should i|what (?:would|do) you (?:suggest|recommend)|any (?:ideas|suggestions|tips|recommendations|advice)|ideas for|i need|i want|i'd like)\b/i;
const COURSE =
  /\b(?:summari[sz]e|summary|recap|overview|timeline|chronolog\w*|catch me up|bring me up to speed|in (?:what|which|the right) order|sequence of|step by step so far|from (?:the )?(?:start|beginning) to|over (?:the )?(?:time|months|weeks|years)|so far|(?:how|in what way)s? (?:did|has|have) .{2,60} (?:gone?|change[ds]?|progress(?:ed)?|develop(?:ed)?|evolved?|come along))\b/i;
/** What of it names no subject. */
const COURSE_WORDS =
  /\b(?:summari[sz]e|summary|recap|overview|timeline|chronolog\w*|order|sequence|happen(?:s|ed)?|went|gone?|things?|so far)\b/gi;
const PAST =
  /\b(?:remember|remind|again|earlier|previously|last time|you said|i said|i told|we talked|we discussed|did i|was i|have i|so far|how .{2,60} (?:went|has gone))\b/i;
const BACK_REFERENCE =
  /\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|hers|there|one|ones|so|then)\b/i;
const SHORT = 3;
const EARLIER_WEIGHT = 0.3;
/** Characters of the turn before that are looked at, its end. */
const MOST_EARLIER = 400;

/** Reads the last user turn of a conversation, with the turn before at a low weight where the last one leans on it. */
export function readQuery(
  turns: readonly Turn[],
  view: IndexView,
  readable: Readable,
  found: FoundPostings,
  now: number,
  reader: RequestReader,
  formsOf: FormsOf = () => [],
): Query {
  const last = turns.at(-1);
  const text = last?.text ?? "";
  const time = reader.askedTime(text, now);
  const asksForCourse = COURSE.test(text);
  const undated = time === null ? text : text.replace(time.text, " ");
  const { content, isForeign } = contentOf(
    asksForCourse ? undated.replace(COURSE_WORDS, " ") : undated,
    reader,
  );
  const speakers = namedSpeakers(content, view, readable);
  const own = last?.name === undefined ? -1 : view.speakers.indexOf(last.name.toLowerCase());
  if (speakers.numbers.size === 0 && own > 0 && /\b(?:i|my|me|mine|i'm|i've)\b/i.test(text))
    speakers.numbers.add(own);
  const terms = new Map<string, number>();
  addTerms(
    terms,
    content.filter((word) => !speakers.words.has(word)),
    1,
  );
  if (terms.size === 0) addTerms(terms, content, 1);
  for (const sign of signs(text)) terms.set(sign, 1);
  const before =
    reader.requestKind(text).kind === "chat"
      ? undefined
      : leansOn(turns, content.length)?.text.slice(-MOST_EARLIER);
  const earlier = before === undefined ? [] : contentOf(before, reader).content;
  if (before !== undefined) {
    const named = namedSpeakers(earlier, view, readable);
    if (speakers.numbers.size === 0)
      for (const number of named.numbers) speakers.numbers.add(number);
    // What no memory speaks of would only make the match look worse.
    const isKnown = (word: string): boolean =>
      [...termsOf(word), ...formsOf(word)].some(
        (term) => view.postings(term, readable.mask, found) > 0,
      );
    addTerms(
      terms,
      earlier.filter((word) => !named.words.has(word) && isKnown(word)),
      EARLIER_WEIGHT,
    );
  }
  const asked = before === undefined ? text : `${before}\n${text}`;
  return {
    terms,
    speakers: speakers.numbers,
    time,
    asksWhen: WHEN.test(text),
    asksForWork: WORK.test(text),
    expects: Math.max(
      isForeign ? 1 : expectation(text, speakers.numbers.size > 0, reader),
      before === undefined ? 0 : expectation(before, false, reader),
      namesKnown(asked, view, readable.mask, found) ? EXPECTS.name : 0,
    ),
    cues: reader.cuesOf(asked),
    meantStems: reader.meantStems,
    forms: formsOfTerms(terms, [...content, ...earlier], formsOf),
    asksForCourse,
    isForeign,
  };
}

/** The words of a request that say something, and whether it is in a language other than English. */
function contentOf(
  text: string,
  reader: RequestReader,
): { readonly content: string[]; readonly isForeign: boolean } {
  const spoken = words(text);
  const content = spoken.filter((word) => !isStopWord(word));
  const english = spoken.length - content.length;
  const foreign = reader.functionWords(spoken, english);
  const told = content.filter((word) => !foreign.has(word));
  return {
    content: told.length === 0 ? content : told,
    isForeign: foreign.size > 0 || (english === 0 && OTHER_SCRIPT.test(text)),
  };
}

/** What is asked, for an embedder: the last turn, and the one before where the last one leans on it. */
export function askedTexts(
  turns: readonly Turn[],
): readonly { readonly text: string; readonly weight: number }[] {
  const text = turns.at(-1)?.text ?? "";
  const before = leansOn(turns, words(text).filter((word) => !isStopWord(word)).length);
  return before === undefined
    ? [{ text, weight: 1 }]
    : [
        { text, weight: 1 },
        { text: before.text, weight: EARLIER_WEIGHT },
      ];
}

/** The user turn before the last turn, where that one says little by itself: it has few words of its own, or refers back. */
function leansOn(turns: readonly Turn[], ownWords: number): Turn | undefined {
  return ownWords <= SHORT || BACK_REFERENCE.test(turns.at(-1)?.text ?? "")
    ? turns.slice(0, -1).findLast((turn) => turn.role === "user")
    : undefined;
}

/** `name`: it names what memories speak of. Half: a match of the name alone ("the capital of Peru") is no match yet. */
const EXPECTS = { chat: 0.1, knowledge: 0.3, name: 0.5, task: 0.6, personal: 1 } as const;
/** The kinds are told apart in English only. */
const OTHER_SCRIPT = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u;

function expectation(text: string, namesSpeaker: boolean, reader: RequestReader): number {
  if (namesSpeaker || PAST.test(text) || OTHER_SCRIPT.test(text)) return 1;
  return EXPECTS[reader.requestKind(text).kind];
}

/** A capitalised word inside a sentence: mostly a name. */
const NAME = /(?<=[\p{Ll}\p{N},;:] )\p{Lu}[\p{Ll}\p{M}]{2,}/gu;

/** Whether the request names somebody or something that memories speak of ("Ingrid", "Kyoto"). */
function namesKnown(
  text: string,
  view: IndexView,
  mask: Uint8Array,
  found: FoundPostings,
): boolean {
  for (const [name] of text.matchAll(NAME)) {
    if (isStopWord(name.toLowerCase())) continue;
    for (const word of words(name)) if (view.postings(stem(word), mask, found) > 0) return true;
  }
  return false;
}

function addTerms(terms: Map<string, number>, content: readonly string[], weight: number): void {
  for (const word of content) {
    for (const term of termsOf(word)) {
      const value = QUESTION_WORDS.has(term) ? weight * LOW : weight;
      if ((terms.get(term) ?? 0) < value) terms.set(term, value);
    }
  }
}

function formsOfTerms(
  terms: ReadonlyMap<string, number>,
  content: readonly string[],
  formsOf: FormsOf,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const word of content) {
    const forms = formsOf(word);
    if (forms.length === 0) continue;
    for (const term of termsOf(word))
      if (terms.has(term)) found.set(term, [...new Set([...(found.get(term) ?? []), ...forms])]);
  }
  return found;
}

/** Speakers of readable documents whose name, or a part or a short form (three letters) of it, the request says. */
function namedSpeakers(
  content: readonly string[],
  view: IndexView,
  readable: Readable,
): { numbers: Set<number>; words: Set<string> } {
  const numbers = new Set<number>();
  const named = new Set<string>();
  for (const number of readable.speakers)
    for (const part of words(view.speakers[number] ?? ""))
      for (const word of content)
        if (word === part || (word.length >= 3 && part.startsWith(word))) {
          numbers.add(number);
          named.add(word);
        }
  return { numbers, words: named };
}
