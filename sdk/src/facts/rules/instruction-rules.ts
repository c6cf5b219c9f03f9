import { rule, type SlotRule } from "./grammar.ts";
import type { ClauseMood } from "../clauses.ts";
import { ANSWER_PREFERENCE } from "./taste-rules.ts";

const SAID: readonly ClauseMood[] = ["orders", "tells"];
const ANY: readonly ClauseMood[] = ["orders", "tells", "sets", "asks"];
const OPEN =
  "(?:^|(?:please|kindly|also|and|but|so|just|always|never|now|henceforth|remember to|remember|make sure to|make sure you|be sure to|note to|try to|you (?:should|must|can|may|need to|have to)|i (?:want|need|would like|would love|expect|prefer|would prefer|would appreciate)(?: it if)? (?:you|that you|for you)(?: to| could| would)?|can you|could you|would you|will you) )(?:please |always |never |also |just |not |then |do not |stop |avoid )*";
const STANDING =
  "(?:always|never|from now on|going forward|from here on(?: out)?|in (?:the )?future|henceforth|by default|as a (?:general )?rule|every time|each time|whenever|at all times|for all (?:your |future |my )?(?:answers|responses|replies|messages|emails|code|examples|questions)|in (?:all|every|each|any) (?:of )?(?:your |my |our )?(?:answers?|responses?|repl(?:y|ies)|messages?|emails?|examples?|chats?|conversations?)|in our (?:chats|conversations)|for the rest of|from today|permanently|until i (?:say|tell)|unless i (?:ask|say|tell|specify))";
const DOING =
  "(?:answer|respond|reply|write|speak|talk|explain|give|show|use|keep|make|format|include|add|start|begin|end|finish|sign|call|address|greet|treat|send|list|cite|provide|avoid|skip|mention|ask|assume|remind|warn|check|put|quote|translate|convert|spell|round|suggest|recommend|summari[sz]e|offer|tell|be|stop|refrain|drop|leave|limit|structure|break|stick|prefer|consider|bear|remember|apologi[sz]e|say|correct|repeat|hedge|lecture|mark|label|wrap|double-check|verify|think|default|let|have|do|do not|communicate|phrase|present|describe|number|order|state|capitali[sz]e|comment|test|name|book|plan|schedule|address)";

/**
 * Standing wishes about how the assistant answers. One-off orders ("write a short poem") are none: an instruction carries a word
 * of duration, or speaks of the answers themselves.
 */
