import { parse, type ParsedResult } from "chrono-node/en";

/** A turn speaks of few days; a text with more is a table. */
const LIMIT = 12;
const READ_LIMIT = 20_000;
/** How much around a time word is handed to the parser. Dates are said in fewer words. */
const AROUND = 48;
const DAY_MS = 86_400_000;

const MONTH =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const DAY =
  "mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:nesday)?s?|thu(?:r(?:s(?:day)?)?)?s?|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?";
const COUNT =
  "\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a few|few|couple of|a couple of|half an?";
const UNIT = "(?:day|week|weekend|fortnight|month|year)s?";
/**
 * What can be a date at all. `may`, `mar`, `sun`, `sat`, `second` and the like count only beside a number or a word of time, so that
 * ordinary prose never reaches the parser.
 */
const CANDIDATE = new RegExp(
  "\\b(?:" +
    `yesterday|today|tonight|tomorrow|(?:the )?day (?:before yesterday|after tomorrow)|` +
    `(?:last|next|this|past|coming|previous|following) (?:${UNIT}|night|morning|evening|${DAY}|${MONTH})|` +
    `(?:${COUNT}) ${UNIT} (?:ago|from now|later|earlier|before|after|back|hence)|in (?:${COUNT}) ${UNIT}|within (?:${COUNT}) ${UNIT}|` +
    `(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)|on (?:mon|tue|wed|thu|fri|sat|sun)\\b|` +
    `\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:${MONTH})|(?:${MONTH})\\.? (?:the )?\\d{1,2}(?:st|nd|rd|th)?|(?:${MONTH}) (?:19|20)\\d\\d|` +
    `(?:in|since|until|by|during|early|late|mid|this|last|next|before|after|end of|every) (?:${MONTH})|` +
    `\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}|\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4}` +
    ")\\b",
  "gi",
);

/**
 * What is over, by verbs that say it surely: not by every -ed ("need", "getting married"), not by those that report ("told") or that plans are made with
 * ("booked"), which `AHEAD` has.
 */
const BEHIND =
  /\b(?:was|were|had|did|didn['’]t|went|came|began|left|met|saw|bought|took|gave|ran|flew|drove|spent|broke|lost|won|grew|became|quit|sold|built|fell|held|slept|spoke|taught|moved|started|stopped|finished|visited|returned|arrived|joined|changed|switched|happened|died|graduated|celebrated|adopted|attended|closed|lived|worked|stayed|travell?ed|learned|turned|passed|watched|hiked|retired|ended|since|back in)\b/i;
/** What is said of now or later, after whatever was over: "we met, and the exam is in March". */
const NOW = /\b(?:is|are|am)\b|['’](?:s|re|m)\b/i;
/** What is yet to come. */
const AHEAD =
  /\b(?:will|won['’]t|going to|gonna|next|plan(?:s|ned|ning)?|book(?:ed|ing)?|reserved?|scheduled?|ticket(?:s|ed)?|due|hop(?:e|es|ed|ing)|want(?:s|ed)?|wanna|need(?:s|ed)? to|intend(?:s|ed)?|decided|expect(?:s|ed|ing)?|supposed|invited|upcoming|deadline|until|till|by)\b|['’]ll\b/i;

/**
 * The days that a text speaks of as `YYYY-MM-DD`, in the device's time zone, counted from when it was said; each once, in order.
 * Where only a month is known, its first day stands for it. Both ends of a range are given.
 */
export function datesOf(text: string, saidAt: number): string[] {
  const out = new Set<string>();
  const reference = new Date(saidAt);
  if (Number.isNaN(reference.getTime())) return [];
  for (const window of windowsOf(text.slice(0, READ_LIMIT))) {
    for (const result of parse(window, reference)) {
      const shift = missedYears(window, result, saidAt);
      for (const end of [result.start, result.end]) {
        if (
          !end ||
          !(
            end.isCertain("day") ||
            end.isCertain("weekday") ||
            end.isCertain("month") ||
            end.isCertain("year")
          )
        ) {
          if (!end || !/day|night|morning|evening|week|month|year/i.test(result.text)) continue;
        }
        const [read, month] = [end.get("year"), end.get("month")];
        if (read === null || month === null || read < 1800 || read > 2200) continue;
        const year = read + shift;
        const exact =
          end.isCertain("day") ||
          end.isCertain("weekday") ||
          (!/month/i.test(result.text) && !end.isCertain("month"));
        const day = exact ? (end.get("day") ?? 1) : 1;
        out.add(`${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`);
        if (out.size === LIMIT) return [...out];
      }
    }
  }
  return [...out];
}

/**
 * A month or a day without its year is taken for the nearest one, before or after; where the sentence says that it is over, or yet to come,
 * and the nearest is not, it is the one of the year beside.
 */
function missedYears(window: string, { index, text, start }: ParsedResult, saidAt: number): number {
  if (!start.isCertain("month") || start.isCertain("year") || start.isCertain("weekday")) return 0;
  const from = Math.max(...[".", "!", "?", ";", "\n"].map((end) => window.lastIndexOf(end, index)));
  const sentence = window.slice(from + 1, index + text.length);
  const isAhead = AHEAD.test(sentence);
  const day = start.date().getTime();
  if (day > saidAt) return BEHIND.test(sentence) && !NOW.test(sentence) && !isAhead ? -1 : 0;
  // Without a day of its own a month is not over before its end.
  return isAhead && day < saidAt - 31 * DAY_MS ? 1 : 0;
}

/** The stretches around candidates, joined where they meet, cut at word borders. */
function windowsOf(text: string): string[] {
  const spans: [number, number][] = [];
  for (const hit of text.matchAll(CANDIDATE)) {
    const from = Math.max(0, hit.index - AROUND);
    const to = Math.min(text.length, hit.index + hit[0].length + AROUND);
    const last = spans.at(-1);
    if (last && from <= last[1] && to - last[0] <= 400) last[1] = to;
    else if (spans.length < LIMIT) spans.push([Math.max(from, last?.[1] ?? 0), to]);
    else break;
  }
  return spans.map(([from, to]) =>
    text.slice(from, to).replace(/^\S*\s/, (head) => (from === 0 ? head : "")),
  );
}
