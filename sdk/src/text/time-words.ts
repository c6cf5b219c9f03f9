const MONTHS = "january|february|march|april|june|july|august|september|october|november|december";
const DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday";
const UNITS =
  "days?|weeks?|weekends?|months?|years?|nights?|mornings?|evenings?|summers?|winters?|springs?|autumns?|falls?";
const TIME_WORD = new RegExp(
  `\\b(?:yesterday|today|tonight|tomorrow|recently|lately|ago|since|(?:last|next|this|past|coming) (?:${UNITS}|${MONTHS}|${DAYS}|mon|tue|wed|thu|fri|sat|sun)|` +
    `(?:\\d+|an?|two|three|four|five|six|seven|eight|nine|ten|few|couple of|several) (?:${UNITS})|just (?:\\w+ed|got|came|had|did|went|began|bought|made|won|met)|` +
    `(?:in|on|since|until|by|of) may|may \\d{1,2}|${MONTHS}|${DAYS}|(?:19|20)\\d\\d)\\b`,
  "i",
);

/** Whether a text says when something is, was or will be (English words, and years in any language). */
export function hasTimeWord(text: string): boolean {
  return TIME_WORD.test(text);
}
