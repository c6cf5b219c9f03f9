/** Closed-class English words and contraction remains: they carry grammar, so they neither find nor tell texts apart. */
const STOP_WORDS = `
a an the this that these those here there
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
it its itself they them their theirs themselves one ones someone something anything everything nothing anyone everyone
and or but nor so yet if then else than because as while until unless though although whether
of to in on at by for from with without about into onto over under after before during between through out up down off
again once per via
is are was were be been being am do does did doing done have has had having can could will would shall should may might must
ain aren ca couldn didn doesn don hadn hasn haven isn let ll ma mightn mustn needn re sha shan shouldn ve wasn weren wo won wouldn
im ive id ill dont doesnt didnt cant wont isnt arent wasnt gonna wanna gotta kinda
not no yes yeah yep nope ok okay oh ah um uh hey hi hello wow please thanks thank
what which who whom whose when where why how
only own same too very just also now even still already really quite much many some any all both each few more most other such
s t d m o y e g etc get got
`;

/**
 * Forms that no suffix rule leads back to their word. Written by hand from a school grammar's list; only everyday verbs and
 * plurals, and no form that is commonly a word of its own (`left`, `saw`, `felt` as nouns are rarer than the verb).
 */
const IRREGULAR_FORMS = `
go went gone|come came|take took taken|give gave given|make made|see saw seen|know knew known|think thought|say said|tell told
find found|leave left|feel felt|keep kept|begin began begun|bring brought|buy bought|build built|catch caught|choose chose chosen
cost costs|cut cuts|deal dealt|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen|fight fought
fly flew flown|forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|grow grew grown|hang hung|hear heard
hide hid hidden|hold held|lead led|lend lent|lose lost|mean meant|meet met|pay paid|read reads|ride rode ridden|ring rang rung
rise rose risen|run ran|sell sold|send sent|shake shook shaken|shine shone|shoot shot|show shown|sing sang sung|sink sank sunk
sit sat|sleep slept|speak spoke spoken|spend spent|stand stood|steal stole stolen|stick stuck|swim swam swum|teach taught
tear tore torn|throw threw thrown|understand understood|wake woke woken|wear wore worn|win won|write wrote written|become became
break broke broken|bite bit bitten|blow blew blown|breed bred|burn burnt|learn learnt|dream dreamt|feed fed|get gotten
sweep swept|swear swore sworn|strike struck|bend bent|shrink shrank shrunk|weave wove woven|bind bound|dig dug|seek sought
child children|person people|man men|woman women|foot feet|tooth teeth|mouse mice|goose geese|wife wives|knife knives
 wolf wolves|half halves|shelf shelves|loaf loaves|thief thieves|good better best|bad worse worst
`;

/** English stop words, lower case. */
export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(
  STOP_WORDS.split(/\s+/).filter(Boolean),
);

/** Irregular form to its word, lower case. */
export const ENGLISH_BASE_FORMS: ReadonlyMap<string, string> = new Map(
  IRREGULAR_FORMS.trim()
    .split(/[|\n]/)
    .flatMap((group) => {
      const [base = "", ...forms] = group.trim().split(" ");
      return forms.map((form): [string, string] => [form, base]);
    }),
);
