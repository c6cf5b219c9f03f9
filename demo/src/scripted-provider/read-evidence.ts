import type { ChatRequest } from "./chat-request.ts";

/** Something said that stands in the request. */
export interface Evidence {
  readonly text: string;
  readonly speaker: "user" | "assistant" | "other";
  /** As the request names the speaker. */
  readonly name: string;
  /** The date line above it, where there is one. */
  readonly date: string | null;
}

/** What a request holds: the question, and what it can be answered from. */
export interface RequestEvidence {
  readonly question: string;
  /** Lines of fenced blocks, the block nearest to the question first: text that something put beside what the person typed. */
  readonly given: readonly Evidence[];
  /** What the person typed earlier in this conversation. */
  readonly earlier: readonly Evidence[];
}

/** A block between an opening and a closing tag of the same name. The tag is whatever the request uses. */
const BLOCK = /<([a-z][\w-]*)\b[^<>]*>\r?\n?([\s\S]*?)<\/\1\b[^<>]*>/giu;
const LINE = /^\s*(?:[-*•]\s+)?([^:<>"“]{1,40}):\s+(\S.*)$/u;
/** A list entry without a name: what the one who asks has said. */
const ENTRY = /^\s*[-*•]\s+(\S.*)$/u;
const DATE = /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\s+\p{L}{3,}\s+\d{4}\b/u;

/** Takes a request apart into what is asked and what is given. Knows no product and no story, only tags, lines and roles. */
export function readEvidence(request: ChatRequest): RequestEvidence {
  const blocks: (readonly Evidence[])[] = [];
  const earlier: Evidence[] = [];
  let question = "";
  for (const { role, text } of request.messages) {
    const inside: Evidence[] = [];
    const typed = text.replace(BLOCK, (_block, _tag, inner: string) => {
      inside.push(...linesOf(inner));
      return "";
    });
    blocks.push(inside);
    if (role !== "user") continue;
    if (question !== "")
      earlier.push({ text: question, speaker: "user", name: "user", date: null });
    question = typed.trim();
  }
  // What stands nearer to the question was meant for it more.
  return { question, given: blocks.toReversed().flat(), earlier };
}

function linesOf(block: string): Evidence[] {
  const lines: Evidence[] = [];
  let date: string | null = null;
  for (const line of block.split("\n")) {
    const said = LINE.exec(line);
    if (said?.[1] !== undefined && said[2] !== undefined && !DATE.test(said[1])) {
      const name = said[1].trim();
      lines.push({ text: said[2].trim(), speaker: speakerOf(name), name, date });
      continue;
    }
    const entry = ENTRY.exec(line)?.[1];
    if (entry === undefined) date = DATE.exec(line)?.[0] ?? date;
    else lines.push({ text: entry.trim(), speaker: "user", name: "user", date: null });
  }
  return lines;
}

function speakerOf(name: string): Evidence["speaker"] {
  const plain = name.toLowerCase();
  if (/\b(?:user|you)\b/u.test(plain)) return "user";
  return /\b(?:assistant|model|ai)\b/u.test(plain) ? "assistant" : "other";
}
