import { askedTime, type AskedTime } from "./asked-time.ts";
import { cuesOf, type Cues } from "./cue-lexicon.ts";
import { functionWords } from "../text/languages.ts";
import { meantStems, type MeantStem } from "../text/meant-stems.ts";
import { requestKind, type RequestKind } from "./request.ts";

/** What the rules and word lists read in a request. With them the largest part of recall, so the worker loads it apart, while it opens. */
export interface RequestReader {
  cuesOf(text: string): Cues;
  requestKind(text: string): RequestKind;
  /** The days that a request speaks of, seen from `now` (epoch milliseconds); `null` where it names none. */
  askedTime(text: string, now: number): AskedTime | null;
  /** Other stems that a request with this stem may mean. */
  meantStems(term: string): readonly MeantStem[];
  /** Words that only carry grammar in the language, other than English, that the request is in; empty for English and unknown ones. */
  functionWords(spoken: readonly string[], english: number): ReadonlySet<string>;
}

export const requestReader: RequestReader = {
  cuesOf,
  requestKind,
  askedTime,
  meantStems,
  functionWords,
};
