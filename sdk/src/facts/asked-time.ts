/** A span of days that a request speaks of, as days since 1970-01-01, both ends included. */
export interface AskedTime {
  readonly from: number;
  readonly to: number;
  /** Where the expression stands in the request, so that it can be left out of the words searched for. */
  readonly text: string;
}

const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const MONTH = `(${MONTHS.join("|")}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)`;
const DAY_MS = 86_400_000;
const UNIT_DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };
const NUMBERS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  "a couple of": 2,
  "a few": 3,
};

type Read = (found: RegExpExecArray, now: number) => { from: number; to: number } | null;

const FORMS: readonly (readonly [RegExp, Read])[] = [
  [
    /\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b/,
    (m) => span(Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3]))),
  ],
  [
    new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?(?: of)? ${MONTH}\\b,?(?: ((?:19|20)\\d\\d))?`, "i"),
    (m, now) => dayOf(m[1], m[2], m[3], now),
  ],
  [
    new RegExp(`\\b${MONTH} (\\d{1,2})(?:st|nd|rd|th)?\\b,?(?: ((?:19|20)\\d\\d))?`, "i"),
    (m, now) => dayOf(m[2], m[1], m[3], now),
  ],
  [
    new RegExp(`\\b${MONTH},?(?: of)? ((?:19|20)\\d\\d)\\b`, "i"),
    (m) => monthOf(m[1], Number(m[2])),
  ],
  [
    new RegExp(`\\b(?:in|during|last|this|since|early|late|mid)[ -]${MONTH}\\b`, "i"),
    (m, now) => monthOf(m[1], latestYear(monthNumber(m[1]), 1, now)),
  ],
  [
    /\b(?:in|during|since|of) ((?:19|20)\d\d)\b/i,
    (m) => ({
      from: dayNumber(Date.UTC(Number(m[1]), 0, 1)),
      to: dayNumber(Date.UTC(Number(m[1]), 11, 31)),
    }),
  ],
  [
    /\b(yesterday|today|tonight)\b/i,
    (m, now) => span(now - (m[1]?.toLowerCase() === "yesterday" ? DAY_MS : 0)),
  ],
  [
    /\b(?:last|past) (week|month|year)\b/i,
    (m, now) => back(now, UNIT_DAYS[m[1]?.toLowerCase() ?? ""] ?? 7, 1),
  ],
  [
    /\b(\d{1,3}|an?|one|two|three|four|five|six|a couple of|a few) (day|week|month|year)s? ago\b/i,
    (m, now) =>
      back(
        now,
        UNIT_DAYS[m[2]?.toLowerCase() ?? ""] ?? 1,
        NUMBERS[m[1]?.toLowerCase() ?? ""] ?? Number(m[1]),
      ),
  ],
];

/** The first time expression of a request (English, and ISO days); `null` where there is none. `now` in epoch milliseconds. */
export function askedTime(text: string, now: number): AskedTime | null {
  for (const [form, read] of FORMS) {
    const found = form.exec(text);
    const days = found === null ? null : read(found, now);
    if (found !== null && days !== null && Number.isFinite(days.from) && Number.isFinite(days.to))
      return { ...days, text: found[0] };
  }
  return null;
}

function dayNumber(time: number): number {
  return Math.floor(time / DAY_MS);
}

function span(time: number): { from: number; to: number } {
  return { from: dayNumber(time), to: dayNumber(time) };
}

function back(now: number, unit: number, times: number): { from: number; to: number } {
  const middle = dayNumber(now) - unit * times;
  const slack = unit === 1 ? 0 : Math.ceil(unit / 2);
  return { from: middle - slack, to: middle + slack };
}

function monthNumber(name: string | undefined): number {
  return MONTHS.findIndex((month) => month.startsWith((name ?? "").toLowerCase().slice(0, 3)));
}

function dayOf(
  day: string | undefined,
  month: string | undefined,
  year: string | undefined,
  now: number,
): { from: number; to: number } | null {
  const number = Number(day);
  if (number < 1 || number > 31) return null;
  const at = monthNumber(month);
  return span(
    Date.UTC(year === undefined ? latestYear(at, number, now) : Number(year), at, number),
  );
}

function monthOf(month: string | undefined, year: number): { from: number; to: number } {
  const at = monthNumber(month);
  return { from: dayNumber(Date.UTC(year, at, 1)), to: dayNumber(Date.UTC(year, at + 1, 0)) };
}

/** A day without a year is the last one that has been. */
function latestYear(month: number, day: number, now: number): number {
  const year = new Date(now).getUTCFullYear();
  return Date.UTC(year, month, day) > now ? year - 1 : year;
}
