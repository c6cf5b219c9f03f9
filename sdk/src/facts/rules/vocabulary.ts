/**
 * Everyday English word classes that the slot rules name, as pieces of a pattern. Written by hand; general classes only (kinship,
 * trades, ailments), with endings that stand for whole families where English has them.
 */
function oneOf(words: string): string {
  return `(?:${words
    .trim()
    .split(/\s*\n\s*/)
    .join("|")})`;
}

export const KIN = oneOf(`
wife|wives|husband|hubby|spouse|partner|girlfriend|boyfriend|gf|bf|fianc[eé]e?|significant other|ex(?:-\\w+| \\w+)?|crush|date
mother|mom|mum|mama|mommy|father|dad|papa|daddy|parents?|folks|stepmother|stepfather|stepmom|stepdad|(?:step|foster|half)-?\\w+
mother-in-law|father-in-law|sister-in-law|brother-in-law|daughter-in-law|son-in-law|in-laws
son|sons|daughter|daughters|kid|kids|child|children|baby|babies|toddler|newborn|teenager|teenagers|twins|triplets|girls|boys
brothers?|sisters?|siblings?|grandmothers?|grandfathers?|grandma|grandpa|granny|nana|grandparents|grandsons?|granddaughters?|grandchildren|grandkids
aunts?|aunty|auntie|uncles?|cousins?|nephews?|nieces?|godmother|godfather|godson|goddaughter|godparents|family|relatives
(?:best |good |old |close |childhood |college |school )?(?:friend|friends|buddy|buddies|pal|mate|bestie)|roommates?|flatmates?|housemates?|neighbou?rs?|landlord|landlady|mentor|mentee
colleagues?|coworkers?|co-workers?|boss|manager|assistant|teammates?|team mate|business partner|supervisor|tutor|coach|babysitter|nanny|pastor
`);

export const PETS = oneOf(`
pets?|dogs?|doggo|puppy|puppies|pup|cats?|kittens?|kitty|hamsters?|guinea pigs?|rabbits?|bunny|bunnies|parrots?|parakeets?|budgies?|birds?|canary|goldfish|fish|aquarium
turtles?|tortoises?|lizards?|gecko|snakes?|horses?|pony|ponies|chickens?|hens|goats?|ferrets?|chinchillas?|gerbils?|iguana|rats?|ducks?|alpacas?|llamas?
labrador|lab|retriever|poodle|beagle|terrier|bulldog|collie|corgi|dachshund|shepherd|husky|spaniel|chihuahua|dalmatian|pug|greyhound|rottweiler|mutt|tabby|siamese|maine coon|mastiff|pitbull|shih tzu|pomeranian|boxer
`);

