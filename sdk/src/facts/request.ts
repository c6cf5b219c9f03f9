import { plainWords } from "./clauses.ts";

/**
 * What a message asks for, as far as memory cares. `chat`: greetings, thanks, small talk. `knowledge`: about the world or about
 * code, the same for everyone. `task`: something is to be written, explained or worked out. `personal`: the answer depends on who asks.
 */
export interface RequestKind {
  readonly kind: "chat" | "knowledge" | "task" | "personal";
  /** Something is to be written, explained, listed: the way of answering matters. */
  readonly makes: boolean;
}

const POLITE =
  "(?:thanks?|thank you|thx|ty|cheers|ok|okay|k|kk|cool|great|nice|awesome|perfect|wonderful|amazing|excellent|fantastic|lovely|good|fine|alright|all right|sure|yes|yeah|yep|yup|no|nope|nah|hi|hello|hey|hiya|yo|howdy|greetings|morning|good (?:morning|afternoon|evening|night|day)|bye|goodbye|see you|see ya|later|cya|take care|lol|haha+|hehe+|wow|oh|ah|hmm+|huh|right|exactly|indeed|true|agreed|got it|i see|makes sense|understood|noted|sounds good|sounds great|no problem|no worries|never mind|nevermind|please|sorry|my bad|oops|welcome|you are welcome|well done|good job|nice one|nice work|that is all|that helps|helpful|so much|a lot|very much|again|for now|then|there|everyone|friend|buddy|mate|man|dude|assistant|bot|today|very|really|so|for (?:the|your|all your|that|this) (?:help|answer|time|explanation|tip|tips|info|patience|advice|suggestion|suggestions)|for that|for everything|and|you|to you|too|well|it is|it was|that is|that was|this is|how are you|how are you doing|how is it going|how do you do|what is up|whats up|sup|how is your day|how was your day|nice to meet you|how have you been|are you there|you there|tell me a joke|who are you|what are you|what can you do|are you (?:a )?(?:real|human|ai|bot|robot|person)|interesting|funny|good to know|glad to hear(?: it| that)?|i am (?:good|fine|ok|okay|great|well|back|here|bored|done|doing (?:well|good|great|fine))|go on|continue|go ahead|keep going|carry on|next|done|stop|wait|one moment|hold on|brb|test|testing)";
const CHAT = new RegExp(`^(?:${POLITE}(?: |$))+$`);

