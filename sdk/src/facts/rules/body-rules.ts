import { rule, type SlotRule } from "./grammar.ts";

const NOT_FOOD = "(?:that|this|it|my (?:words|hat|heart)|idea|code|out|up)";

/** Health: what the body cannot take, has, or is treated for. */
export const HEALTH_RULES: readonly SlotRule[] = [
  rule(
    "health",
    "(?:i|we) {w6}(?:allergic|anaphylactic|hypersensitive|intolerant) (?:to|of)|(?:i am|i have been|i became|i am also) {w4}(?:allergic|anaphylactic|hypersensitive|intolerant)",
  ),
  rule(
    "health",
    "(?:my|i have {a}|i have got {a}|i developed {a}|i suffer from {a}|i was born with {a}|because of {a}|due to {a}) ?{w4}(?:allerg(?:y|ies)|intolerances?|sensitivit(?:y|ies)|epipen|epi-pen)",
  ),
  rule(
    "health",
    "i {adv}(?:carry|need|keep|have|use|wear|got) {a}{w3}(?:epipen|epi-pen|inhaler|cpap|hearing aids?|glasses|contact lenses|contacts|bifocals|pacemaker|insulin pump|prosthe\\w+|wheelchair|walker|cane|crutches|brace|knee brace|orthotics|insoles|walking stick|medical alert bracelet|stoma|retainer|night guard|glucose monitor)",
  ),
  rule(
    "health",
    "i {adv}(?:get|got|have|had|break out in|come out in|end up with|suffer|suffered|develop|developed|feel) {w4}(?:hives|rash|rashes|migraines?|headaches?|nauseous|nausea|dizzy|seasick|carsick|car sick|sea sick|airsick|motion sick|motion sickness|seasickness|bloated|itchy|cramps|palpitations|heartburn|acid reflux|panic attacks?|nosebleeds|vertigo|jet-?lagged|faint|out of breath|winded|sunburn\\w*|sick (?:from|when|on|if|after|in))",
  ),
  rule(
    "health",
    "(?:{w6}(?:makes?|made|gives?|gave|triggers?|triggered|upsets?|upset|aggravates?|flares? up|hurts?|irritates?|worsens?|inflames?|swells?) (?:me |my )(?:{w3}(?:sick|ill|nauseous|dizzy|itch|itchy|wheeze|sneeze|bloated|queasy|swell|faint|throw up|migraines?|headaches?|hives|rash|heartburn|indigestion|anxiety|palpitations|jittery|{body}|{condition})))",
  ),
  rule(
    "health",
    "(?:i|we) {adv}(?:have|had|have got|got|suffer from|suffered from|struggle with|struggled with|live with|am living with|lived with|deal with|am dealing with|cope with|battle|am battling|manage|am managing|was diagnosed with|have been diagnosed with|got diagnosed with|am diagnosed with|was born with|developed|experience|am prone to|am recovering from|recovered from|am fighting|beat|survived|carry|am being treated for|get treated for|am getting over|inherited|was just diagnosed with|have recently been diagnosed with|caught) {a}{w4}(?:{condition})",
  ),
  rule(
    "health",
    "i (?:am|was|have been|became|am currently|am now|am also|just found out i am|am considered|have always been|am legally|am partially|am registered) {adv}(?:a |an )?(?:{w2})(?:{conditional})",
    {
      unless:
        "(?:depressed (?:about|by the)|blind to|deaf to|an? (?:pregnant|diabetic|autistic) \\w+'s)",
    },
  ),
  rule(
    "health",
    "i {adv}(?:take|am taking|took|am on|was on|use|am using|was prescribed|am prescribed|have been prescribed|got prescribed|need|inject|rely on|started|started taking|stopped taking|have been taking|have been on|depend on|can not take|react (?:badly )?to|reacted (?:badly )?to) {a}{w4}(?:{medicine})",
  ),
  rule(
    "health",
    "my {w3}(?:{body}|{condition}) (?:{adv}(?:is|are|was|were|has been|have been|gets?|got|acts?|acting|hurts?|aches?|flares?|acts up|can not|does not|do not|swells?|locks?|runs?|keeps?|makes?|bothers?|started|starts?|means?|prevents?|limits?|gives?|gave|feels?|closes?|seizes?))",
    {
      unless:
        "(?:my heart (?:is set|goes out|is in)|my (?:head|hands|eyes|ears|feet|back) (?:is|are|was) (?:in|against|full|on the|to the|turned)|in the right place)",
    },
  ),
  rule(
    "health",
    "i (?:{adv}(?:broke|fractured|sprained|strained|tore|dislocated|injured|hurt|twisted|pulled|threw out|damaged|burned|bruised|ruptured|lost|blew out|messed up|can not bend|can not move|can not feel|can not lift)) (?:my|a|an|both|the use of|most of) {w3}(?:{body}|meniscus|acl|rib|ribs|collarbone|muscle|ligament|tendon|sense of (?:smell|taste)|voice|rotator cuff|groin|calf|quad|disc)",
  ),
  rule(
    "health",
    "i {adv}(?:had|have|am having|will have|am scheduled for|need|am waiting for|am recovering from|underwent|am undergoing|am getting|got|went through) {a}{w4}(?:surgery|operation|transplant|bypass|chemo\\w*|radiation|dialysis|biopsy|stent|replacement|miscarriage|c-section|physical therapy|physiotherapy|root canal|blood test|mri|colonoscopy|vaccination|booster|vasectomy|rehab)",
  ),
  rule(
    "health",
    "i (?:{adv}(?:quit|stopped|gave up|am trying to quit|started|am quitting|do not)) (?:smoking|vaping|drinking|smoke|vape|cigarettes|nicotine)|i (?:smoke|vape)|i (?:do not|never) (?:smoke|vape)",
  ),
  rule(
    "health",
    "i (?:can not|could not|am unable to|am not able to|have trouble|have difficulty|struggle to|find it hard to|am not allowed to|should not|must not) {w2}(?:walk|stand (?:for|up|long)|see|hear|breathe|sleep|lift|run|climb|kneel|bend|focus|concentrate|fall asleep|sleeping|breathing|walking|hearing|seeing|focusing|concentrating|swallow|swallowing|digest|digesting|tolerate|process|metaboli[sz]e|distinguish|tell red|donate|jump|carry heavy|be in the sun|sit for)",
    {
      unless:
        "(?:see (?:why|how|the point|what|myself|that|any)|hear you|see it|stand (?:it|the|people|when|being|him|her|them|that|this)|focus on (?:the|this))",
    },
  ),
  rule(
    "health",
    "(?:my|a|the) (?:doctor|gp|dentist|therapist|physician|nurse|dermatologist|allergist|cardiologist|psychiatrist|neurologist|optometrist|nutritionist|dietitian|physio|physical therapist|specialist|oncologist|midwife|ob-?gyn) (?:{adv}(?:says|said|told|tells|wants|wanted|recommended|recommends|advised|prescribed|put me|diagnosed|thinks|suggested|ordered|warned|found|confirmed))",
  ),
  rule(
    "health",
    "i see (?:a|my|an) {w1}(?:therapist|psychiatrist|psychologist|counsell?or|cardiologist|dermatologist|neurologist|physio\\w*|chiropractor|specialist|allergist|oncologist|rheumatologist)|i (?:go to|am in|started) (?:therapy|counselling|counseling|aa|physio|rehab)",
  ),
  rule(
    ["health", "diet"],
    "(?:{w4}(?:does not|do not|doesn't) (?:agree with me|sit well with me|sit right with me))",
  ),
  rule(
    "health",
    "(?:i am|i have been) {adv}(?:\\w+ )?(?:\\d+ (?:weeks|months) pregnant|(?:weeks|months) pregnant|clean|years sober|months sober|due in)|i {adv}(?:faint|pass out|wheeze|stutter|stammer|sleepwalk|snore|bruise easily|sunburn|burn easily)(?: |$)|i have (?:perfect|poor|bad|20/20|terrible) (?:eyesight|vision|hearing|balance|circulation)|my (?:resting heart rate|bmi|vision|prescription|blood type) {is}|i am (?:type )?(?:o|a|b|ab)[- ](?:negative|positive)",
  ),
];

