import { rule, type SlotRule } from "./grammar.ts";

/** Job, employer, school, studies. */
export const WORK_RULES: readonly SlotRule[] = [
  rule(
    "work",
    "(?:i|we) {adv}(?:work|worked|am working|was working|have been working|will be working|have worked|am self-employed|freelance|freelanced|am freelancing|consult|moonlight|intern|interned|am interning|temp|am employed|was employed|do shift work|do freelance|volunteer|am volunteering|volunteered|telecommute|am contracting)(?: {adv}(?:as|at|for|in|with|on|from|remotely|nights|days|shifts|part-time|full-time|freelance|part time|full time|weekends|the|a|an|night|\\w+ (?:hours|shifts|days))|$)",
    {
      unless:
        "(?:work out|works out|working out|working on (?:it|this|that)|work on (?:it|this|that)|worked for me|work for me)",
    },
  ),
  rule(
    "work",
    "(?:i am|i was|i have been|i became|i am training to be|i want to be|i am studying to be|i trained as|i qualified as|i retired as|i used to be|i started as|i got hired as|i am hoping to become|i will be|as|i am now|i am currently|i am working towards becoming|i am about to become|i just became) {adv}(?:a |an |the |head |chief |lead |one of the )?{w3}(?:{job})",
    {
      unless:
        "i am not|as (?:a|an|the) {w3}(?:{job})(?! )$|(?:the|your|his|her|their) {w2}(?:host|owner|server|model|captain)|as (?:soon|much|far|if|long|well)",
    },
  ),
  rule(
    "work",
    "(?:i am|i was|i have been|i became|i just|i recently|i am about to be|i will be|i am newly|i got|i am going to be) {adv}(?:got |gotten |been )?(?:retired|unemployed|self-?employed|employed|between jobs|out of work|laid off|fired|made redundant|promoted|hired|on parental leave|on maternity leave|on paternity leave|on sabbatical|job hunting|job-hunting|looking for (?:a )?(?:new )?(?:job|work|position|role)|furloughed|in (?:sales|marketing|finance|it|tech|healthcare|education|hr|retail|logistics|construction|real estate|hospitality|advertising|publishing|journalism|law|medicine|banking|consulting|insurance|academia|government|the (?:army|navy|military|air force|marines|police|film industry|\\w+ (?:industry|business|sector|field)))|in charge of|responsible for|on call|semi-retired|tenured|in (?:grad|law|med|medical|nursing|high|middle|business|art|trade|graduate) school|in college|in (?:my )?(?:first|second|third|fourth|final|last|freshman|sophomore|junior|senior) year|in (?:my )?(?:\\w+ )?semester|at (?:university|uni|college)|homeschooled|in (?:the )?\\w+ grade)",
  ),
  rule(
    "work",
    "(?:my|our) {w3}(?:job|jobs|boss|manager|company|employer|office|workplace|startup|start-up|business|firm|career|colleagues?|co-?workers?|salary|paycheck|shifts?|clients?|role|position|profession|occupation|title|job title|internship|apprenticeship|industry|team|department|day job|side hustle|side gig|side project|work|work schedule|work hours|desk job|bakery|shop|store|restaurant|practice|clinic|studio|agency|line of work|specialty|field|major|minor|degree|thesis|dissertation|university|college|school|course|courses|classes|professor|advisor|phd|masters?|master's|bachelor's|coursework|students|classroom|research|lab|graduation|gpa|grades|alma mater|contract|cv|resume|portfolio|commute|patients|customers|employees) (?:{adv}(?:is|was|are|were|has|have|had|requires?|involves?|starts?|started|ends|ended|pays?|makes?|lets?|focuses|focus|wants?|moved|went|got|just|uses?|does|do|sells?|consists?|keeps?|will|called|named|at|in|as|gave|allows?|closed|laid|begins?|demands?|means|runs?|needs?|builds?|offers?|specializes|expects?|takes?|says))",
    { unless: "(?:my|our) (?:team|work) (?:is|was) (?:done|wrong|losing|winning)" },
  ),
  rule(
    "work",
    "(?:i|we) {adv}(?:run|own|founded|co-founded|cofounded|started|am starting|opened|am opening|manage|am managing|lead|am leading|supervise|direct|head|launched|am launching|operate|sold|am building|built|bootstrapped|set up) (?:my |a |an |the |our |two |three |own |small |little |new )*{w3}(?:company|business|startup|start-up|shop|store|restaurant|cafe|café|coffee shop|bakery|team|department|agency|studio|farm|firm|practice|clinic|bar|brewery|salon|gym|blog|podcast|channel|newsletter|nonprofit|non-profit|charity|school|project|website|franchise|food truck|consultancy|group|lab|people|engineers|developers|employees|etsy \\w+|bookstore|bookshop|gallery|hotel|bed and breakfast|b&b|garage|dealership|nursery|daycare|division|branch|app|saas|side business|side hustle)",
  ),
  rule(
    "work",
    "i {adv}(?:just |recently )?(?:got|landed|accepted|took|started|am starting|start|have|had|quit|left|lost|am leaving|am quitting|applied for|am applying for|switched|changed|hold|am looking for|am interviewing for|was offered|got offered|found|turned down|am in|resigned from|hate|love|enjoy|am up for) {a}{w4}(?:job|position|role|promotion|offer|internship|gig|residency|fellowship|apprenticeship|contract|career|day job|desk job|office job|raise|jobs|careers|pay rise|side hustle|side gig|postdoc|placement)",
  ),
  rule(
    "work",
    "(?:i|we) {adv}(?:study|studied|am studying|was studying|have been studying|major|majored|am majoring|minor|minored|minoring|graduated|graduate|am graduating|will graduate|dropped out|attend|attended|am attending|enrolled|am enrolled|am doing (?:a|my)|am pursuing|am getting (?:a|my)|am finishing|finished (?:a|my)|am working on (?:a|my)|did my|hold a|hold an|earned|am writing my|am in|took|am taking|am training|completed|defended|am defending|transferred|am applying to|got accepted|got into|went to|go to) {w6}(?:in|at|from|of|to|with|degree|bachelor'?s?|masters?|master'?s|phd|doctorate|mba|diploma|certificate|certification|ged|university|uni|college|school|academy|bootcamp|thesis|dissertation|course|courses|class|classes|physics|chemistry|biology|mathematics|math|maths|law|medicine|economics|engineering|history|philosophy|psychology|nursing|accounting|architecture|art|music|literature|computer science|business|marketing|finance|linguistics|sociology|geology|statistics|anthropology|education|design)(?: |$)",
    {
      unless:
        "(?:went|go|got into|am in|took|am taking|transferred|got) {w6}(?:in|at|from|of|to|with) (?!{w2}(?:school|college|university|uni|academy|bootcamp|class|classes|course|degree))|(?:go|went) to (?:the|a|an) ",
    },
  ),
  rule(
    "work",
    "i {adv}(?:teach|taught|am teaching|lecture|nurse|tutor|am tutoring|code|program|design|sell|farm|drive a (?:truck|bus|taxi|cab|van|forklift)|do research|research|edit|translate|write (?:novels|software|code|articles|copy|for|about)|bartend|wait tables|clean|deliver|repair|build|specialize|specialise|invest in|train|coach|manage|supervise|audit|report to|commute|clock in|am paid|retired (?:from|as|after|at|early|in)|earn|make (?:a living|my living)|do (?:data|software|web|graphic|customer|accounting|sales|marketing|hr|legal|construction|landscaping|carpentry|plumbing)|am on the night shift|am a full-time|am a part-time|have (?:a|an) (?:\\w+ )?(?:degree|phd|mba|diploma|license|certification)|have (?:been )?(?:\\w+ )?(?:years|decades) (?:of experience|in|as|at))(?: |$)",
    {
      unless:
        "(?:program$|build (?:it|this|that)|clean$|design$|train (?:my (?:dog|puppy)|for|in)|coach$|research$|report to you|repair$)",
    },
  ),
  rule(
    "work",
    "(?:at|in|for) (?:my|our|the) (?:current |new |old |last )?(?:office|company|job|workplace|firm|lab|shop|clinic|agency|day job|hospital|university|college) (?:i|we)|(?:at|for) work (?:i|we)|(?:i am|we are) {adv}(?:the )?(?:only |sole |lead |head )?(?:\\w+ )?(?:employed by|employee|intern at|contractor for|partner at|fellow at|engineer at|developer at|head of|director of|vp of|manager of|president of|founder of|owner of|member of the board)|i (?:am|work) (?:with|at|for) [a-z]+ as|i (?:am|was) (?:on|in) (?:the )?[^ ]+ (?:team|department|faculty|board)",
  ),
];