export const JOBS = oneOf(`
\\w+(?:ologist|ographer|nomer|ician|iatrist|acist|opath|keeper|smith|wright|grapher|fighter|monger)s?
(?:\\w+-?)?(?:worker|manager|officer|assistant|developer|engineer|designer|analyst|consultant|technician|administrator|director|executive|specialist|coordinator|inspector|operator|supervisor|instructor|trainer|driver|teacher|programmer|scientist|therapist|agent|clerk|builder|planner|strategist|cleaner|guard|architect|artist|owner|maker|writer|dealer|advisor|adviser|representative|rep|recruiter|leader|president|producer|editor|researcher|salesman|saleswoman|salesperson|educator|translator|interpreter|counsel|counsell?or|seller)s?
nurse|doctor|physician|surgeon|dentist|vet|veterinarian|paramedic|midwife|pharmacist|caregiver|carer|orderly|emt|gp|hygienist|optometrist
lawyer|attorney|paralegal|judge|solicitor|barrister|notary|accountant|bookkeeper|auditor|banker|actuary|economist|trader|broker|realtor|underwriter|cashier|teller
chef|cook|baker|barista|bartender|waiter|waitress|server|butcher|sommelier|brewer|caterer|host|hostess|dishwasher
plumber|electrician|carpenter|mechanic|welder|roofer|painter|mason|bricklayer|gardener|landscaper|farmer|rancher|fisherman|florist|tailor|seamstress|hairdresser|barber|stylist|beautician|joiner|machinist|locksmith|handyman|janitor|custodian|housekeeper|maid|miner|logger|ranger|beekeeper|jeweler|potter|tattooist
pilot|flight attendant|steward|stewardess|sailor|captain|trucker|courier|cabbie|conductor|postman|mailman|soldier|marine|veteran|officer|policeman|policewoman|cop|detective|firefighter|fireman|spy|diplomat|politician|mayor|priest|pastor|rabbi|imam|nun|monk
teacher|professor|lecturer|tutor|librarian|principal|headteacher|postdoc|academic|scholar|student|undergrad|undergraduate|freshman|sophomore|phd candidate|doctoral candidate|grad student|intern|apprentice|trainee|resident
writer|author|novelist|poet|journalist|reporter|copywriter|blogger|youtuber|streamer|influencer|podcaster|photographer|videographer|filmmaker|illustrator|animator|musician|singer|drummer|guitarist|pianist|violinist|dj|composer|actor|actress|dancer|comedian|model|sculptor|curator|athlete|coach|referee|lifeguard
programmer|coder|sysadmin|data scientist|product manager|scrum master|tester|marketer|freelancer|contractor|entrepreneur|founder|cofounder|co-founder|ceo|cto|cfo|coo|vp|cio|business owner|landlord|secretary|receptionist|concierge|stay-at-home (?:mom|mum|dad|parent|mother|father)|homemaker|housewife|retiree|civil servant|social worker|statistician|mathematician|physicist|chemist|surveyor|undertaker|dietitian|nutritionist|optician|chiropractor|masseuse|babysitter|nanny|au pair|crossing guard
`);

export const CONDITIONS = oneOf(`
\\w+(?:itis|osis|emia|aemia|algia|opathy|plegia|lexia|phrenia|somnia|philia|trophy|ectomy|apnea|apnoea)
asthma|diabetes|anxiety|depression|adhd|add|ptsd|ocd|autism|asperger'?s|bipolar|epilepsy|migraines?|headaches?|vertigo|tinnitus|eczema|rosacea|acne|hives|gout|lupus|ibs|ibd|crohn'?s|gerd|acid reflux|heartburn|ulcers?|celiac|coeliac|hypertension|hypothyroidism|hyperthyroidism|hypoglycemia|thyroid|cholesterol|high cholesterol|blood pressure|pcos|cancer|tumou?r|hiv|aids|hepatitis|malaria|covid|long covid|flu|hay fever|allergy|allergies|lactose intolerance|gluten intolerance|intolerance|fibromyalgia|sciatica|scoliosis|carpal tunnel|tendonitis|hernia|herniated disc|slipped disc|plantar fasciitis|cataracts?|glaucoma|astigmatism|heart murmur|arrhythmia|heart condition|heart disease|heart attack|stroke|seizures?|concussion|pacemaker|implant|panic attacks?|insomnia|sleep apnea|stutter|dyslexia|dyscalculia|tourette'?s?|parkinson'?s|alzheimer'?s|dementia|multiple sclerosis|ms|cerebral palsy|raynaud'?s|endometriosis|kidney stones?|gallstones?|disability|cystic fibrosis|chronic \\w+|phantom pain|sensitive (?:skin|stomach|teeth)|weak (?:immune system|ankles?|knees?)
(?:\\w+ ){0,2}(?:disease|disorder|syndrome|condition|deficiency|intolerance|allergy|allergies|sensitivity|impairment|infection|injury|surgery|disability|fracture|phobia|pain)
(?:bad|broken|injured|torn|weak|sprained|sore|stiff|frozen|prosthetic|artificial|trick|replaced) (?:\\w+ )?(?:back|knees?|hips?|shoulders?|ankles?|wrists?|neck|eyesight|hearing|heart|legs?|arms?|foot|acl|tendon|ligament|meniscus)
`);

