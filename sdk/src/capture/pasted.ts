/**
 * Finds what a user's message holds that the user did not say: fenced code, quotes, forwarded mail, text handed over for some
 * work, and spans too long to be a saying about oneself. Such parts stay in the stored text; they give no facts.
 */

/** About 300 tokens of English. */
const LONG_SPAN = 1_200;

const FENCE_LINE = /^ {0,3}(`{3,}|~{3,})/;
const QUOTE_LINE = /^\s{0,3}(?:>|\u2502|\||&gt;)/;
/** From here to the end of the message someone else writes. */
const FORWARD_LINE =
  /^[\s*_>-]*(?:-{2,}\s*(?:original|forwarded) message|begin forwarded message|forwarded message|from:\s.*@|from:\s.{1,80}$|sent:\s|subject:\s|to:\s.*@|on .{4,80} wrote:|\[?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s?(?:am|pm)?\]?\s+[^:\n]{1,30}:|(?:system|assistant|user|human|ai|bot|developer|chatgpt|claude|gpt)\s*:|<\/?[a-z][^>\n]{0,60}>|#{1,6}\s|\[(?:system|inst|assistant|instructions?)\b|<\|)/i;
/** "Summarise this: ...", "the document says: ...", "here is the mail I got: ...". */
const HANDED_OVER =
  /(?:\b(?:summari[sz]e|translate|proofread|rewrite|rephrase|paraphrase|edit|review|check|correct|fix|analy[sz]e|improve|polish|shorten|explain|read|interpret|classify|extract|evaluate|critique|grade|debug|format|convert|respond to|reply to|answer|comment on|thoughts on|think (?:of|about)|mean|means)\b[^.!?\n:]{0,80}|\b(?:says|said|say|reads|states|stated|wrote|writes|written|tells|told me|claims|asks|asked|instructs|instructed|quote|quoted|quoting|pasted?|copied|attached|received|following|below|excerpt|snippet|transcript|passage|paragraph|article|document|docs?|readme|file|e-?mail|letter|message|page|website|web ?site|post|tweet|comment|review|log|output|result|prompt|text|note from|story|poem|lyrics|essay|draft|script|dialog(?:ue)?|sentence|sentences|phrase|example|bio|cover letter|resume|cv|job description)\b[^.!?\n:]{0,60})\s*:/gi;
/** A colon after these introduces the speaker's own words. */
const OWN_COLON =
  /\b(?:remember|keep in mind|note|fyi|about me|my (?:rules?|preferences?|instructions?|name|details?|diet|allerg\w+|situation|background|goals?)|rules?|preferences?|instructions? for you|important|reminder|btw|context|ps|p\.s)\b[^:\n]{0,40}:$/i;
/** What someone says to say without a colon: "the document says to always ...". */
const SAYS_TO =
  /\b(?:it|that|page|document|doc|docs|readme|file|e-?mail|letter|message|article|website|site|post|text|note|book|manual|comment|guide|prompt|pdf|he|she|they|who)\s+(?:says?|said|states?|tells?|told|asks?|asked|instructs?|instructed|reads?|wants?|claims?|wrote|writes)\b[^.!?\n]*/gi;
const QUOTED =
  /"[^"\n]{1,2000}"|\u201c[^\u201d\n]{1,2000}\u201d|\u00ab[^\u00bb\n]{1,2000}\u00bb|\u201e[^\u201c\u201d\n]{1,2000}[\u201c\u201d]|\u300c[^\u300d\n]{1,2000}\u300d|(?<![\p{L}\p{N}])'[^'\n]{12,2000}'(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])\u2018[^\u2019\n]{12,2000}\u2019(?![\p{L}\p{N}])|`[^`\n]{1,2000}`/gu;
const OPEN_QUOTE = /["\u201c\u00ab]/;
/** A quoted name or title stays readable ("call me 'Al'"); a quoted sentence does not. */
const QUOTED_WORDS = 2;

/**
 * The text with every part that is not the user's own saying blanked out by `x` or spaces. Same length, same offsets.
 */
export function maskPasted(text: string): string {
  let out = maskLines(text);
  out = maskHandedOver(out);
  out = out.replace(QUOTED, (whole) =>
    whole.slice(1, -1).trim().split(/\s+/).length <= QUOTED_WORDS ? whole : crossed(whole),
  );
  out = maskOpenQuote(out);
  out = out.replace(SAYS_TO, (whole) => blank(whole));
  return maskLong(out);
}

function maskLines(text: string): string {
  if (!text.includes("\n") && !FORWARD_LINE.test(text) && !QUOTE_LINE.test(text)) return text;
  let fence: string | null = null;
  let forwarded = false;
  let out = "";
  for (const line of text.split(/(?<=\n)/)) {
    const mark = FENCE_LINE.exec(line)?.[1];
    const closes = fence !== null && mark !== undefined && mark.startsWith(fence);
    const own =
      fence === null &&
      mark === undefined &&
      !forwarded &&
      !QUOTE_LINE.test(line) &&
      !FORWARD_LINE.test(line);
    if (fence === null && FORWARD_LINE.test(line)) forwarded = true;
    out += own ? line : blank(line);
    if (closes) fence = null;
    else if (fence === null && mark !== undefined) fence = mark;
  }
  return out;
}

/** After a handing-over colon everything to the end of the message is someone's text, unless the colon ends a list of wishes. */
function maskHandedOver(text: string): string {
  for (const hit of text.matchAll(HANDED_OVER)) {
    const lineStart = text.lastIndexOf("\n", hit.index) + 1;
    const end = hit.index + hit[0].length;
    if (OWN_COLON.test(text.slice(Math.max(lineStart, end - 120), end))) continue;
    if (text.slice(end).startsWith("//")) continue;
    return text.slice(0, end) + blank(text.slice(end));
  }
  return text;
}

/** A quotation mark that is never closed quotes to the end. */
function maskOpenQuote(text: string): string {
  const quotes = [...text.matchAll(/(?<![\d])["\u201c\u00ab](?=\S)/g)];
  const last = quotes.at(-1);
  if (!last) return text;
  const closing = last[0] === "\u201c" ? "\u201d" : last[0] === "\u00ab" ? "\u00bb" : '"';
  const opens = last[0] !== '"' || (text.split('"').length - 1) % 2 === 1;
  return opens && !text.includes(closing, last.index + 1) && OPEN_QUOTE.test(last[0])
    ? text.slice(0, last.index) + blank(text.slice(last.index))
    : text;
}

/** A paragraph of more than about 300 tokens is a paste, whatever it looks like. */
function maskLong(text: string): string {
  if (text.length <= LONG_SPAN) return text;
  let out = "";
  for (const part of text.split(/(\n\s*\n)/)) out += part.length > LONG_SPAN ? blank(part) : part;
  return out;
}

function crossed(text: string): string {
  return (
    text.charAt(0) +
    text
      .slice(1, -1)
      .replace(/[\p{L}\p{N}]/gu, (letter) => "x".repeat(letter.length))
      .replace(/[.!?;:]/g, "x") +
    text.charAt(text.length - 1)
  );
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