const DWELL =
  "(?:live|lived|am living|have lived|have been living|used to live|reside|am based|am located|am staying|am settled|settled|stay|moved|am moving|will be moving|relocated|am relocating|grew up|was raised|was born|was born and raised|am from|come from|am originally from|came from|hail from|am an expat|emigrated|immigrated|spent (?:my childhood|my teens|\\w+ years|\\w+ months|\\w+ decades)|call|have settled|am native to|just moved|recently moved|split my time|am stationed|rent|am renting|winter|summer|commute|am a local|have (?:roots|family)|am a resident)";

/** Where the speaker is, comes from and goes. */
export const PLACE_RULES: readonly SlotRule[] = [
  rule(
    "place",
    `(?:i|we|my (?:family|wife|husband|partner|girlfriend|boyfriend) and i) {adv}${DWELL}(?: {w6}(?:in|to|from|at|near|on|between|outside|by|here|abroad|of|with|over|alone|around|downtown|close|next|home|out|off|along|across|above|below|within|up|rent)(?: |$)|$)`,
    {
      unless:
        "(?:stay (?:calm|up|awake|home (?:sick|today|tonight)|focused|in shape|tuned|on (?:top|track|task))|moved (?:on|by|to tears)|moving (?:on|forward)|i live (?:for|with)|have a (?:question|problem|issue|bug|meeting|function|file|list|table|class|string|lot|feeling|look|go|hard|great|good|bad|\\w+ (?:on|to))|own a {w2}(?:on|of)|i call (?:it|the|a|my (?:mom|dad|friend))|come from (?:that|this|the same)|am from now)",
    },
  ),
  rule(
    "place",
    "(?:my|our) {w2}(?:hometown|home town|home|city|town|neighbou?rhood|apartment|flat|house|place|address|village|country|home country|birthplace|time ?zone|commute|zip code|postcode|zip|postal code|street|block|district|region|state|county|home base|dorm|farm|cabin|local (?:park|library|gym|airport|station|cafe|pub|beach|grocery store)|nearest \\w+|office|desk|room|studio|backyard|building|rent|landlord|roots|current location|location|homeland) {adv}(?:is|was|are|has|sits|overlooks|looks|in|takes?|gets?|faces|on|lies|came|come|will be)",
    { unless: "(?:my|our) (?:room|desk|office|place) is (?:messy|clean|a mess|dirty)" },
  ),
  rule(
    "place",
    "(?:i|we) {adv}(?:am|are|come|came|hail|was) {adv}from {w1}[^ ]+|(?:i|we) {adv}(?:own|have|rent|bought|built|share|inherited|am buying|are buying) {a}{adj}(?:house|apartment|home|place|flat|condo|cabin|cottage|farm|studio|townhouse|room) {w3}(?:in|near|on|by|outside|at|overlooking)",
    { unless: "from (?:now|work|scratch|what|this|that|the (?:start|beginning|same|other))" },
  ),
  rule(
    "place",
    "home (?:is|for me is|base is|sweet home is)|where i (?:live|am from|grew up)|(?:i|we) {adv}(?:call) {w4}home|(?:born|born and raised|raised|living|based) in {w1}[^ ]+|(?:i am|we are) {adv}(?:in|at|near|on the|based out of) (?:the )?(?:{w1}time zone|utc|gmt|est|pst|cst|mst|cet|bst|ist|east coast|west coast|midwest|countryside|suburbs|city|south|north|bay area|mountains|desert|tropics|island|southern hemisphere|northern hemisphere)|i am (?:on )?(?:utc|gmt|est|pst|cst|mst|cet|bst|ist|eastern|pacific|central|mountain) ?(?:time)?",
  ),
  rule(
    "place",
    "(?:i|we) {adv}(?:travel|traveled|travelled|fly|flew|drive|drove|go|went|head|commute|take the (?:bus|train|subway|metro|ferry|tram)|ride|cycle|walk|vacation|visit|visited|have visited|have been|spent|spend (?:every|my|the|our|most|each|a) \\w+|honeymooned|backpacked|camp|camped|studied abroad|toured|return|returned) (?:{w4}(?:to (?:work|[a-z]+ every|see my|visit)|in|abroad|to|around|through|across|via) ?[^ ]*)",
    {
      unless:
        "(?:go (?:to (?:bed|sleep|the|a|an)|in|through|back|with|over|ahead|into|on)|went (?:to (?:bed|sleep|the|a)|through|in|back|over)|have been (?:to (?:busy)|in (?:a|the|my)|through)|visit (?:the|a|this|your) (?:site|page|website|link)|walk (?:me|through)|return (?:to|the|a|in)|head (?:to the|in)|ride (?:a|my)|spend (?:my|the|most) (?:time|money))",
    },
  ),
  rule(
    "place",
    "(?:i am|we are|i was|i will be) {adv}(?:visiting|traveling|travelling|staying|living|stuck|stationed|vacationing|on vacation|on holiday|studying abroad|backpacking|flying|moving) (?:in|to|from|at|near|around|through|with|abroad|across|out)|i {adv}(?:prefer|like|choose|always (?:pick|choose|book)|fly|book|need) {w3}(?:window seats?|aisle seats?|economy|business class|first class|hostels?|hotels?|airbnbs?|carry-on|night trains?|direct flights?|red-?eyes?|layovers?)|i (?:park|bank|shop|vote|worship|go to church|go to the gym|go to school|get my groceries|walk my dog) (?:at|in|on|near)",
  ),
];

