/** Names, numbers with their units and quoted strings of one text are few; a text with more is data, and the rest says no more. */
const LIMIT = 24;
const READ_LIMIT = 8_000;

const NAME =
  /\p{Lu}[\p{L}\p{M}\p{N}'\u2019&-]*(?:(?: (?:of|de|da|del|van|von|der|la|le|el|bin|al))?[ ]\p{Lu}[\p{L}\p{M}\p{N}'\u2019&-]*){0,4}/gu;
const NUMBER =
  /(?:[$\u20ac\u00a3\u00a5]\s?)?(?<![\p{L}\p{N}.,])\d{1,12}(?:[.,:]\d{1,6}){0,3}(?:\s?(?:%|\u20ac|\u00b0[cf]?|(?:km|kg|mg|ml|cm|mm|mph|kph|lbs?|oz|ft|in|gb|tb|mb|kb|hz|ghz|mhz|kwh|kcal|kw|hp|mi|mins?|minutes?|hours?|hrs?|days?|weeks?|months?|years?|miles?|meters?|metres?|kilometers?|kilometres?|kilos?|pounds?|dollars?|euros?|grams?|liters?|litres?|feet|inches|degrees|people|am|pm|m|g|l|k)(?![\p{L}\p{N}]))|(?![\p{L}\p{N}]))/giu;
const QUOTED = /"([^"\n]{2,80})"|\u201c([^\u201d\n]{2,80})\u201d|\u00ab([^\u00bb\n]{2,80})\u00bb/gu;

/** Words that are capitalised for their place, not for being names. */
const NO_NAME =
  /^(?:I|I['\u2019](?:m|ve|d|ll)|A|An|The|And|But|Or|So|If|In|On|At|To|For|From|With|My|Your|Our|His|Her|Their|Its|We|You|He|She|It|They|This|That|These|Those|There|Here|What|When|Where|Who|Whom|Whose|Why|How|Which|Is|Are|Was|Were|Am|Do|Does|Did|Can|Could|Will|Would|Should|Shall|May|Might|Have|Has|Had|Not|No|Yes|Ok|Okay|Hi|Hey|Hello|Thanks|Thank|Please|Also|Just|Actually|Well|Oh|Let|Let['\u2019]s|Maybe|Sure|Sorry|After|Before|While|Since|Because|Although|Then|Now|Never|Always|Yesterday|Today|Tonight|Tomorrow|Last|Next|Recently|Some|Any|All|Every|Each|Many|Most|Don['\u2019]t|Can['\u2019]t|It['\u2019]s|That['\u2019]s|There['\u2019]s|What['\u2019]s)$/;

/** Capitalised names, numbers with units, quoted strings; as written, each once, in order, at most 24. */
export function entitiesOf(text: string): string[] {
  const read = text.slice(0, READ_LIMIT);
  const found: { at: number; value: string }[] = [];
  if (/["\u201c\u00ab]/.test(read))
    for (const hit of read.matchAll(QUOTED))
      found.push({ at: hit.index, value: (hit[1] ?? hit[2] ?? hit[3] ?? "").trim() });
  for (const hit of read.matchAll(NAME)) {
    const value = nameIn(hit[0], startsSentence(read, hit.index));
    if (value !== "") found.push({ at: hit.index, value });
    if (found.length > 4 * LIMIT) break;
  }
  if (/\d/.test(read)) {
    for (const hit of read.matchAll(NUMBER)) {
      found.push({ at: hit.index, value: hit[0].trim() });
      if (found.length > 8 * LIMIT) break;
    }
  }
  const seen = new Set<string>();
  const out: string[] = [];
  for (const { value } of found.toSorted((a, b) => a.at - b.at)) {
    const key = value.toLowerCase();
    if (value.length < 1 || seen.has(key)) continue;
    seen.add(key);
    out.push(value);
    if (out.length === LIMIT) break;
  }
  return out;
}

function startsSentence(text: string, at: number): boolean {
  return /(?:^|[.!?:\n"\u201c(>*-])\s*$/.test(text.slice(Math.max(0, at - 4), at));
}

/** Drops capitalised function words at the front; a lone capitalised word that opens a sentence is no sure name. */
function nameIn(run: string, opens: boolean): string {
  let parts = run.split(" ");
  const before = parts.length;
  while (
    parts.length > 0 &&
    (NO_NAME.test(parts[0] as string) || /^(?:of|de|the|and)$/.test(parts[0] as string))
  )
    parts = parts.slice(1);
  if (parts.length === 0) return "";
  if (opens && before === 1 && !/\p{Lu}.*\p{Lu}|\d/u.test(parts[0] as string)) return "";
  const name = parts.join(" ").replace(/['\u2019]s$/, "");
  return name.length < 2 ? "" : name;
}
