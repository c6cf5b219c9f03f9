import { rule, type SlotRule } from "./grammar.ts";

/** Praise of the talk itself, or of something at hand: no lasting taste. */
const AT_HAND =
  "(?:it|this|that|these|those|you|your|how you|what you|the (?:idea|ideas|answer|way|sound|first|second|third|last|look|one|option|suggestion|plan|result|output|response|new version|draft|code)|to (?:know|see|hear|ask|get|understand|learn more|thank|say|point)|if you|when you|for you)";
/** What "I prefer" speaks of where it is the assistant's way of answering. */
export const ANSWER_PREFERENCE =
  "i {adv}(?:prefer|like|love|want|appreciate|value|enjoy|hate|dislike|need|find|do not (?:like|want|need|enjoy)) {adv}(?:your |my |all |to get |to have |getting |to see |seeing |it when your |when your )?{w2}(?:(?:{core})|(?:your |all )(?:{answer}))";

const FOND =
  "(?:love|like|enjoy|adore|cherish|treasure|dig|fancy|am into|am really into|got into|have gotten into|am getting into|have been getting into|am fond of|am passionate about|am crazy about|am mad about|am nuts about|am obsessed with|am keen on|am interested in|am hooked on|am addicted to|am in love with|fell in love with|am a sucker for|have a soft spot for|have a weakness for|have a passion for|have a thing for|can not get enough of|could [^ ]+ (?:[^ ]+ ){0,3}all day|live for|appreciate|admire|never miss|look forward to|am fascinated by|find joy in|take pleasure in|am drawn to|geek out over|geek out about|nerd out (?:on|about|over)|get excited about|swear by|am happiest|feel happiest|feel most alive|relax by|unwind by|unwind with|relax with|have fun|get a kick out of|thrive on|crave|am all about|gravitate toward|gravitate towards|am partial to|delight in|never get tired of|have loved|have always loved|have always enjoyed|have been loving|grew to love|learned to love|am enamored with|am captivated by|worship|rewatch|reread|binge|binge-watch|am loving|am enjoying)";