/** What the speaker owns and uses. */
export const POSSESSION_RULES: readonly SlotRule[] = [
  rule(
    "possession",
    "(?:my|our) {adj}[^ ]+ (?:{adv}(?:is|are) (?:broken|out of order|(?:a|an) (?:19|20)\\d\\d|from (?:19|20)\\d\\d|brand[- ]new|second-?hand|leaking|in the (?:shop|garage)|made of)|broke|broke down|won't start|will not start|will not turn on|stopped working|died|needs (?:a new|new|repair|repairs|fixing|replacing|servicing))",
    { unless: "(?:my|our) {adj}(?:{body}|{kin}|{pet}|heart|code|build|page|site|test|script) " },
  ),
  rule(
    "possession",
    "(?:i|we) {adv}(?:own|owned|inherited|lease|am leasing|leased|am the owner of|possess|collect|restored|am restoring|drive|ride|drove)(?: (?:a|an|my|the|our|two|three|several|some|both|one|only|many|lots|no|\\w+) )",
    {
      unless:
        "(?:drive (?:to|me|him|her|them|from|for|home|in|through|down|past|over|around|safely|slowly)|ride (?:to|with|in|home|my luck|the (?:bus|train|subway|metro|tram))|drove (?:to|me|him|her|home|in|through|down|from|past)|own (?:up|it|this|that|the (?:mistake|problem))|on my own|of my own)",
    },
  ),
  rule(
    "possession",
    "(?:i|we) {adv}(?:have|had|have got|got|just got|bought|have bought|purchased|ordered|am buying|use|am using|play|wear|upgraded to|switched to|traded in|sold|am selling|built|am building|got rid of|replaced|received|was given|was gifted|keep|installed|have installed|rent|put in|lost|broke|picked up|splurged on|treated myself to|saved up for|am saving for|pre-ordered|run|grow|maintain) {a}{w4}(?:{thing})(?: |$)",
    {
      unless:
        "(?:have (?:a|an|the) {w4}(?:game|match|appointment|meeting)|ring (?:you|me)|broke (?:my|the) {w1}watch over|play house|keep (?:watch|house)|use (?:a|an|the) (?:ring|switch|server|router|lens) (?:to|for|in)|run (?:a|an|the) (?:server|studio|farm|library))",
    },
  ),
  rule(
    "possession",
    "(?:my|our) (?:{w3})(?:{thing})(?:'s)? (?:{adv}(?:is|was|are|were|has|have|had|runs?|broke|needs?|keeps?|does|died|got|came|'s|uses?|can|will|just|makes?|takes?|sits|gets?|seats|named|won't|plays?|model|brand|color))",
    { unless: "(?:in|on|at|from|to|with|for|of|near) (?:my|our) (?:{w3})(?:{thing})" },
  ),
  rule(
    "possession",
    "(?:i|we) {adv}(?:bought|purchased|ordered|got (?:myself|ourselves)|own|treated myself to|picked up|splurged on|am saving up for|inherited|was given|received) (?:a|an|my|our|the|two|three|some|new|\\w+) {w1}[^ ]+|i subscribe to|i have (?:a|an) {w2}(?:subscription|membership|account|plan) (?:to|with|at|for)",
    {
      unless:
        "(?:got (?:a|an|the|my) (?:question|problem|job|call|email|cold|flu|headache|ticket|feeling|idea|error)|received (?:a|an|the|my) {w1}(?:email|call|message|letter|error|offer|answer))",
    },
  ),
];