/** Diet: what the speaker eats and does not eat, by choice or rule. */
export const DIET_RULES: readonly SlotRule[] = [
  rule(
    "diet",
    "(?:{am}) {adv}(?:a |an |on a |on an |on the |eating |going |following a |doing |trying |into )?(?:{w2})(?:{regime})(?: |$)",
    { unless: "(?:{regime}) (?:restaurant|cafe|menu|place|blog|chef|cookbook|recipe)" },
  ),
  rule(
    "diet",
    "(?:i|we|our household|my household) {adv}(?:keep|eat|follow|am following|are following|do|am doing|stick to|started|am trying|went|go|observe|practice|adhere to|am switching to|switched to|am on|are on|stay|cook|maintain) {a}{w2}(?:{regime})",
  ),
  rule(
    "diet",
    `(?:i|we) {adv}{not} {adv}(?:eat|drink|consume|touch|have|do|tolerate|handle|digest|stomach|cook with|cook|order|buy|add|take|eating|drinking|use|put|stand|like to eat|snack) {w3}(?:{food})`,
    { unless: "(?:do not have (?:any )?{w1}(?:{food}) (?:at|in|left|on)|take (?:salt|pills))" },
  ),
  rule("diet", `(?:i|we) {adv}{not} {adv}(?:eat|drink) [^ ]+`, {
    unless: `{not} {adv}(?:eat|drink) ${NOT_FOOD}`,
  }),
  rule(
    "diet",
    "(?:i|we) {adv}(?:avoid|avoided|avoiding|am avoiding|are avoiding|stay away from|stay off|steer clear of|skip|cut out|cut down on|cut back on|am cutting|am cutting out|am cutting down on|am cutting back on|gave up|have given up|am giving up|quit|stopped eating|stopped drinking|am off|limit|am limiting|abstain from|swore off|eliminated|am reducing|reduce|watch|am watching|ditched|went off|do without|refrain from|pass on|swap|replaced|keep away from|restrict|hold) {w3}(?:{food})",
  ),
  rule(
    "diet",
    "(?:i|we) (?:only|mostly|mainly|just|usually|always|generally|primarily|try to|prefer to|tend to|like to|almost only|exclusively|strictly|never|rarely|hardly ever|seldom|barely) {adv}(?:eat|drink|cook|buy|consume|eat out|snack)",
  ),
  rule(
    "diet",
    "(?:i am|we are|i have been|i went|i started|i am trying|i am going|my doctor put me|i was put) {adv}(?:on|doing|following|to|back on|starting) {a}{w3}(?:diet|cleanse|detox|whole30|fast|meal plan|calorie deficit|bulk|cut|fodmap|elimination \\w+|juice cleanse)|i (?:count|am counting|track|am tracking) (?:my )?(?:calories|macros|carbs|points)|my (?:\\w+ )?(?:diet|dietary restrictions?|dietary needs?|religion|faith) (?:{is}|does not|do not|forbids?|allows?|excludes?|includes?|consists?|requires?)",
  ),
  rule(
    "diet",
    "(?:i|we) {adv}(?:fast|am fasting|are fasting|do intermittent fasting|observe (?:lent|ramadan|shabbat)|keep (?:a )?kosher|eat halal|skip (?:breakfast|lunch|dinner)|eat (?:one|two|three|five|six|small) (?:small )?meals?|meal prep|do not eat (?:after|before|late|at night|breakfast)|stick to)(?: |$)",
  ),
  rule(
    "diet",
    "no (?:{food})(?: {w2}(?:{food}))? for me|(?:{food}) {is} (?:off the table|off limits|a no-go|not an option|out of the question|forbidden|not allowed|banned|off-limits) ?(?:for me|in our house|in my house|at home)?|(?:{regime}) (?:here|person|household|by choice|for \\d+ years|since)",
  ),
  rule(
    "diet",
    "(?:i|we) {adv}(?:take|drink|have|like|prefer|order) (?:my|our) (?:coffee|tea|steak|eggs|toast|curry|food|salad|espresso|latte|pizza|burgers?|drinks?|meals?)|i {adv}(?:am|have) (?:a )?(?:sweet tooth|big eater|light eater|picky eater|fussy eater|meat eater|social drinker|heavy drinker)|i have a sweet tooth|i do not have a sweet tooth",
  ),
  rule(
    ["diet", "health"],
    "i (?:can not|could not|am not able to|am unable to|should not|must not|am not allowed to|am not supposed to|have to avoid|need to avoid|must avoid) {adv}(?:eat|have|drink|tolerate|handle|digest|stomach|consume|touch|process)? ?{w3}(?:{food})",
  ),
];