export const CONDITION_ADJECTIVES = oneOf(`
(?:type (?:1|2|one|two) |pre-?)?diabetic|asthmatic|pregnant|expecting(?: a baby)?|epileptic|celiac|coeliac|an[a]?emic|autistic|neurodivergent|colou?r-?blind|colou?r blind|deaf|blind|visually impaired|hearing impaired|hard of hearing|partially sighted|disabled|dyslexic|bipolar|depressed|hypertensive|lactose-?intolerant|lactose intolerant|gluten-?intolerant|gluten intolerant|\\w+-intolerant|intolerant|immunocompromised|immunosuppressed|sober|in recovery|a recovering \\w+|nearsighted|short-?sighted|farsighted|long-?sighted|an insomniac|a (?:cancer )?survivor|in remission|a wheelchair user|in a wheelchair|paraplegic|an amputee|a smoker|a former smoker|an ex-smoker|a non-?smoker|breastfeeding|nursing my|postpartum|menopausal|overweight|underweight|obese|claustrophobic|agoraphobic|prone to \\w+|sensitive to \\w+|recovering from|hypoglycemic|a hemophiliac|an? (?:organ|kidney|heart|liver) (?:donor|recipient)|in physical therapy|in therapy|undergoing \\w+|vaccinated|on dialysis|on chemo|going through (?:menopause|chemo\\w*|ivf)|trying to (?:conceive|quit smoking|lose weight)
`);

export const MEDICINES = oneOf(`
insulin|metformin|statins?|antibiotics?|antidepressants?|antihistamines?|blood thinners?|beta[- ]blockers?|painkillers?|medication|medications|medicine|meds|pills?|tablets|inhaler|epipen|vitamins?|supplements?|steroids?|birth control|the pill|hormones?|ssris?|chemo\\w*|ibuprofen|aspirin|paracetamol|acetaminophen|penicillin|lithium|melatonin|iron|probiotics|eye drops|injections?|shots|a cpap|cpap|immunosuppressants?|anticoagulants?|prednisone|warfarin|nsaids?
\\w+(?:pril|olol|sartan|statin|azole|cillin|mycin|oxetine|azepam|prazole|traline|zepam|idine|formin|thyroxine|triptan|dipine|parin|mab)
`);

export const BODY = oneOf(
  `back|lower back|knees?|hips?|shoulders?|ankles?|wrists?|neck|eyes?|eyesight|vision|hearing|ears?|heart|lungs?|stomach|gut|liver|kidneys?|thyroid|skin|scalp|teeth|tooth|gums|jaw|throat|sinuses|feet|foot|legs?|arms?|hands?|fingers?|toes?|elbows?|achilles|spine|joints?|blood|blood pressure|blood sugar|blood type|cholesterol|immune system|mental health|sleep|digestion|bones|head|appendix|hamstring`,
);

export const FOODS = oneOf(`
meat|red meat|pork|beef|lamb|chicken|poultry|veal|bacon|ham|sausages?|fish|seafood|shellfish|shrimp|prawns?|crab|lobster|oysters?|mussels|clams|squid|octopus|tuna|salmon|anchovies|sushi|raw fish|raw \\w+|animal products|animals
dairy|milk|cheese|butter|cream|yogh?urt|ice cream|lactose|eggs?|gluten|wheat|bread|pasta|carbs|carbohydrates|rice|grains?|oats|corn|soy|tofu|nuts|peanuts?|almonds?|cashews?|walnuts?|hazelnuts?|pecans?|pistachios?|sesame|seeds|beans|lentils|chickpeas|legumes|nightshades
sugar|sugary \\w+|sweets?|candy|desserts?|chocolate|honey|salt|sodium|spicy \\w+|spice|spices|chil[il]i\\w*|garlic|onions?|mushrooms?|tomato(?:es)?|potato(?:es)?|eggplant|aubergine|peppers?|cilantro|coriander|celery|avocados?|bananas?|strawberr(?:y|ies)|citrus|kiwi|mango(?:es)?|pineapple|coconut|apples?|olives?|fruit|vegetables|veggies|fried \\w+|fast food|junk food|processed \\w+|takeout|takeaway|greasy \\w+|fatty \\w+|oil|gelatin|lard|mayo\\w*|vinegar|msg
alcohol|beer|wine|liquor|spirits|cocktails|coffee|caffeine|tea|soda|soft drinks?|juice|energy drinks|tap water|pizza|burgers?|noodles|curry|soup|salads?|breakfast|dinner after \\w+|after \\w+|before noon|solid food|anything (?:with|that|containing|spicy|sweet|fried|raw)|food (?:with|that|after)
`);