export const LIKE_RULES: readonly SlotRule[] = [
  rule("like", `(?:i|we) {adv}${FOND}`, {
    unless: `(?:(?:do not|did not|would|not|never|no longer|used to) {adv}${FOND}(?! all day)|${FOND} ${AT_HAND}|i would {adv}(?:like|love|appreciate))`,
  }),
  rule("like", "(?:i|we) {adv}prefer", {
    unless: `${ANSWER_PREFERENCE}|prefer (?:it|that you|you|to be called|being called)|would prefer`,
  }),
  rule(
    "like",
    "(?:my|our) (?:all-?time |absolute |current |personal |other |number one )*(?:favorite|hobby|hobbies|passion|passions|pastime|pastimes|guilty pleasure|go-to|comfort (?:food|show|movie|film|read)|happy place|thing|jam|obsession|love|idea of (?:fun|a \\w+|relaxing)|interests?|taste|bucket list|dream) {w4}{is}",
    { unless: "my (?:first |other )?thing is|my love is|least favorite" },
  ),
  rule("like", "(?:my|our) (?:all-?time |absolute |personal )?favorite", {
    unless: "least favorite|(?:for|to|with|about|of) my favorite",
  }),
  rule(
    "like",
    "[^ ]+ {w4}(?:is|are|was|were) (?:one of )?(?:my|our) (?:all-?time |absolute |personal )?(?:favorite|passion|hobby|jam|thing|guilty pleasure|happy place|obsession|cup of tea|first love)",
    { unless: "(?:not|never|hardly) (?:one of )?(?:my|our)" },
  ),
  rule(
    "like",
    "i am {adv}(?:a |an |such a |quite a |one of those |the biggest )?(?:(?:huge|big|massive|lifelong|avid|keen|die-?hard|passionate|total|real|complete|serious|amateur|hobby|casual|devoted|bit of a|true|proud|self-confessed|lover|major|longtime|weekend|enthusiastic|occasional|devout) )*{w3}(?:fan|lover|enthusiast|addict|buff|geek|nerd|junkie|aficionado|fanatic|hobbyist|collector|gamer|reader|bookworm|hiker|runner|cyclist|climber|swimmer|surfer|skier|gardener|birder|birdwatcher|foodie|cinephile|movie buff|audiophile|photographer|traveler|traveller|baker|knitter|home cook|painter|night owl|person|homebody|crafter|camper|angler|dancer|singer|maker|tinkerer|stargazer|moviegoer|concertgoer|board gamer|coffee snob|wine snob|supporter|follower)",
    {
      unless:
        "i am not|(?:a |the |this |that |one )?(?:people person you|person (?:who (?:is|was)|in charge|of contact|to))|kind of person|type of person",
    },
  ),
  rule(
    "like",
    "(?:i|we) {adv}(?:collect|am collecting|support|root for|cheer for|follow|listen to|am listening to|watch|am watching|read|am reading|practice|practise|bake|knit|crochet|sew|quilt|paint|draw|sketch|garden|hike|camp|fish|hunt|climb|surf|ski|snowboard|skate|swim|run|jog|cycle|bike|sail|kayak|dance|sing|meditate|journal|birdwatch|stargaze|forage|brew|box|fence|sculpt|juggle|volunteer|geocache|woodwork|scuba dive|dive|do pottery|do yoga|row|golf|tinker with|tinker|restore|binge|stream|geek)(?: |$)",
    {
      unless:
        "(?:run (?:a|an|my|the|our|into|out|it|this|that|windows|linux|on)|follow (?:you|up|this|that|the (?:steps|instructions|logic))|read (?:that|the|it|this|your|somewhere|about|an article)|watch (?:out|my)|practice (?:law|medicine|as)|support (?:you|this|that|users|the team|customers)|draw (?:a|the) (?:line|conclusion)|box (?:up|it)|dive into|row (?:\\d+|a)|run$|skate around|(?:do not|did not|never|no longer|used to) {adv}[^ ]+|stream (?:data|logs)|sail through|am reading (?:this|your|that)|fish for)",
    },
  ),
  rule(
    "like",
    "(?:i|we) {adv}(?:play|am playing|played|do|am doing|practice|go|went|go to|started|took up|have taken up|picked up|am learning|have started|have been doing|have been learning|am taking|am training for|have been playing|train|train in|teach myself|am teaching myself|am learning to|learned to|joined|am part of|am in|compete in|spend \\w+ \\w+|train for) {a}{w2}(?:{leisure})",
    {
      unless:
        "(?:do not|did not|never|no longer|used to) {adv}(?:play|do|go|practice)|go (?:to|back|on|with|for it|ahead|through|over|into)",
    },
  ),
  rule(
    "like",
    "(?:in|during|on|for) (?:my|the|our) (?:spare|free|down|off|leisure)[- ]?(?:time|hours|days)|in my downtime|for fun i|(?:on|most|every|our|my|during the|at the) (?:weekends?|saturdays?|sundays?|friday nights?|sunday mornings?|saturday mornings?|evenings?|day off|days off)(?: mornings?| nights?| afternoons?)? (?:i|we|are for|usually|is)|i spend (?:my|most|a lot of|every|hours|entire|whole|too much|all my|each) {w4}(?:weekends?|evenings?|time|days?|hours?|nights?|summers?|winters?|mornings?|saturdays?|sundays?|on|[a-z]+ing)",
    {
      unless:
        "spend (?:most|too much|a lot of|all) (?:of )?(?:my )?time (?:in meetings|at work|debugging|commuting)",
    },
  ),
  rule(
    "like",
    "(?:nothing (?:beats|is better than|makes me happier|relaxes me|compares to)|there is nothing (?:better than|i (?:love|like|enjoy))|[^ ]+ {w4}(?:makes|make|made) (?:me (?:so |very |really )?(?:happy|smile|laugh|relaxed|calm|feel (?:alive|at home|calm|good|at peace|relaxed))|my day)|[^ ]+ {w4}(?:relaxes|calms|fascinates|thrills|excites|inspires|energizes|recharges|delights|brings? me joy|is my escape|is how i (?:relax|unwind|recharge)|clears my (?:head|mind))(?: me)?|i (?:am|feel) (?:happiest|most alive|at peace|most relaxed) (?:when|in|on|at|with)|if i could i would|i dream (?:of|about)|i have always (?:wanted|dreamed)|i want to (?:learn|visit|try|see|travel|master)|i hope to|i would love to (?:learn|visit|try|see|travel|go|own|live))",
  ),
];