const PLAN =
  "(?:am going|are going|am flying|are flying|am traveling|are traveling|am travelling|are travelling|am moving|are moving|am getting|are getting|am starting|start|starts|am visiting|are visiting|am leaving|leave|are leaving|am taking|am attending|are attending|am hosting|are hosting|am planning|are planning|am running|am meeting|are meeting|am seeing|are seeing|am having|are having|am throwing|are throwing|am giving|am presenting|am speaking|am performing|am competing|am celebrating|are celebrating|am graduating|am retiring|am due|am expecting|will|will be|am about to|plan to|am supposed to|need to|have to|am scheduled|am scheduled to|signed up|am signed up|registered|booked|have booked|reserved|scheduled|have scheduled|set up|am invited|was invited|got invited|agreed to|promised to|am picking up|am driving|fly|fly out|depart|arrive|land|return|renew|sit|defend|submit|turn in|must|am officiating|am training for|have tickets|have a ticket|got tickets|bought tickets|have plans|are closing|am closing|am defending|am submitting|am interviewing|am volunteering|am babysitting|move|moved|got married|got engaged|graduated|retired|started|quit|adopted|finished|launched|ran|went|visited|attended|saw|met|had|celebrated|hosted|completed|signed|bought|passed|failed|won|lost)";

/** Appointments, trips, deadlines, anniversaries; also what lately happened. */
export const EVENT_RULES: readonly SlotRule[] = [
  rule(
    "event",
    "(?:my|our) {adj}(?:{kin}) (?:is|are|will be|got|just got) {adv}(?:getting married|graduating|turning {number}|visiting|coming|moving|having|starting|due|arriving|flying|retiring|getting|leaving|celebrating|performing) {w6}(?:{time})",
  ),
  rule(
    "event",
    "(?:i|we|i also|i still) {adv}(?:have|have got|had|got|am having|will have|booked|scheduled|am scheduled for|set up|signed up for|registered for|am going to|are going to|am attending|am hosting|are hosting|am planning|are planning|am invited to|was invited to|am preparing for|am training for|am studying for|need to prepare for|am organizing|am organising|are organizing|am throwing|am running|am in|am catching|rescheduled|moved|postponed|cancelled|canceled|missed|am saving for|am looking forward to|have tickets (?:to|for)|am speaking at|am presenting at|am giving|am performing in) {a}{w4}(?:{happening})(?: |$)",
    {
      unless:
        "(?:have (?:a|an|the|my|some) {w2}(?:test|tests|dates?|show|play|move|match|race|review|operation|procedure|lease|contract|talk|dinner|lunch|talks|party)(?: (?:suite|case|file|script|class|string|column|field|function|that (?:fails|checks)|failing)))",
    },
  ),
  rule(
    "event",
    "(?:my|our|the) {w4}(?:{happening}) {adv}(?:is|are|was|were|will be|falls|fall|starts?|begins?|got|has been|have been|ends?|takes place|comes up|is coming|leaves|departs|lands|arrives|gets|expires|comes|moved|runs out|happens|on) {w6}(?:{time}|scheduled|moved|postponed|rescheduled|cancelled|canceled|booked|coming up|due|at|on|in)(?: |$)",
  ),
  rule("event", `(?:i|we) {adv}${PLAN} {w6}(?:{time})(?: |$)`, {
    unless:
      "(?:have to|need to|must|will) (?:know|ask|understand|find out|see|think|be (?:honest|clear))",
  }),
  rule(
    "event",
    `(?:i|we|my {w2}(?:{kin})) (?:{w6})(?:due|due date|appointment|deadline|anniversary|wedding|surgery|interview|exam|flight|birthday|graduation|baby|party|trip) {w4}(?:{time})(?: |$)`,
  ),
  rule(
    "event",
    "(?:on|in|by|next|this|tomorrow|tonight|every|last|yesterday) {w4}(?:i|we) (?:{adv}(?:have|am|are|will|need|must|start|fly|leave|move|get|go|went|had|got|meet|visited|celebrate|host|begin|plan|see|turn|return|travel|ran|moved|met|take)) {w6}(?:{happening}|to|for|with|at|my|our|a|an|the|married|engaged)(?: |$)",
    {
      unless:
        "in (?:this|that|order|case|general|fact|short|the (?:end|code|file|function|past|morning|evening))|every (?:time|day|morning|night|evening) ",
    },
  ),
  rule(
    "event",
    "(?:{happening}) {is} {w3}(?:{time})|(?:i|we) {adv}(?:got|are getting|am getting|will get|were|was) (?:married|engaged|divorced|promoted) {w3}(?:{time}|soon)|(?:my|our|the) (?:baby|rent|assignment|essay|paper|project|report|tax(?:es)?|taxes|thesis|dissertation|mortgage|application|visa|passport|lease|contract|subscription|license|manuscript|proposal) {w2}(?:is|are) {adv}(?:due|expires|expiring|up|ends|renews)",
  ),
  rule(
    "event",
    "(?:my|our) {w3}(?:birthday|anniversary|wedding|due date|graduation|deadline|flight|surgery|exam|interview) (?:is|was|are|falls)",
  ),
];