export const REGIMES = oneOf(`
(?:\\w+-)?(?:vegan|vegetarian|pescatarian|pescetarian|flexitarian|carnivore|fruitarian|omnivore)|veggie|keto(?:genic)?|paleo|kosher|halal|jain|plant[- ]based|raw food|whole30|mediterranean|low[- ](?:carb|fat|sodium|sugar|fodmap|calorie|salt|gi|cholesterol)|high[- ](?:protein|fib(?:er|re))|(?:gluten|dairy|lactose|sugar|nut|egg|soy|grain|meat|wheat|alcohol|caffeine|carb)[- ]free|fodmap|dash|atkins|macrobiotic|calorie[- ]counting|teetotal|a teetotall?er|fasting|intermittent fasting|off (?:sugar|carbs|dairy|gluten|alcohol|meat|caffeine|coffee|bread|wheat)|a non-?drinker|a meat[- ]eater|a picky eater|a fussy eater|a vegan|a vegetarian
`);

export const THINGS = oneOf(`
car|cars|truck|van|suv|pickup|minivan|sedan|hatchback|convertible|jeep|motorcycle|motorbike|scooter|moped|vespa|bike|bicycle|ebike|e-bike|boat|sailboat|kayak|canoe|surfboard|snowboard|skis|skateboard|longboard|caravan|camper(?: van)?|campervan|rv|trailer|tractor|plane|drone|telescope|tent
phone|smartphone|iphone|android|pixel|laptop|macbook|computer|pc|desktop|chromebook|tablet|ipad|kindle|e-reader|monitor|keyboard|printer|3d printer|router|server|nas|tv|television|projector|speakers?|headphones|earbuds|airpods|smartwatch|watch|fitbit|garmin|camera|dslr|lens|console|playstation|ps\\d|xbox|switch|nintendo|gaming \\w+|steam deck|vr headset|turntable|record player|raspberry pi|thinkpad|dell|galaxy|samsung|canon|nikon|sony|fujifilm|leica|gopro|surface|imac|mac|mac mini|mac studio|oneplus|huawei|xiaomi|lenovo|asus|kobo|sonos|roomba|toaster|kettle|lawn mower|tools|toolbox|ladder|drill|chainsaw|fishing rod|globe|barometer|bass|fiddle|harmonica|mandolin|binoculars|microscope|typewriter|rocking chair|armchair|lamp|painting|paintings|rug|bicycle pump|helmet|pressure cooker|waffle iron|knife|knives|pan|skillet|graphics card|gpu
house|home|apartment|flat|condo|cottage|cabin|farm|studio|loft|townhouse|garage|garden|greenhouse|allotment|shed|balcony|pool|hot tub|sauna|fireplace|workshop|land
guitars?|piano|keyboard|violin|viola|cello|drums|drum kit|drum set|flute|saxophone|trumpet|ukulele|banjo|harp|accordion|clarinet|synthesizer|synth|amp
oven|stove|air fryer|instant pot|slow cooker|blender|mixer|espresso machine|coffee (?:machine|maker)|grill|barbecue|bbq|smoker|pizza oven|bread machine|microwave|fridge|freezer|dishwasher|washing machine|dryer|vacuum|robot vacuum|sewing machine|loom|kiln|treadmill|rowing machine|peloton|exercise bike|dumbbells|kettlebells?|yoga mat|piano bench|couch|sofa|desk|standing desk|bed|mattress|bookshelf|necklace|ring|tattoos?|piercings?|wheelchair|cane|solar panels|heat pump|generator|wallet|passport|collection|library
`);

