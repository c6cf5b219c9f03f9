/** Longer texts are pastes; what stands in their middle is nobody's saying about themselves. */
const READ = 1_000;
const SENTENCE = /[^.!?？؟\n]+[.!?？؟\n]*/gu;
/** Openings of what is asked for or asked. */
const REQUEST =
  /^(?:(?:and|but|so|then|also|now|please|kindly|hey|hi|hello|ok|okay|well|thanks|great|yes|no),? +)*(?:what|where|when|who|whom|whose|why|how|which|do|does|did|is|are|was|were|can|could|would|will|should|has|have|write|draft|make|create|translate|summari[sz]e|explain|give|tell|show|help|suggest|recommend|find|list|plan|compose|generate|fix|rewrite|rephrase|paraphrase|proofread|edit|review|check|compare|describe|design|build|convert|calculate|compute|solve|analy[sz]e|look|search|read|continue|remind|choose|define|name|implement|refactor|add|remove|change|update|run|try)\b/i;
const SPEAKER = /(?<![\p{L}\p{N}])(?:i|my|me|mine|myself|we|us|our|ours)(?![\p{L}\p{N}])/iu;
/** What is thought of the talk itself. */
const TALK =
  /^(?:(?:ok|okay|well|oh|ah|wow|yes|no|and|but|so|hi|hello|hey),? *)*(?:thanks?|thank you|great|perfect|nice|good|cool|awesome|sounds|got it|that|this|it|you|your|never mind)\b/i;

/** Without a word of the speaker, only a short message is taken for a saying of theirs: the rest are pastes. */
const SHORT = 280;

/** Signs of words that may be another's: quotes, fences, markup, lists, mails, logs, reports. Where one stands, nothing is taken on trust. */
const OTHERS =
  /["\u201c\u201d\u201e\u00ab\u00bb\u300c`~<>{}[\]|\\\n\r\u2028\u2029]|:(?:\s|$)|(?<![\p{L}\p{N}])['\u2018](?=\p{L})|\b(?:says?|said|states?|stated|reads|wrote|writes|tells?|told)\b/iu;

/** Whether a message tells something, beside what it asks: a sentence about the speaker, or one that is no request. */
export function tellsSomething(text: string): boolean {
  if (OTHERS.test(text.slice(0, READ))) return false;
  for (const [sentence] of text.slice(0, READ).matchAll(SENTENCE)) {
    const said = sentence.trim();
    if (said.length < 8 || /[?？؟]$/u.test(said)) continue;
    if (
      REQUEST.test(said)
        ? / (?:i am|i'm|i’m|my|i have|i've) /i.test(said)
        : SPEAKER.test(said) || (text.length <= SHORT && !TALK.test(said))
    )
      return true;
  }
  return false;
}