const AVERSE =
  "(?:hate|dislike|detest|loathe|despise|abhor|resent|dread|fear|can not stand|can not bear|could not stand|can not abide|can not tolerate|can not deal with|can not handle|do not like|do not love|do not enjoy|do not care for|do not much care for|do not want|did not like|did not enjoy|never liked|never enjoyed|have never liked|have never enjoyed|have never been (?:a fan of|into|fond of|much of)|am not (?:a |much of a |really a |a big |such a |into|fond of|big on|keen on|crazy about|wild about|interested in|that into|comfortable with|good with)|am no fan of|do not (?:get|see) the appeal|find \\w+ (?:boring|annoying|tedious|gross|disgusting|dull|overrated|stressful)|am (?:\\w+ )?(?:sick of|tired of|fed up with|bored of|bored by|over|afraid of|scared of|terrified of|frightened of|annoyed by|irritated by|bothered by|allergic to people|squeamish about|uncomfortable (?:with|in|around)|petrified of|weary of|creeped out by|grossed out by|put off by|turned off by|nervous (?:about|around))|have a (?:fear|phobia|strong dislike) of|have no (?:patience|interest|time|love|tolerance) (?:for|in)|get (?:annoyed|irritated|anxious|bored|stressed|nervous|overwhelmed|cranky|grumpy) (?:by|when|with|in|at|around)|could (?:do|live) without|can do without|would rather (?:not|die|skip|stay)|lose my patience|try to avoid|go out of my way to avoid|avoid|stay away from|steer clear of|refuse to|will not (?:watch|read|go|listen|eat|wear|set foot)|never (?:watch|read|go|listen|wear|want)|cringe (?:at|when)|am put off by|used to (?:love|like|enjoy)|no longer (?:like|enjoy|love)|am sensitive to (?:noise|loud)|struggle to enjoy|am done with|regret)";

export const DISLIKE_RULES: readonly SlotRule[] = [
  rule("dislike", `(?:i|we) {adv}${AVERSE}`, {
    unless: `(?:(?:hate to (?:ask|bother|say|break)|do not want (?:to (?:bother|be|get|use|do|have|go|make|lose|waste|spend)|it|you|this|that)|(?:like|enjoy|want) (?:it|this|that|your|how you|the way you|the (?:first|second|last|answer|idea|option))$)|am over (?:\\d|the (?:moon|age))|am (?:not )?tired of waiting for you|i would hate|am not a (?:doctor|lawyer|robot|native|expert|citizen)|am not (?:a |an )(?:{job}))`,
  }),
  rule(
    "dislike",
    `(?:[^ ]+ {w4}(?:is|are|was|were) (?:not|never|really not|just not|so not|hardly) (?:really )?(?:my (?:thing|favorite|cup of tea|style|jam|taste|strong suit|idea of fun|scene|speed)|for me|something i enjoy)|[^ ]+ {w4}(?:annoys?|irritates?|bores?|bothers?|scares?|terrif(?:y|ies)|frightens?|creeps?|disgusts?|infuriates?|exhausts?|stress(?:es)?|drains?|depress(?:es)?|overwhelms?|repulses?|bugs?) me|[^ ]+ {w4}(?:drives?|drove|makes?|gives?|creeps?|gross(?:es)?|stress(?:es)?|freaks?|turns?|puts?|wears?|bores?) me (?:crazy|mad|nuts|insane|up the wall|angry|cringe|uncomfortable|gag|anxious|nervous|furious|shudder|the creeps|out|off|to tears|down|want to scream|feel (?:sick|trapped|uneasy|uncomfortable))|[^ ]+ {w4}(?:gets?|got) (?:on my nerves|under my skin|old)|[^ ]+ {w4}(?:leaves? me cold|is the worst|rubs? me the wrong way))`,
  ),
  rule(
    "dislike",
    "my (?:least favorite|pet peeves?|biggest (?:pet peeve|fear|phobia|turn-?off|annoyance|complaint|gripe)|worst (?:fear|nightmare)|bugbear|phobia|fear of|nemesis|dislikes?|aversion|deal-?breakers?)|(?:one|a|another|the) (?:thing|kind|sort|type) {w2}i (?:hate|can not stand|dislike|can not bear|avoid|do not like|loathe)|i have (?:a|an) (?:\\w+ )?(?:aversion|fear|phobia|dislike|hatred)|give me (?:anything|everything) but|anything but",
  ),
];