export const HAPPENINGS = oneOf(`
appointments?|appointment|meetings?|interviews?|exams?|tests?|finals|midterms?|quiz|presentation|talk|demo|deadlines?|flights?|trips?|vacation|holiday|getaway|cruise|road trip|honeymoon|journey|layover|weddings?|engagement party|reception|funeral|christening|baptism|bar mitzvah|bat mitzvah|graduation|prom|reunion|party|parties|baby shower|bridal shower|bachelor(?:ette)? party|housewarming|concerts?|gig|recital|show|play|performance|festival|conference|convention|workshop|seminar|retreat|webinar|marathon|half marathon|triathlon|race|tournament|match|game|competition|audition|surgery|operation|procedure|checkup|check-up|scan|mri|root canal|dentist|physio|therapy session|court date|hearing|trial|inspection|viewing|delivery|move|moving day|anniversary|birthday|due date|reservation|dinner|lunch|brunch|date night|date|visit|visa (?:interview|appointment)|driving test|review|performance review|launch|start date|first day|last day|orientation|open house|parent-teacher \\w+|sleepover|playdate|book club|rehearsal|ceremony|gala|fundraiser|lease|contract
`);

/** Words that put something on the calendar. */
export const TIMES = oneOf(`
today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening|week|weekend|month|year|summer|spring|fall|autumn|winter|coming \\w+|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|christmas|thanksgiving|easter)
next (?!to|door|step|one|question|time|level|line)\\w+|last (?!name|minute|resort|one|question|line|thing)\\w+|(?:coming|every|early|late|mid|end of) \\w+|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|(?:in|on|by|until|before|since|from|of|for|mid|early|late) (?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|christmas|easter|thanksgiving|summer|spring|winter|autumn|fall|\\d{4}|the \\d{1,2}(?:st|nd|rd|th)|the (?:spring|summer|fall|autumn|winter|new year|holidays))
(?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sept|oct|nov|dec|may) \\d{1,2}(?:st|nd|rd|th)?|\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:january|february|march|april|may|june|july|august|september|october|november|december)|the \\d{1,2}(?:st|nd|rd|th)|\\d{1,2}[/.-]\\d{1,2}(?:[/.-]\\d{2,4})?|\\d{4}-\\d{2}-\\d{2}
in (?:a|an|one|two|three|four|five|six|a few|\\d+) (?:days?|weeks?|months?|hours?|years?)|(?:a|an|one|two|three|four|five|six|a few|\\d+|several) (?:days?|weeks?|months?|years?) (?:ago|from now)|at \\d{1,2}(?::\\d{2})? ?(?:am|pm|o'clock)?|\\d{1,2}(?::\\d{2})? ?(?:am|pm)|at noon|at midnight|soon
`);

