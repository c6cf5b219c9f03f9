/**
 * Hands on a growing text sentence by sentence, so that a screen reader hears whole sentences instead of pieces of words.
 * `push` takes the whole text so far; `end` says the rest.
 */
export interface SentenceSpeaker {
  push(text: string): void;
  end(text: string): void;
}

const SENTENCE_END = /[.!?…。！？]["'”’»)]*(?=\s|$)|\n{2,}/gu;

export function createSentenceSpeaker(speak: (sentences: string) => void): SentenceSpeaker {
  let spoken = 0;
  const say = (text: string, to: number): void => {
    const part = text.slice(spoken, to).trim();
    spoken = to;
    if (part !== "") speak(part);
  };
  return {
    push(text) {
      let to = spoken;
      for (const match of text.slice(spoken).matchAll(SENTENCE_END)) {
        const end = spoken + match.index + match[0].length;
        // The end of the text so far may be the middle of "3.5" or "e.g.": the next piece decides.
        if (end < text.length) to = end;
      }
      if (to > spoken) say(text, to);
    },
    end(text) {
      say(text, text.length);
    },
  };
}
