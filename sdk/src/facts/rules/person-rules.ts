import { rule, type SlotRule } from "./grammar.ts";

/** Who the speaker is: name, age, birthday, pronouns, origin, languages, standing. */
export const IDENTITY_RULES: readonly SlotRule[] = [
  rule(
    "identity",
    "my (?:full |first |last |middle |real |legal |given |birth |family |maiden |pen |stage |user ?)?(?:name|nickname|surname|username|handle|initials|pronouns?|age|gender|birthday|birth date|date of birth|birthplace|birth year|nationality|citizenship|ethnicity|religion|faith|heritage|ancestry|background|height|weight|shoe size|ring size|dress size|shirt size|clothing size|zodiac sign|star sign|sign|personality type|mbti|native language|first language|mother tongue|native tongue|email|email address|phone number|number|generation|signature|title) {is}",
  ),
  rule(
    "identity",
    "(?:people|friends|everyone|everybody|they|folks|my friends|my family|most people|colleagues|my colleagues) (?:usually |just |all |always |mostly )?(?:calls?|knows?) me",
  ),
  rule(
    "identity",
    "i (?:usually |mostly |just )?(?:go by|am called|am known as|was named|prefer to be called|like to be called|prefer being called|am nicknamed|answer to)",
  ),
  rule(["identity", "instruction"], "(?:call me|address me as|refer to me as)", {
    moods: ["orders", "tells"],
    unless:
      "(?:call me (?:back|later|tomorrow|when|at|on|if|crazy|a)|calls me|called me|would call me|will call me)",
  }),
  rule(
    "identity",
    "(?:i|you can|you may|just|please) (?:use|uses) (?:they/them|she/her|he/him|she/they|he/they|xe/xem|any)(?: pronouns)?|(?:they/them|she/her|he/him|she/they|he/they) pronouns",
    { moods: ["tells", "orders"] },
  ),
  rule(
    "identity",
    "i (?:am|identify as|was born) {adv}(?:a bit of |kind of |something of )?{a}(?:cis |trans |single |proud |straight )?(?:man|woman|guy|girl|female|male|non-?binary|transgender|trans|genderqueer|genderfluid|gay|lesbian|bisexual|queer|asexual|straight|lady|boy|teenager|senior citizen|senior|boomer|millennial|gen[- ]?z(?:er)?|gen[- ]?x(?:er)?|pensioner|adult|minor|introvert|extrovert|introverted|extroverted|ambivert|left-?handed|right-?handed|ambidextrous|lefty|left handed|twin|an? identical twin|triplet|tall|short|bald|redhead|blonde?|brunette|veteran|immigrant|expat|refugee|polyglot|bilingual|trilingual|multilingual|perfectionist|procrastinator|night owl|early bird|early riser|morning person|night person|minimalist|beginner|widower?|orphan|adopted|leo|virgo|libra|scorpio|sagittarius|capricorn|aquarius|pisces|aries|taurus|gemini)",
  ),
  rule(
    "identity",
    "i (?:am|will be|was|just turned|turned|turn|am turning|have turned|will turn|am nearly|am almost|am about to turn|am about) {adv}{number}(?: and a half)?(?: years old| yo| y/o| this| next| in| on| last| today| tomorrow| now| soon| years of age| and|$)",
    {
      unless:
        "(?:{number} (?:percent|%|minutes?|hours?|days?|weeks?|months?|miles?|km|kg|lbs?|pounds|feet|cm|st|nd|rd|th))",
    },
  ),
  rule(
    "identity",
    "i am (?:\\d{1,3}[mf]|in my (?:early |mid |late |mid-|late-|early-)?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|20s|30s|40s|50s|60s|70s|80s))|as a {number}[- ]year[- ]old|i am a {number}[- ]year[- ]old",
  ),
  rule("identity", "i was {adv}born"),
  rule(
    "identity",
    "i am {adv}(?:a |an |part |half |half-|quarter |originally |first generation |second generation |third generation |ethnically |third-generation |second-generation |first-generation )*(?:{nation})(?:[- ](?:{nation}|citizen|national|by birth|by descent|descent))?(?! (?:food|cuisine|restaurant|movies?|music|history|culture|recipe))",
  ),
  rule(
    "identity",
    "i am {adv}(?:a |an )?(?:practicing |practising |devout |non-practicing |lapsed |secular |orthodox |born-again )?(?:christian|catholic|protestant|mormon|muslim|jewish|jew|hindu|buddhist|sikh|atheist|agnostic|quaker|evangelical|baptist|lutheran|methodist|orthodox|taoist|pagan|wiccan|spiritual|religious|bah[aá].i|jehovah's witness|adventist)",
  ),
  rule(
    "identity",
    "(?:i|we) (?:have|hold|got|carry|am getting|am applying for|received) {a}{w2}(?:citizenship|passport|green card|residency|nationality|dual citizenship)|i am a (?:dual )?{w1}citizen",
  ),
  rule(
    "identity",
    "(?:i|we) {adv}(?:speak|spoke|am fluent in|know|understand|read and write|am learning|am studying|grew up speaking|am conversational in|can speak|do not speak|can not speak|am a native|was raised speaking) {w4}(?:{language})|i am (?:bilingual|trilingual|a polyglot)|{language} is my (?:first|second|third|native|mother|main) (?:language|tongue)|i am (?:a )?native {language}|(?:i am )?a native {language} speaker",
  ),
  rule(
    ["identity", "people"],
    "i (?:am|was|just got|got|have been|am getting|am recently|became) {adv}(?:happily |newly |recently )?(?:married|single|divorced|engaged|widowed|separated|a widow|a widower|in a (?:long-distance |serious |committed )?relationship|a newlywed|taken|a bachelor|polyamorous)(?! (?:out|with the))",
  ),
  rule(
    "identity",
    "i (?:am|stand|measure|weigh|wear (?:a )?size|wear (?:an? )?(?:extra )?(?:small|medium|large)|take (?:a )?size) {w3}(?:\\d+(?:[.,]\\d+)?(?:'\\d+)? ?(?:cm|feet|foot|ft|inches|kg|kilos?|lbs?|pounds|stone|meters?|m|tall|pounds)|size \\w+|\\d{1,2}|small|medium|large)(?: |$)",
    { unless: "(?:{number} (?:years|minutes|hours|days|percent)|away|from)" },
  ),
  rule(
    "identity",
    "i (?:have|had|have got) {a}{w2}(?:hair|eyes|freckles|beard|mustache|dimples|accent|twin|tattoo|birthmark|scar|red hair|curly hair|dual nationality)",
  ),
  rule(
    "identity",
    "i (?:immigrated|emigrated|am a descendant|descend|come from a {w2}family|come from a {w2}background|belong to|vote|am registered to vote|served in)",
  ),
  rule(
    "identity",
    "(?:i am|i have been) {adv}(?:a |an )?(?:dyed-in-the-wool |lifelong )?(?:feminist|conservative|liberal|libertarian|socialist|democrat|republican|environmentalist|pacifist|humanist|infp|infj|intj|intp|enfp|enfj|entj|entp|isfp|isfj|istj|istp|esfp|esfj|estj|estp)",
  ),
];