export const NATIONS = oneOf(`
american|british|english|scottish|welsh|irish|canadian|australian|kiwi|french|german|austrian|swiss|italian|spanish|portuguese|brazilian|mexican|argentin(?:ian|e)|colombian|chilean|peruvian|venezuelan|cuban|puerto rican|dominican|jamaican|haitian|dutch|belgian|danish|swedish|norwegian|finnish|icelandic|polish|czech|slovak|slovenian|croatian|serbian|bosnian|bulgarian|romanian|hungarian|greek|turkish|cypriot|russian|ukrainian|belarusian|lithuanian|latvian|estonian|georgian|armenian|azerbaijani|kazakh|uzbek|israeli|palestinian|lebanese|syrian|iraqi|iranian|persian|saudi|emirati|egyptian|moroccan|algerian|tunisian|libyan|sudanese|ethiopian|eritrean|somali|kenyan|ugandan|tanzanian|rwandan|nigerian|ghanaian|senegalese|cameroonian|south african|zimbabwean|zambian|indian|pakistani|bangladeshi|sri lankan|nepali|nepalese|afghan|chinese|taiwanese|hongkonger|japanese|korean|south korean|mongolian|vietnamese|thai|cambodian|laotian|burmese|malaysian|singaporean|indonesian|filipin[oa]|samoan|maori|fijian|european|african|asian|latin[oax]|hispanic|scandinavian|basque|catalan|quebecois|hawaiian|texan|californian|new yorker|londoner|parisian|berliner|ecuadorian|bolivian|guatemalan|honduran|salvadoran|panamanian|maltese|albanian|macedonian|yemeni|jordanian|kuwaiti|qatari
`);

export const LANGUAGES = oneOf(
  `english|french|german|spanish|italian|portuguese|dutch|danish|swedish|norwegian|finnish|icelandic|polish|czech|slovak|hungarian|romanian|bulgarian|greek|turkish|russian|ukrainian|arabic|hebrew|persian|farsi|hindi|urdu|bengali|punjabi|tamil|telugu|marathi|gujarati|nepali|mandarin|cantonese|chinese|japanese|korean|vietnamese|thai|malay|indonesian|tagalog|swahili|amharic|yoruba|igbo|zulu|xhosa|afrikaans|latin|welsh|irish|gaelic|catalan|basque|croatian|serbian|slovenian|lithuanian|latvian|estonian|albanian|sign language|asl|bsl|esperanto|creole|somali|hausa|pashto|kurdish|mongolian|georgian|armenian`,
);

export const NUMBERS =
  "(?:(?:\\d{1,3})|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen))";

/** What an assistant's answer is made of: what standing instructions speak about. */
export const ANSWER_PARTS = oneOf(`
(?:answers?|responses?|replies|reply|explanations?|summaries|summary|examples?|outputs?|messages?|texts?|emails?|e-mails?|drafts?|lists?|bullets?|bullet[- ]points?|numbered lists|paragraphs?|sentences?|tables?|headings?|headers?|markdown|plain text|code(?: blocks?| samples?| snippets?| examples?| comments?)?|comments|snippets?|docstrings|type hints|tests|unit tests|semicolons|tabs|spaces|indentation|emojis?|emoticons|exclamation (?:marks|points)|em[- ]?dash(?:es)?|oxford commas?|jargon|slang|acronyms|buzzwords|filler|fluff|preambles?|disclaimers?|apologies|small talk|pleasantries|compliments|flattery|analogies|metaphors|humou?r|jokes?|puns|sarcasm|swearing|profanity|tone|style|language|wording|formatting|format|units|measurements|temperatures|dates?|date formats?|time formats?|prices|currency|currencies|spelling|sources|citations|references|links|urls|footnotes|suggestions|recommendations|advice|feedback|criticism|questions|follow-?up questions|clarifying questions|warnings|caveats|steps|step by step|instructions|recipes|pronouns|explanations|details?|context|background|definitions|reasoning|opinions|options|alternatives|choices|numbers|percentages|figures|quotes|quotation marks|greetings?|sign-?offs?|introductions?|conclusions?|recaps?|tl;?dr|takeaways?|ingredients|quantities|words|communication|conversations?|info|information|directness|honesty|brevity|things|it|stuff)
`);

