/** Longer answers are cut here for memory; the app gets all of it. UTF-16 units. */
const MAX_ANSWER_LENGTH = 4 * 1024 * 1024;

/** The text of an answer as it comes: parts stand on lines of their own, as `textOf` joins them in a later call's history. */
export interface AnswerText {
  /** What is added from now on belongs to another part. */
  startPart(): void;
  add(piece: string): void;
  read(): string;
}

export function createAnswerText(): AnswerText {
  let text = "";
  let atBoundary = false;
  return {
    startPart() {
      atBoundary = text !== "";
    },
    add(piece) {
      if (piece === "" || text.length >= MAX_ANSWER_LENGTH) return;
      text += atBoundary ? `\n${piece}` : piece;
      atBoundary = false;
    },
    read: () => text,
  };
}

/** `null` for what is no JSON: an answer's reader leaves out what it cannot read. */
export function parseJson(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return null;
  }
}