/** Words of programming, in plain words of a clause. */
export const CODE =
  /(?<![^ ])(?:python|javascript|typescript|java|kotlin|rust|golang|c\+\+|c#|php|sql|html|css|regex|regexp|json|yaml|xml|api|apis|endpoint|http|https|git|github|docker|kubernetes|linux|bash|shell|terminal|npm|react|vue|angular|django|flask|node|nodejs|postgres|postgresql|mysql|sqlite|mongodb|redis|async|await|promise|array|arrays|string|strings|boolean|integer|float|tuple|hashmap|dict|dictionary|linked list|binary tree|recursion|recursive|algorithm|big-o|function|functions|method|variable|loop|compiler|compile|debug|debugging|stack trace|stacktrace|segfault|exception|null pointer|undefined|syntax|refactor|unit test|unit tests|codebase|repo|repository|commit|merge conflict|branch|webpack|vite|dataframe|pandas|numpy|pytorch|tensorflow|query|queries|div|flexbox|dom|css grid|closure|closures|mutex|thread-safe|latex|markdown|excel formula|spreadsheet formula|csv|script|cron|ssh|dns|tcp|udp|oauth|jwt|cors)(?![^ ])/;
const CODES = new RegExp(CODE.source, "g");
const CODE_SIGNS = /[{};]|=>|\(\)|<\/?[a-z]+>/i;

const SELF = /(?<![^ ])(?:i|me|my|mine|myself|we|us|our|ours|ourselves)(?![^ ])/;
/** Asking how a thing is done is no word about the one who asks. */
const SELF_IN_PASSING =
  /^(?:(?:ok|okay|so|hey|hi|please|well|and|but|also|thanks) )*(?:(?:can|could|would|will) you (?:please )?)?(?:tell me|show me|help me (?:to )?understand|explain to me|give me|teach me|remind me(?! to)|let me know|walk me through|how (?:do|can|could|would|to) (?:i|we|you)|how should (?:we|you)|how do you|what do (?:we|you) call|do you know|can i ask)(?![^ ])/;
const ADVICE =
  /(?<![^ ])(?:decent|nice|smart|better|cheap|cheaper|cheapest|realistic|practical|affordable|would you|who can|who could|need to know|need to be told|free for|remind me to|safe|safely|quickest|cheapest|easiest|healthiest|fastest|suitable|sensible|wise|okay|advisable|must|allowed|required|applies|postage|buy|bring|wear|pack|recommend|recommendations?|suggest|suggestions?|ideas?|advice|tips|inspiration|options|should|plan|plans|planning|pick|choose|decide|find|book|help|best|good|perfect|worth|fancy|feel like|what about|how about|any|somewhere|something|someplace|tonight|tomorrow|today|this (?:weekend|week|evening|afternoon|morning|summer|winter|friday|saturday|sunday)|next (?:week|weekend|month|year)|near(?:by| here)?|around here|shall|order|surprise)(?![^ ])/;
const KNOWLEDGE =
  /^(?:(?:ok|okay|so|hey|hi|please|well|and|but|also|thanks|now|quick question|question) )*(?:(?:can|could|would) you )?(?:what (?:is|are|was|were|does|do|did|causes?|happens?|happened|makes?|year|country|language|kind|type|colou?r|percentage|element)|whats|who|whose|when (?:was|were|did|is|does|do)|where (?:is|are|was|were|does|did)|why|how (?:many|much|long|far|tall|big|old|fast|hot|deep|does|do|did|is|are|was|were|come|to)|which|define|explain|describe|tell me (?:about|a|an|how|what|why|when|who|more)|is|are|was|were|does|do|did|can|has|have|name|calculate|compute|solve|convert|translate|summari[sz]e|compare|(?:what is the )?difference between|meaning of|history of|spell)(?![^ ])/;
const MAKES =
  /(?<![^ ])(?:write|draft|compose|explain|describe|summari[sz]e|outline|translate|rewrite|rephrase|paraphrase|proofread|edit|generate|create|make|list|compare|contrast|brainstorm|teach|walk me through|tell me (?:about|more|how|why|what)|give me|show me|help|prepare|design|develop|review|analy[sz]e|elaborate|clarify|break down|go over|overview|introduction to|summary|essay|email|e-mail|letter|report|article|blog post|post|tutorial|guide|speech|story|poem|paragraph|message|caption|explanation|tips|advice|suggest|recommend|plan|how (?:do|can|should|would|could) (?:i|we|you)|how to|answer|question|questions|difference between|pros and cons|what do you think|can you|could you|would you|fill me in|catch me up|bring me up to speed|convert|calculate|recipe|instructions|steps|look up|research|respond|reply|discuss|talk about|talk me through|evaluate|code|implement|build|solve)(?![^ ])/;

/** Makes something of what is named, the same for everyone. */
const WORLD_TASK =
  /^(?:(?:ok|okay|so|hey|hi|please|well|and|but|also|thanks|now) )*(?:(?:can|could|would|will) you (?:please )?)?(?:translate|convert|define|spell|explain|describe|calculate|compute|solve|(?:give me |write |make |tell me |show me |provide )?(?:a |an |the )?(?:\w+ ){0,3}(?:summary|overview|haiku|poem|limerick|joke|story|sonnet|rhyme|definition|synonym|antonym|function|essay|paragraph|introduction to|explanation|example|riddle|fact|facts)|find a (?:rhyme|synonym|word)|list the|name (?:\d+|two|three|four|five|ten|a|an)|summari[sz]e|compare|is \d+)(?![^ ])/;

/** What is quoted to be worked on says nothing about the one who asks. */
export function withoutQuotes(text: string): string {
  return text.replace(/"[^"]{0,2000}"|\u201c[^\u201d]{0,2000}\u201d|`[^`]{0,2000}`/g, " ");
}

/** Sorts a message by rule. Long messages are judged by their beginning and end, where the request stands. */
export function requestKind(text: string): RequestKind {
  const read = text.length > 1_200 ? `${text.slice(0, 600)} ${text.slice(-600)}` : text;
  const plain = plainWords(withoutQuotes(read));
  if (plain === "" || CHAT.test(plain.length > 120 ? "-" : plain))
    return { kind: "chat", makes: false };
  const makes = MAKES.test(plain);
  const passing = SELF_IN_PASSING.exec(plain);
  const rest = passing ? plain.slice(passing[0].length) : plain;
  const self = SELF.test(rest);
  if (!self && WORLD_TASK.test(plain)) return { kind: "knowledge", makes: true };
  if (
    (CODE.test(plain) || CODE_SIGNS.test(read)) &&
    !(
      /^(?:can|could|should|may|must|do|am|will|would) (?:i|we)(?![^ ])/.test(plain) &&
      plain.match(CODES)?.length === 1
    ) &&
    !/(?<![^ ])(?:my (?:job|career|resume|cv|name|wife|husband|kids?|boss|interview|birthday)|for me|i (?:like|eat|own|have))(?![^ ])/.test(
      plain,
    )
  )
    return { kind: "knowledge", makes: makes || passing !== null };
  if (self) return { kind: "personal", makes };
  if (
    ADVICE.test(rest) &&
    !/^(?:who (?!should|could|can i|might)|why|define|when (?:was|did)|how does|what (?:is|are) the (?:capital|difference|meaning|population|history))(?![^ ])/.test(
      plain,
    )
  )
    return { kind: "personal", makes };
  if (passing && /(?:how|what) (?:do|can|could|would|should|to) (?:i|we)(?![^ ])/.test(passing[0]))
    return { kind: "task", makes: true };
  if (KNOWLEDGE.test(plain)) return { kind: "knowledge", makes };
  return { kind: makes ? "task" : "personal", makes };
}