/** The same, without the words that people use of anything: safe beside "I like". */
export const ANSWER_CORE = oneOf(`
(?:answers?|responses|replies|explanations?|summaries|outputs?|bullets?|bullet[- ]points?|numbered lists|headings?|markdown|plain text|code (?:blocks?|samples?|snippets?|examples?|comments?)|emojis?|emoticons|exclamation (?:marks|points)|em[- ]?dash(?:es)?|oxford commas?|jargon|buzzwords|filler|fluff|preambles?|disclaimers?|flattery|analogies|metaphors|sarcasm|directness|brevity|bluntness|tone|formatting|units|measurements|date formats?|citations|footnotes|follow-?up questions|clarifying questions|caveats|step by step|definitions|sign-?offs?|tl;?dr|short sentences|long paragraphs|straight answers|metric|celsius|fahrenheit|imperial)
`);

export const STYLES = oneOf(`
short|shorter|brief|briefer|concise|succinct|terse|crisp|compact|to the point|straight to the point|direct|blunt|honest|frank|simple|simpler|plain|clear|easy|casual|informal|formal|professional|polite|friendly|warm|neutral|serious|playful|funny|humorous|sarcastic|upbeat|encouraging|gentle|detailed|long|longer|thorough|in[- ]depth|comprehensive|elaborate|verbose|technical|non-?technical|high-?level|low-?level|step[- ]by[- ]step|bulleted|numbered|structured|visual|one-?line|two-?sentence|one-?paragraph|minimal|minimalist|literal|factual|evidence-based|metric|imperial|celsius|fahrenheit|kilomet(?:er|re)s?|miles|kilograms?|grams|pounds|lit(?:er|re)s|ounces|cups|24-?hour|24 hour|12-?hour|military time|iso|british|american|uk|us|australian|euros?|dollars|usd|eur|gbp|lowercase|uppercase|bullet(?:ed|s)?|bullet[- ]points?|lists?|tables?|paragraphs?|prose|plain text|markdown|typescript|python|javascript|rust|java|go|functional|dark mode|bottom line|layman'?s terms|plain english|simple (?:words|language|terms|english)|everyday (?:words|language)|full sentences|complete sentences|active voice|first person|second person|third person|real-world|practical|concrete
`);

/** Pastimes as a bare verb form: "I knit", "I go climbing", "we play chess". */
export const LEISURE = oneOf(`
(?:hik|camp|climb|boulder|surf|ski|snowboard|skat|skateboard|sail|kayak|canoe|row|swim|div|snorkel|fish|hunt|bik|cycl|run|jogg|danc|sing|paint|draw|sketch|knit|crochet|sew|quilt|embroider|garden|bak|cook|brew|read|writ|journal|blogg|photograph|film|gam|birdwatch|bird watch|stargaz|forag|meditat|box|wrestl|fenc|juggl|sculpt|carv|woodwork|weld|restor|tinker|cod|thrift|travel|backpack|volunteer|collect|scrapbook|stream|podcast|orienteer|geocach|parkour|rollerblad|roller skat|weightlift|lift|powerlift|rap|improvis|people watch|hang glid|paraglid|skydiv|bungee jump|horse rid|rid|kickbox|trail runn|runn|swimm|jog|mountain bik|rock climb|ice skat|scuba div|wood carv|whittl|calligraph)(?:ing|e|es|s)?|golf(?:ing)?|chess|tennis|soccer|football|basketball|baseball|softball|volleyball|hockey|rugby|cricket|badminton|squash|ping pong|table tennis|pickleball|bowling|darts|pool|billiards|poker|bridge|go|scrabble|sudoku|crosswords?|puzzles?|jigsaws?|board games|video games|card games|tabletop games|rpgs|dungeons and dragons|d&d|warhammer|minecraft|yoga|pilates|tai chi|karate|judo|jiu-?jitsu|taekwondo|aikido|muay thai|crossfit|zumba|ballet|salsa|tango|improv|theat(?:er|re)|community theat(?:er|re)|choir|a choir|the choir|a band|pottery|ceramics|calligraphy|origami|gardening|photography|astronomy|genealogy|archery|gymnastics|frisbee|lacrosse|water polo|martial arts|beekeeping
`);