export const INSTRUCTION_RULES: readonly SlotRule[] = [
  rule(
    "instruction",
    `^(?:please |also |and |but |so |just |kindly |remember to |remember |note that |you (?:should |must |can |may |need to |have to )|i (?:want|need|would like|expect|prefer) you to |i would (?:prefer|appreciate|like|love) (?:it )?(?:if|that) you (?:would |could )?|make sure (?:to |you |that you )|be sure to |try to )*(?:always|never) {w1}${DOING}(?: |$)`,
    {
      moods: SAID,
      unless:
        "^(?:i|we|my|he|she|they) (?:always|never)|(?:always|never) (?:mind|eat|been|be|stop|let|say never|think|remember (?:that|to)|do|forget|keep (?:going|it up|trying|pushing))",
    },
  ),
  rule("instruction", `${STANDING} {w3}${DOING}(?: |$)`, {
    moods: SAID,
    unless:
      "(?:i|we|he|she|they|it|people|us|who|that|is|are|was|there|will|can) (?:\\w+ ){0,2}(?:always|never|whenever)|(?:always|never) (?:been|had|have|liked|loved|be|let|think|remember|stop|do|forget|say never|keep (?:going|it up|up|pushing|trying|moving|me))|whenever i (?:am|go|eat|feel|have|was|can)",
  }),
  rule(
    "instruction",
    `(?:^|please |you )(?:{w2})?${DOING} {w6}(?:from now on|going forward|from here on|in (?:the )?future|by default|every time|each time|whenever|at all times|for all |in (?:all|every|each|any) (?:of )?(?:your |my |our )|in our (?:chats|conversations)|unless i |until i |when (?:i ask|you (?:answer|reply|respond|write|explain|talk)|we (?:talk|chat|speak)|answering|replying|writing|explaining|talking))`,
    { moods: SAID, unless: "^(?:i|we|my|he|she) " },
  ),
  rule("instruction", ANSWER_PREFERENCE, {
    moods: SAID,
    unless:
      "(?:i (?:do not )?(?:need|want|like|love|enjoy|prefer|find|appreciate|hate|dislike) {w2}(?:advice|suggestions|recommendations|feedback|ideas|context|background|options|references|links|tests|comments|stuff|things|dates?|it|words|style|conversations?|jokes?|puns|humou?r|figures|recipes|code|spaces|numbers|tables|details?|lists?|questions|language|units|ingredients|slang|emails?|texts?|messages?) (?:on|about|for|with|from|of|to|at|in|that|which|is|are)|(?:need|want) (?:a|an|some|your|the|more|help|any) |find (?:it|this|that)|like (?:the|this|that|your) )",
  }),
  rule(
    "instruction",
    "i {adv}(?:prefer|like|love|want|would like|would prefer|would appreciate|appreciate|need|favou?r|value|expect|respond best to|learn best (?:with|from|by|through)|learn better (?:with|from|by)|understand better with|do better with|work best with|hate|dislike|can not stand|do not (?:like|want|need|enjoy|care for)) {adv}(?:it when )?(?:you |your |my |all |everything |things |it )?(?:to be |be |explained |kept |in |with |being |are |as |getting |given |give |use )?{w2}(?:{style}) (?:{answer})",
    { moods: SAID },
  ),
  rule(
    "instruction",
    "i {adv}(?:learn|understand|absorb|process|remember|take in) {w2}(?:best|better|more|easier|things|information|stuff) {w2}(?:with|from|by|through|when|if|via|visually|in)|i am a (?:visual|hands-on|auditory|kinesthetic) learner|i {adv}(?:prefer|like|want|would like|need|would prefer|hate|do not like|do not want) (?:it when you|when you|you to|if you|for you to|you not to|that you)(?: |$)",
    {
      moods: SAID,
      unless:
        "(?:i want|i need|i would like) you to (?:write|make|create|draft|translate|summari[sz]e|explain|generate|act|help|find|list|review|fix|give|tell|analy[sz]e|check|compare|plan|design|build|solve|rewrite|suggest|calculate|compute|imagine|pretend|play|look|read|show|do|take|think|come)",
    },
  ),
  rule(
    "instruction",
    `${OPEN}(?:keep|make|limit|restrict|cap|hold) {w2}(?:your |the |all |my |any )?(?:{answer}) {adv}{w3}(?:{style}|under|below|within|to (?:\\d+|one|two|three|five|a)|at most|no (?:more|longer) than|less than|minimal|low|family-friendly|clean|gluten|positive|focused)`,
    {
      moods: ANY,
      unless:
        "keep (?:it|things|stuff) (?:up|going|to yourself|in)|make (?:it|things|stuff|a|an|the list)(?! {w2}(?:{style}))",
    },
  ),
  rule(
    "instruction",
    `${OPEN}(?:answer|respond|reply|write(?: back)?|speak|talk|communicate|explain (?:things|everything|stuff|it all|concepts)|chat|converse|text|present (?:things|numbers|data)|phrase (?:things|answers)|give (?:me )?(?:your )?(?:answers?|replies|responses|explanations|directions|distances|temperatures|prices|times|dates|measurements|recipes|examples|the (?:answer|short version|bottom line|conclusion) first|it to me straight)|show (?:me )?(?:temperatures|prices|times|dates|measurements|distances|code)|quote (?:prices|amounts)|list (?:prices|measurements)|format (?:dates|times|numbers|answers|responses|code|your (?:answers|replies|responses)|lists?|things))(?: to me| with me| me)? {w3}(?:{style}|in|as|with|like|only|using|without|first)(?: |$)`,
    {
      moods: ANY,
      unless:
        "(?:write|answer|respond|reply|explain|speak|talk|text) (?:to )?(?:a|an|the|this|that|my|his|her|him|about|it|them|these|those|some|for|back to (?:him|her|them|my))",
    },
  ),
  rule(
    "instruction",
    `^(?:please |also |and |but |so |just |kindly |now )*(?:do not|never|stop|avoid|refrain from|no need to|you do not (?:need|have) to|quit|skip|drop|leave out|no|cut|omit|spare me|go easy on|no more|less|fewer|more) (?:ever |to )?(?:the |any |all |your |my |those |using |use |adding |add |including |include |giving |give me |give |writing |write |sending |send |starting |start |ending |end |calling me |call me |apologi[sz]ing|apologi[sz]e|repeating |repeat |sugarcoat\\w*|lectur\\w+|hedg\\w+|suggesting |suggest |recommending |recommend |offering |offer |asking |ask |explaining |explain |making |make |saying |say |praising |praise |flattering |flatter |mentioning |mention |assuming |assume |correcting |correct |summari[sz]ing |summari[sz]e |talk |talking |speak |be |being |put |putting |bother |with )+(?:{w3}(?:{answer}|{style}|me|sorry|obvious|question|myself|too|so|yourself|i (?:said|say|wrote)|{regime}|meat|alcohol|dairy|pork))?(?: |$)`,
    {
      moods: SAID,
      unless:
        "^(?:please |also |and |but |so |just )*(?:no|less|more|fewer|cut|skip|drop|leave out|do not|stop) (?:worries|problem|idea|thanks|thank|way|need|of|than|be (?:sorry|afraid|shy|silly)|talk (?:about|to)|use (?:the|this|that|it)$|put it|say (?:it|that|so)|make (?:it|me|that)|mention it|ask$|bother$|start (?:yet|until)|explain (?:it|this)$|add (?:it|this)$|assume$|end$|give up|send (?:it|this)$)",
    },
  ),
  rule(
    "instruction",
    "^(?:please |also |and |but |so |just |kindly |no )*(?:no|skip the|drop the|cut the|without|minus the|zero|less|fewer|more|spare me the|hold the|only|use|prefer|give me|show me|include|add|stick to|stick with|default to|go with|favou?r) (?:more |only |simple |a |an |the |some |your |british |american |proper |at most |no more than |always )*(?:{style} )?(?:emojis?|emoticons|bullets?|bullet[- ]points?|jargon|fluff|filler|preambles?|disclaimers?|small talk|pleasantries|exclamation (?:marks|points)|slang|acronyms|buzzwords|apologies|metric(?: units| system)?|imperial(?: units)?|celsius|fahrenheit|24-?hour (?:time|clock|format)|24 hour (?:time|clock)|12-?hour (?:time|clock)|british (?:english|spelling)|american (?:english|spelling)|uk (?:english|spelling)|us (?:english|spelling)|plain (?:english|text|language)|simple (?:english|words|language|terms)|layman'?s terms|markdown|tables|headings|code comments|type hints|type annotations|semicolons|iso dates?|kilomet(?:er|re)s?|miles|analogies|sources|citations|oxford commas?|em[- ]dash(?:es)?|they/them|euros|dollars|pounds|gender-neutral \\w+|follow-?up questions|tl;?dr|sarcasm|flattery|formal \\w+|informal \\w+|first names?|inclusive language|dark humou?r)(?: |$)",
    {
      moods: SAID,
      unless:
        "(?:add|include|use|give me|show me|prefer) (?:a|the|some) (?:tables|markdown|headings)? ?(?:to|for|in) (?:the|this|my)",
    },
  ),
  rule(
    "instruction",
    "^(?:please |also |and |but |so |just |kindly )*(?:be|stay|remain|sound) (?:more |less |as |very |extra |always |super |really |totally |completely |a bit |a little |fully |brutally |with me )*(?:{style})(?: (?:with me|when you|in your|and|as possible|please|at all times)|$)|^(?:please |always )*(?:be|stay) {adv}(?:patient|kind|careful|critical|strict|skeptical|precise|specific|realistic|objective) (?:with me|when you|in your)",
    { moods: SAID },
  ),
  rule("instruction", `^(?:when|whenever|every time|each time|any ?time|if) (?:i|you|we) {w6}`, {
    moods: ["sets"],
    unless:
      "^(?:if|when|once) (?:i|we|you) (?:want|need|are not sure|are unsure|do not know|are)(?: |$)",
  }),
  rule(
    "instruction",
    "(?:i|we) {adv}(?:use|think in|am used to|work in|measure in|am more comfortable with|am not familiar with|do not use|do not understand|am familiar with|only understand|prefer to use|only use|only know|always use|go by|count in) {w2}(?:metric|imperial|celsius|fahrenheit|kilomet(?:er|re)s?|miles|kilograms?|kilos|grams|pounds|cups|ounces|24-?hour|military time|british (?:english|spelling)|american (?:english|spelling)|uk english|euros?|dollars)(?: |$)|(?:metric|imperial|celsius|fahrenheit|british spelling|american spelling|british english|american english|24-?hour (?:time|clock|format)|plain text|markdown) (?:only|please|units please|units only)",
    { moods: SAID },
  ),
  rule(
    "instruction",
    "(?:your|the) (?:answers|replies|responses|explanations|messages|emails) (?:should|must|need to|have to|ought to|can|are too|should always|should never) |(?:treat me|talk to me|speak to me|explain (?:it|things|everything) to me|explain (?:it|things|everything) like) (?:like|as|as if) |(?:keep|bear) in mind (?:that )?(?:you|your|when|to)|(?:only|just) (?:answer|give|reply|respond|use|ask|suggest|show|recommend)(?: me)? {w4}(?:{answer}|when|if|with|{style})|(?:ask|check with|confirm with|check) (?:me )?(?:before|first)|(?:sign off|sign|end|start|begin|close|finish|open|conclude) (?:off )?(?:all |every |each |your |my |any )+(?:{answer}|message|email|reply|answer|response|letter|chat|conversation)|(?:remind me|assume (?:i|that i|i am|no|a)) {w4}(?:to|i|am|know|prior|beginner|every|of)",
    {
      moods: SAID,
      unless:
        "^(?:i|we|he|she|they) |remind me (?:to|what|how|who|where|when|why|of (?:the|what|my))|just (?:ask|give me (?:a|the|one|some|your)|show me (?:the|a|how))",
    },
  ),
  rule(
    "instruction",
    `^(?:please |also |and |but |so |just |kindly |ever |now )*do not (?:ever |just |always |bother |try to |start |feel the need to )?(?:${DOING}|sugarcoat|hedge|apologi[sz]e|ramble|flatter|praise|patroni[sz]e|lecture|moralize|overexplain|dumb|baby|coddle|pad|guess|waffle|preach)|you (?:do not|never|should not|must not) (?:need to|have to|ever)? ?(?:${DOING})|(?:no need to|there is no need to) (?:${DOING})|feel free to (?:skip|be|push|challenge|correct|swear|disagree|criticize)|spare me the|save the (?:pleasantries|disclaimers|lecture|intro|details)|hold off on|go easy on the|cut to the chase|get (?:straight )?to the point|give it to me straight|tell it like it is|spell (?:everything|things) out`,
    {
      moods: SAID,
      unless:
        "do not (?:be (?:sorry|afraid|shy|silly|sad|so hard|too hard|scared)|let|have|do|keep (?:me|us)|tell (?:anyone|him|her|them|me (?:you|that))|stop|worry|forget (?:about|that|my)|know|mind|get me wrong|think|care|have|see|understand|believe|remember|panic|go|feel like|want|need|let me)|you (?:do not|can not) (?:know|say|understand|believe|imagine|see|mean|mind)|^(?:he|she|they|it|i|we) ",
    },
  ),
  rule(
    "instruction",
    "(?:it (?:helps|works better|works best|is easier|is better|bothers me|annoys me|drives me \\w+)|i (?:find it (?:easier|helpful|useful|annoying|hard|confusing)|appreciate it|get (?:lost|confused|overwhelmed|annoyed|impatient)|hate it|love it|like it|can not stand it|learn|follow along)|it (?:is )?(?:easiest|clearest)) {w3}(?:when|if|to|with|by|than) (?:you|your|the answer|answers|explanations|things are|something is|i get|i see|i can see|there (?:is|are)|people|long|short)",
    { moods: SAID },
  ),
  rule(
    "instruction",
    `^(?:please |also |and |but |so |just |kindly |i would like you to |i want you to |you can |you should |can you |could you )*(?:${DOING}|lead|open|close|walk|push|challenge|pretend|save|hold|quiz|test|push back|go|take|imagine|think|pick|choose|sketch|draw|highlight|bold|underline|translate|define|summari[sz]e|wait|pause) {w6}(?:first|up front|upfront|straight|at the (?:end|start|top|beginning|bottom)|at most|at least|no more than|instead of|rather than|as if i|like i am|like i was|as though i|before (?:you|answering|giving|doing|writing)|after (?:you|each|every)|one at a time|step by step|each time|in (?:full|short|brief|plain|simple|lowercase|caps|parentheses|brackets|bold|italics|order|return)|to (?:one|two|three|four|five|\\d+) (?:decimals?|decimal places|sentences?|lines?|words|paragraphs?|options|items|bullets?)|my (?:level|pace)|not (?:sure|certain|know)|wrong|honest|(?:{language}))(?: |$)`,
    {
      moods: SAID,
      unless:
        "translate (?:in ?to|to|from) (?!.*(?:always|from now on|every))|(?:write|draft|translate|summari[sz]e|give me|list|explain|create|make|plan|book|rewrite|define|describe|convert|show me|tell me) (?:me )?(?:a|an|the|this|that|these|those|my|some|\\d+|five|three|ten|how|what|why|about)",
    },
  ),
];
