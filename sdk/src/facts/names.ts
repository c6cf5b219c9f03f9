/** A capitalised name of one to three parts, with the usual particles and hyphens. */
const NAME =
  "\\p{Lu}[\\p{L}'\u2019-]{1,20}(?: (?:de|da|del|van|von|der|la|le|el|bin|al|di|du|of) ?)?(?: \\p{Lu}[\\p{L}'\u2019-]{1,20}){0,2}";
const INTRODUCED = new RegExp(
  `(?:^|[\\s(])(?:I['\u2019]?m|I am|This is|It['\u2019]s|it['\u2019]s|i['\u2019]?m|i am|I\u2019m)\\s+(${NAME})(?=[\\s.,!)]*$|\\s+(?:and|from|here|by the way|btw|but|speaking)\\b)`,
  "u",
);
const NAMED = new RegExp(
  `\\b(?:my (?:full |first |real |given )?name(?:['\u2019]s| is|:)|call me|I go by|i go by|(?:people|friends|everyone|everybody) calls? me)\\s+["\u201c]?(${NAME})`,
  "iu",
);

/** Capitalised words that follow "I'm" without being a name. */
const NO_NAME =
  /^(?:I|A|An|The|In|On|At|Not|So|Very|Just|Still|Also|Here|There|From|Going|Done|Back|Sure|Sorry|Fine|Good|Great|Ok|Okay|Happy|Ready|Glad|Sad|Tired|Late|Lost|New|Old|Able|Afraid|Allergic|Vegan|Vegetarian|Married|Single|Retired|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|Christmas|Easter|Christian|Catholic|Muslim|Jewish|Hindu|Buddhist|Sikh|Protestant|Mormon|Jain|CEO|CTO|CFO|COO|VP|PM|QA|HR|IT|OK|ENT|MD|PhD|GP)$/;
const DEMONYM = /(?:ish|ese|ian|ean|ican|nese|can|ch|man)$/;

/** The name by which the speaker introduces themselves, as written; `null` where there is none. */
export function introducedName(raw: string): string | null {
  const named = NAMED.exec(raw)?.[1];
  if (named !== undefined && /^\p{Lu}/u.test(named)) return named;
  const name = INTRODUCED.exec(raw)?.[1];
  if (name === undefined) return null;
  const first = name.split(" ")[0] as string;
  if (NO_NAME.test(first)) return null;
  return first.length > 3 &&
    DEMONYM.test(first) &&
    !/(?:Ian|Christian|Brian|Adrian|Vivian|Lillian|Julian|Sebastian|Fabian|Damian|Norman|Herman|Duncan|Megan|Sean|Dean|Rich|Zach|Mitch)$/.test(
      first,
    )
    ? null
    : name;
}
