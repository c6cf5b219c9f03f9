import type { DrawnLine, ObservationPriority } from "../domain/observation.ts";
import type { MemoryRecord } from "../domain/memory-record.ts";
import type { Slot } from "../domain/slots.ts";
import { slotsOf } from "../facts/slot-rules.ts";
import { tellsSomething } from "../text/own-statement.ts";
import { datesOf } from "./dates.ts";
import { maskPasted } from "./pasted.ts";

/** Kinds of facts that hold for every answer. */
const LASTING: ReadonlySet<Slot> = new Set<Slot>(["identity", "health", "diet", "instruction"]);
const MOST_LINES = 4;
const LONGEST_LINE = 240;
/** Only the beginning of a long message is the user's own saying. */
const READ_LIMIT = 4_000;
/** Shorter questions ask about what was said before, and say nothing by themselves. */
const SHORTEST_QUESTION = 24;
// Not after a number or an initial: "3. May", "J. Doe".
const SENTENCE_END = /(?<=[^\d\s]{2}[.!?？؟]["')\]]?)\s+|(?<=[。！？])|\n+/u;

/**
 * What turns say about their user, by rule: one line a sentence that states something, in the user's own words, and one for what was
 * asked where nothing was stated. What is quoted or pasted is nobody's statement about themselves. Answers give none.
 */
export function drawByRule(turns: readonly MemoryRecord[]): readonly DrawnLine[] {
  return turns.flatMap((turn) => (turn.role === "user" ? linesOf(turn) : []));
}

function linesOf(turn: MemoryRecord): readonly DrawnLine[] {
  if (turn.origin !== "user") return [];
  const own = ownSentences(turn.text.slice(0, READ_LIMIT));
  const stated = own.flatMap((sentence): DrawnLine[] => {
    const priority = priorityOf(sentence);
    if (priority === null) return [];
    return [{ text: withDays(shortened(sentence), turn), priority, sources: [turn.id] }];
  });
  if (stated.length > 0) return mostTelling(stated);
  const asked = own.find((one) => /[?？؟]$/u.test(one) && one.length >= SHORTEST_QUESTION);
  return asked === undefined
    ? []
    : [{ text: `Asked: ${shortened(asked)}`, priority: "low", sources: [turn.id] }];
}

function ownSentences(text: string): readonly string[] {
  const masked = maskPasted(text);
  let at = 0;
  return text.split(SENTENCE_END).flatMap((sentence) => {
    const start = text.indexOf(sentence, at);
    at = start + sentence.length;
    const said = sentence.trim();
    return said !== "" && masked.slice(start, at) === sentence ? [said] : [];
  });
}

/** `null`: it states nothing. */
function priorityOf(sentence: string): ObservationPriority | null {
  const slots = slotsOf(sentence);
  if (slots.some(({ slot }) => LASTING.has(slot))) return "high";
  if (slots.length > 0) return "medium";
  return tellsSomething(sentence) ? "low" : null;
}

/** A weekday alone may be the last one or the next: to name the wrong day is worse than to name none. */
const BARE_WEEKDAY =
  /(?<!\b(?:next|last|this|coming|past) )\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b/iu;

/** The days that a sentence speaks of, for who reads it later: "on Friday" says little in a year. */
function withDays(text: string, { createdAt }: MemoryRecord): string {
  if (BARE_WEEKDAY.test(text)) return text;
  const said = new Date(createdAt).toISOString().slice(0, 10);
  const days = datesOf(text, createdAt).filter((day) => day !== said && !text.includes(day));
  return days.length === 0 ? text : `${text} (${days.slice(0, 3).join(", ")})`;
}

function mostTelling(lines: readonly DrawnLine[]): readonly DrawnLine[] {
  const best = new Set(
    ["high", "medium", "low"]
      .flatMap((priority) => lines.filter((line) => line.priority === priority))
      .slice(0, MOST_LINES),
  );
  return lines.filter((line) => best.has(line));
}

function shortened(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  if (line.length <= LONGEST_LINE) return line;
  const cut = line.slice(0, LONGEST_LINE);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), LONGEST_LINE / 2))} ...`;
}
