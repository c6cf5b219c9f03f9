import { cuesOf, type Cues } from "./cue-lexicon.ts";
import { requestKind, type RequestKind } from "./request.ts";

/** What the rules read in a request. With its lexicon the largest part of recall, so the worker loads it apart, while it opens. */
export interface RequestReader {
  cuesOf(text: string): Cues;
  requestKind(text: string): RequestKind;
}

export const requestReader: RequestReader = { cuesOf, requestKind };