const WITH_US = "(?:i|we|my (?:wife|husband|partner|spouse|girlfriend|boyfriend|family) and i)";

/** The people and animals around the speaker. */
export const PEOPLE_RULES: readonly SlotRule[] = [
  rule(
    "people",
    "(?:my|our) {adj}(?:{kin}|{pet})(?:'s)? (?:{adv}(?:is|was|are|were|has|have|had|named|called|lives?|lived|works?|worked|just|also|turns?|turned|loves?|likes?|hates?|wants?|plays?|studies|studied|goes|went|got|passed|died|runs?|owns?|teaches|makes|moved|needs?|can|will|does|did|do|eats?|sleeps?|enjoys?|prefers?|collects?|speaks?|comes|came|keeps?|starts?|started|graduates?|graduated|cooks?|drives?|and i|name|names|birthday|eyes|fur|breed|age|job|favorite|school|wedding|anniversary|house|side|who|which|from|in|with))",
  ),
  rule("people", "(?:my|our) {adj}(?:{kin}|{pet})(?:'s)?(?: [^ ]+)?", {
    unless: "(?:for|to|with|from|about|like|by|of|at|on|in) (?:my|our) {adj}(?:{kin}|{pet})",
  }),
  rule(
    "people",
    `${WITH_US} {adv}(?:have|had|got|have got|raise|am raising|are raising|adopted|rescued|fostered|foster|own|keep|bought|am expecting|are expecting|expect|lost|babysit|look after|take care of|am looking after|care for|am taking care of|take) {a}{w4}(?:{kin}|{pet})`,
    { unless: "(?:have|had) (?:fish|chicken|duck|rabbit|goat) (?:for|with|and)" },
  ),
  rule(
    "people",
    `${WITH_US} {adv}(?:am|was|are|were|got|have been|am getting|are getting|became) {adv}(?:married to|dating|seeing|engaged to|divorced from|in love with|living with|close to|best friends with|friends with|separated from|related to|a twin|an only child|the (?:oldest|eldest|youngest|middle child|middle)|a (?:new |single |proud |first-time |stay-at-home |foster |great-)?(?:mom|mum|dad|mother|father|parent|grandmother|grandfather|grandma|grandpa|grandparent|stepmother|stepfather|stepdad|stepmom|aunt|uncle|godmother|godfather|godparent|twin|husband|wife|cat person|dog person|dog owner|cat owner|pet owner))`,
  ),
  rule(
    "people",
    `${WITH_US} {adv}(?:live|lived|am living|are living|moved in|share {a}{w2}(?:apartment|flat|house|place|room)|grew up) {w3}with {w3}(?:{kin}|{pet}|[a-z]+)`,
    { unless: "with (?:a|an|the) {w2}(?:{condition})" },
  ),
  rule(
    "people",
    `${WITH_US} {adv}(?:have|had) no (?:siblings|kids|children|family|pets|brothers|sisters|relatives)|i {adv}(?:do not|never) (?:have|want) {w2}(?:{kin}|{pet})`,
  ),
  rule(
    "people",
    "(?:[^ ]+) (?:is|was|are) (?:my|our) {adj}(?:{kin}|{pet})|(?:i|we) (?:am |was |are |were )?(?:named|call|called|nicknamed) {w3}(?:her|him|it|them|my|our)",
  ),
  rule(
    "people",
    "i (?:met|married|proposed to|am meeting|dated|broke up with|am close (?:to|with)|grew apart from|mentor|am mentoring|coach|miss|visit|call|talk to|facetime|volunteer with|adore|admire|am named after|was named after|look up to|take after) {w3}(?:{kin}|{pet})",
  ),
];
