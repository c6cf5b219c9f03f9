import type { StoryTemplate } from "./story-template.ts";

/** Written by someone who has not seen the rules or the cue lexicon; frozen before the first run. Do not edit. */
export const BLIND_TEMPLATES: readonly StoryTemplate[] = [
  // identity
  {
    slot: "identity",
    facts: [
      "I'm Rosalind by the way, Roz for short.",
      "oh and it's Tadeusz, not Tad, everyone gets that wrong",
    ],
    questions: [
      "Can you write the sign-off for this email?",
      "Draft a bio for the conference website.",
    ],
  },
  {
    slot: "identity",
    facts: [
      "I turned 67 in March, so the tech stuff goes over my head sometimes.",
      "well, I'm seventy-one, you can imagine how long that took me",
    ],
    questions: [
      "Which travel discounts am I eligible for?",
      "Am I allowed to draw my pension yet?",
    ],
  },
  {
    slot: "identity",
    facts: [
      "My parents are Portuguese and so's my passport, even though I grew up in Leeds.",
      "I'm a Brazilian citizen, never bothered naturalising anywhere else.",
    ],
    questions: [
      "Do I need a visa for Japan?",
      "What paperwork does the embassy want before I fly to Canada?",
    ],
  },
  {
    slot: "identity",
    facts: [
      "I was born on the 29th of February, yes, really.",
      "I share a birthday with my twin obviously, 14 November.",
    ],
    questions: ["What's my star sign?", "When should I throw my next big party?"],
  },
  {
    slot: "identity",
    facts: [
      "English is my third language after Tamil and French, so forgive the odd typo.",
      "I speak Polish at home and get by in German.",
    ],
    questions: [
      "What should I list under skills on my CV?",
      "Which countries could I move to without struggling to talk with locals?",
    ],
  },
  {
    slot: "identity",
    facts: [
      "I go by they/them, just so you know.",
      "quick thing, my pronouns are she/her, people guess wrong from the avatar",
    ],
    questions: [
      "Write a third-person introduction the host can read out before my talk.",
      "Put together an 'about the author' blurb for the back cover.",
    ],
  },
  {
    slot: "identity",
    facts: [
      "I'm only 5'2\", so that shelf was never going to work, can you suggest something lower?",
      "I'm six foot six and nothing is ever built for people like me.",
    ],
    questions: [
      "What bike frame size do I need?",
      "Which airline seat would be most comfortable for me?",
    ],
  },
  {
    slot: "identity",
    facts: [
      "I'm a practising Muslim, so Fridays at noon are taken.",
      "We keep Shabbat in our house, so I'm offline from Friday sundown.",
    ],
    questions: [
      "Can you propose a weekly slot for the team call?",
      "Which public holidays should I ask my boss to have off?",
    ],
  },
  {
    slot: "identity",
    facts: ["I'm left-handed, which made the calligraphy video kind of useless."],
    questions: ["Recommend a pair of kitchen scissors.", "Which computer mouse should I buy?"],
  },
  {
    slot: "identity",
    facts: [
      "I just turned nineteen and honestly still feel like a kid.",
      "since I'm not even 20 yet nobody takes me seriously at the bank lol",
    ],
    questions: ["Can I rent a car in the US this summer?", "Which bars in Chicago will let me in?"],
  },
  {
    slot: "identity",
    facts: [
      "I've been widowed for six years now, so the form confused me.",
      "Divorced, no kids, since you asked.",
    ],
    questions: [
      "How do I fill in the marital status box on this tax return?",
      "Who should I put down as my next of kin?",
    ],
  },
  // health
  {
    slot: "health",
    facts: [
      "I've got asthma, it flares up whenever it's cold and damp.",
      "I had to stop halfway up because I'd forgotten my inhaler again.",
    ],
    questions: [
      "Build me a running plan for winter.",
      "Is a high-altitude trek in Nepal a sensible idea for me?",
    ],
  },
  {
    slot: "health",
    facts: [
      "Penicillin brings me out in hives, found that out the hard way as a kid.",
      "I'm allergic to amoxicillin btw, ended up in A&E once.",
    ],
    questions: [
      "The dentist wants me on antibiotics, which ones are okay?",
      "Fill in this hospital admission form for me.",
    ],
  },
  {
    slot: "health",
    facts: [
      "My lower back's been wrecked since I slipped a disc in 2019.",
      "I had spinal surgery last autumn, still stiff in the mornings.",
    ],
    questions: ["Give me a gym routine for this week.", "Should I move the piano by myself?"],
  },
  {
    slot: "health",
    facts: [
      "I'm about fourteen weeks pregnant, so the tiredness is normal apparently.",
      "we're expecting! due in June and I'm already huge",
    ],
    questions: [
      "Can I order the sushi platter and a glass of wine?",
      "Should I try the roller coasters at the amusement park?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I have type 1 diabetes, so I'm always checking numbers.",
      "been on insulin since I was eleven so needles don't bother me",
    ],
    questions: [
      "What dessert could I bake for myself?",
      "What do I pack for a twelve-hour flight?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I'm red-green colour blind, so I couldn't tell the two lines apart.",
      "my eyes can't distinguish reds from greens, which makes snooker fun",
    ],
    questions: ["Draw me a chart of quarterly revenue.", "Pick a palette for my slides."],
  },
  {
    slot: "health",
    facts: [
      "I'm pretty deaf in my right ear, so I missed half of what she said.",
      "I wear hearing aids, have done since my forties.",
    ],
    questions: [
      "Where should I sit in the theatre?",
      "Is a podcast the best way for me to learn history?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I take warfarin every evening, my phone reminds me.",
      "They put me on blood thinners after the clot in my leg.",
    ],
    questions: ["Can I pop an ibuprofen for this headache?", "Is getting a tattoo a bad plan?"],
  },
  {
    slot: "health",
    facts: [
      "I've been sober for two years in May, pretty proud of that.",
      "I'm a recovering alcoholic, so that chapter hit hard.",
    ],
    questions: [
      "Suggest somewhere to celebrate my promotion on Friday night.",
      "Which welcome drinks should the hotel have in my room?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I had a panic attack on the Tube last week, they're more and more frequent lately.",
      "crowds set off my anxiety, I have to leave after ten minutes",
    ],
    questions: [
      "Should I get tickets for the football final?",
      "How do I get across London at rush hour?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I've had migraines since school and flickering light is the trigger.",
      "I've got photosensitive epilepsy, haven't had a seizure in ages though.",
    ],
    questions: ["Is that new laser show worth seeing for me?", "Which nightclub would suit me?"],
  },
  {
    slot: "health",
    facts: [
      "My knee's shot, the surgeon says there's hardly any cartilage left.",
      "I tore my ACL skiing and I'm still limping.",
    ],
    questions: ["What's a fun way for me to get fit?", "Plan a sightseeing afternoon in Lisbon."],
  },
  // diet
  {
    slot: "diet",
    facts: [
      "I went vegan in January and surprisingly haven't cracked yet.",
      "I don't eat anything that comes from an animal, not even honey.",
    ],
    questions: ["What should I cook tonight?", "Find me a restaurant for Saturday."],
  },
  {
    slot: "diet",
    facts: [
      "I'm coeliac, so even crumbs from a toaster can finish me off.",
      "can't do gluten, it wrecks me for days",
    ],
    questions: ["Which pizza should I order?", "Recommend a beer I'd enjoy."],
  },
  {
    slot: "diet",
    facts: [
      "Peanuts could literally kill me, so I read every label.",
      "I carry an EpiPen because of nuts.",
    ],
    questions: ["Give me a pad thai recipe.", "What snacks shall I take on the hike?"],
  },
  {
    slot: "diet",
    facts: [
      "I can't digest milk at all, one latte and I'm doubled over.",
      "lactose and I do not get along",
    ],
    questions: [
      "How do I make a creamy pasta sauce?",
      "What's a quick breakfast I could prepare before school run?",
    ],
  },
  {
    slot: "diet",
    facts: [
      "We only buy halal at ours, so the butcher on the corner's out.",
      "I keep kosher, have done since I got married.",
    ],
    questions: [
      "What should I grill at the barbecue on Sunday?",
      "Is carbonara something I could have?",
    ],
  },
  {
    slot: "diet",
    facts: [
      "My doctor's got me on a low-salt thing because of my blood pressure.",
      "I'm supposed to stay under 1,500 mg of sodium.",
    ],
    questions: ["Which takeaway would be wise for tonight?", "Give me a ramen recipe."],
  },
  {
    slot: "diet",
    facts: [
      "I'm doing keto again, down nine pounds so far.",
      "I've cut out carbs completely, week three now.",
    ],
    questions: ["What can I have for lunch?", "Write my grocery list."],
  },
  {
    slot: "diet",
    facts: [
      "I'm pescatarian, gave up meat at uni and never looked back.",
      "no meat for me but I do eat fish",
    ],
    questions: [
      "What should I serve for Christmas dinner?",
      "Choose something for me from this steakhouse menu.",
    ],
  },
  {
    slot: "diet",
    facts: [
      "Coffee after noon and I'm awake until three, so I just don't any more.",
      "I quit caffeine altogether in the spring.",
    ],
    questions: [
      "What should I drink to get through this late meeting?",
      "Recommend a hot beverage for the evening.",
    ],
  },
  {
    slot: "diet",
    facts: [
      "Prawns make my throat swell up, learned that in Thailand.",
      "shellfish allergy here, a pretty serious one",
    ],
    questions: ["Is paella a good choice for me?", "What should I order at the seafood place?"],
  },
  {
    slot: "diet",
    facts: [
      "I skip breakfast because I'm fasting till one every day.",
      "I do the 16:8 intermittent thing, nothing before lunchtime.",
    ],
    questions: ["Suggest a meal plan for next week.", "Would a brunch booking at ten suit me?"],
  },
  {
    slot: "diet",
    facts: [
      "Anything with tomatoes or chillies gives me awful heartburn.",
      "I've got acid reflux so my stomach can't take spicy stuff.",
    ],
    questions: ["Which curry should I pick from the Indian?", "How should I season the stew?"],
  },
  // instruction
  {
    slot: "instruction",
    facts: [
      "Please keep your replies short, I read these on my watch.",
      "no essays please, two or three sentences is plenty for me from now on",
    ],
    questions: ["How do vaccines work?", "Tell me about the fall of Rome."],
  },
  {
    slot: "instruction",
    facts: [
      "Always use metric with me, I never understood inches.",
      "can you stick to kilometres and celsius in future, miles and fahrenheit mean nothing to me",
    ],
    questions: [
      "How far is it from Denver to Salt Lake City?",
      "How big is a regulation basketball court, and how warm do they keep it?",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "Answer me in Spanish from here on, even when I type English. I'm trying to practise.",
      "from now on reply in Italian please, immersion and all that",
    ],
    questions: ["What's the weather usually doing in October?", "Why is the sky blue?"],
  },
  {
    slot: "instruction",
    facts: [
      "Don't use emojis with me, they make me cringe.",
      "drop the smiley faces please, I'm not twelve",
    ],
    questions: [
      "Write a caption for my beach photo.",
      "Draft a birthday message to send to Karen.",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "Just give me bullet points, I can't deal with walls of text.",
      "I'd rather you always set things out as a list instead of paragraphs.",
    ],
    questions: [
      "What are the pros and cons of solar panels?",
      "Summarise the causes of the First World War.",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "Call me Captain when you answer, it cheers me up.",
      "you can address me as Dr Okonjo, I earned it",
    ],
    questions: ["Good morning! What's on today?", "Hi, can you help with an algebra problem?"],
  },
  {
    slot: "instruction",
    facts: [
      "Please show code in TypeScript unless I say otherwise.",
      "whenever you give me snippets, I want Python, nothing else",
    ],
    questions: [
      "How do I reverse a linked list?",
      "Write a function that removes duplicates from an array.",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "Explain things to me like I'm ten, jargon makes me switch off.",
      "I'd like plain words always, no technical terms, assume I know nothing",
    ],
    questions: ["What is inflation?", "How does a nuclear reactor produce electricity?"],
  },
  {
    slot: "instruction",
    facts: [
      "Always cite your sources so I can check, I've been burned before.",
      "Please put links under every claim you make, I don't trust anything otherwise.",
    ],
    questions: ["Is red wine really healthy?", "How much plastic ends up in the ocean each year?"],
  },
  {
    slot: "instruction",
    facts: [
      "I'm British, so please spell everything the UK way in whatever you write.",
      "stick to American spelling in all texts you produce for me, my editor's picky",
    ],
    questions: [
      "Proofread this essay on the colour theory of Matisse.",
      "Draft a cover letter to the theatre's catering department.",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "Be blunt with me, I don't need sugar-coating.",
      "please stop praising everything I do, just tell me what's wrong, always",
    ],
    questions: ["What do you think of my poem?", "Review my business pitch."],
  },
  {
    slot: "instruction",
    facts: [
      "Give dates as day then month, the American order trips me up every time.",
      "use the 24-hour clock whenever you mention times, am and pm confuse me",
    ],
    questions: [
      "When does the next solar eclipse start?",
      "Put together a schedule for the festival.",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "When I ask maths stuff, don't hand me the solution, nudge me with hints.",
      "never do my homework for me, only guide me, I actually want to learn",
    ],
    questions: [
      "What's the integral of x squared times e to the x?",
      "If two trains leave at once, where do they meet?",
    ],
  },
  // like
  {
    slot: "like",
    facts: [
      "I could listen to Miles Davis all day, honestly.",
      "I've been a jazz nut since college.",
    ],
    questions: ["Put together a playlist for my drive.", "What concert should I book in New York?"],
  },
  {
    slot: "like",
    facts: [
      "I'm obsessed with murder mysteries, I get through two a week.",
      "nothing beats a good Agatha Christie on a rainy afternoon",
    ],
    questions: ["What should I read on holiday?", "Find me a series to binge over Easter."],
  },
  {
    slot: "like",
    facts: [
      "I'm happiest when I'm up a mountain with a rucksack.",
      "Hiking's my thing, weekends I'm always off on some trail.",
    ],
    questions: [
      "How should I spend my free days in Austria?",
      "What gift could I put on my wish list?",
    ],
  },
  {
    slot: "like",
    facts: [
      "My favourite colour's teal, half my wardrobe is.",
      "I love anything dark green, can't help it.",
    ],
    questions: [
      "What shade should I paint the bedroom?",
      "Which case shall I get with the new phone?",
    ],
  },
  {
    slot: "like",
    facts: [
      "I adore Thai food, the hotter the better.",
      "I'd eat Korean every night if my wallet allowed.",
    ],
    questions: ["Where shall we go for dinner?", "Suggest a recipe I'd enjoy."],
  },
  {
    slot: "like",
    facts: [
      "I really enjoy pottering in the garden, it calms me down.",
      "growing veg is what keeps me sane tbh",
    ],
    questions: [
      "How could I unwind after a stressful week?",
      "What could I do with a free Sunday?",
    ],
  },
  {
    slot: "like",
    facts: [
      "I'm a massive Arsenal fan, for my sins.",
      "I've followed Celtic since my grandad took me to a match.",
    ],
    questions: [
      "What's worth watching on TV this weekend?",
      "Which scores from yesterday would interest me?",
    ],
  },
  {
    slot: "like",
    facts: [
      "I'm a sucker for brutalist buildings, the uglier the better.",
      "I'm really into art deco, I'll detour miles for a good facade.",
    ],
    questions: ["What should I see in Belgrade?", "Recommend a coffee table book for me."],
  },
  {
    slot: "like",
    facts: [
      "Give me an aisle over a window any time, I like to stretch my legs.",
      "I always prefer the window when flying, I love looking at clouds.",
    ],
    questions: ["Which seat should I pick at check-in?"],
  },
  {
    slot: "like",
    facts: [
      "I have such a sweet tooth, dark chocolate especially.",
      "salted caramel is basically my love language",
    ],
    questions: ["Which ice cream should I get?", "What treat could I reward myself with?"],
  },
  {
    slot: "like",
    facts: [
      "I'm a morning person, I do my best thinking before seven.",
      "I love getting up at dawn when everything's quiet.",
    ],
    questions: [
      "When should I schedule my study sessions?",
      "Which gym class would fit me, the 6:30 or the 20:00?",
    ],
  },
  {
    slot: "like",
    facts: [
      "I've gotten hooked on board games, we've got about sixty.",
      "Catan, Carcassonne, all that, I can't get enough.",
    ],
    questions: [
      "What could I do with friends on a wet evening?",
      "My aunt wants birthday present ideas for me.",
    ],
  },
  // dislike
  {
    slot: "dislike",
    facts: [
      "I can't stand coriander, tastes like soap to me.",
      "cilantro is the devil's herb, I pick out every leaf",
    ],
    questions: ["Give me a guacamole recipe.", "What should I put on top of my tacos?"],
  },
  {
    slot: "dislike",
    facts: [
      "I hate horror films, I sleep with the light on for a week after.",
      "gore really isn't for me, I couldn't finish Saw",
    ],
    questions: ["What should we watch on Halloween?", "Pick a movie for date night."],
  },
  {
    slot: "dislike",
    facts: [
      "I'm terrified of flying, I was in tears the whole way from Oslo.",
      "planes freak me out, I avoid them if there's any alternative",
    ],
    questions: ["How should I travel to Barcelona?", "Where could I go on vacation this year?"],
  },
  {
    slot: "dislike",
    facts: [
      "Hot weather makes me miserable, anything above 25 and I melt.",
      "I can't bear heat, summer's my worst season.",
    ],
    questions: ["Should I visit Dubai in August?", "Which month is right for my trip to Seville?"],
  },
  {
    slot: "dislike",
    facts: [
      "I really don't like mushrooms, it's the slimy texture.",
      "olives make me gag, always have",
    ],
    questions: ["What toppings shall I ask for on Friday?", "What would be a nice starter for me?"],
  },
  {
    slot: "dislike",
    facts: [
      "Phone calls stress me out, I'd rather do anything else.",
      "I loathe ringing people, I'll put it off for weeks.",
    ],
    questions: [
      "How should I cancel my gym membership?",
      "What's the best way to get a plumber round?",
    ],
  },
  {
    slot: "dislike",
    facts: [
      "I've never got on with country music, all those trucks.",
      "Techno gives me a headache, sorry, I just don't get it.",
    ],
    questions: ["Make a playlist for my party.", "Which festival should I go to?"],
  },
  {
    slot: "dislike",
    facts: [
      "Spiders. Nope. I once moved out of a room over one.",
      "I've got a proper phobia of snakes, can't even see a picture.",
    ],
    questions: [
      "Would a jungle tour in Borneo be fun for me?",
      "Should we do the reptile and insect house at the zoo?",
    ],
  },
  {
    slot: "dislike",
    facts: [
      "I'm not a fan of camping, give me a proper mattress and a shower.",
      "tents are my idea of hell, did it once, never again",
    ],
    questions: ["Where should we stay for the festival?", "Plan a cheap weekend in Yosemite."],
  },
  {
    slot: "dislike",
    facts: [
      "Surprises make me cringe, especially people singing at me in restaurants.",
      "I can't stand being the centre of attention, I went bright red at my own toast.",
    ],
    questions: [
      "How should I mark my fiftieth?",
      "Which hobby class would suit me, improv or pottery?",
    ],
  },
  {
    slot: "dislike",
    facts: [
      "Heights turn my legs to jelly, I crawled off that bridge.",
      "I get vertigo just from standing on a ladder, absolutely detest it",
    ],
    questions: ["Should I go up the Eiffel Tower?", "What activities in Queenstown would I enjoy?"],
  },
  {
    slot: "dislike",
    facts: [
      "Lavender makes me feel sick, my gran's house reeked of it.",
      "I can't bear strong perfume, it turns my stomach.",
    ],
    questions: ["Which candle should I buy?", "What soap and detergent should I get?"],
  },
  // work
  {
    slot: "work",
    facts: [
      "I'm a nurse on a paediatric ward, so I've seen worse.",
      "I drive ambulances for a living, nothing grosses me out.",
    ],
    questions: ["Write a LinkedIn summary for me.", "Which tax deductions could I claim?"],
  },
  {
    slot: "work",
    facts: [
      "I've been on nights at the warehouse since Easter.",
      "my shift starts at ten in the evening and finishes at six",
    ],
    questions: [
      "What bedtime do you suggest?",
      "What would be a sensible hour for a dentist appointment?",
    ],
  },
  {
    slot: "work",
    facts: [
      "I teach chemistry at a secondary school, year nines mostly.",
      "My pupils were off the wall today, that's Year 7 for you.",
    ],
    questions: [
      "When would be best for me to take a two-week holiday?",
      "What could I do for extra income over the summer?",
    ],
  },
  {
    slot: "work",
    facts: [
      "I got laid off on Thursday, whole department gone.",
      "I've been unemployed since the factory shut.",
    ],
    questions: ["Help me set a monthly budget.", "Is this a good moment to take out a mortgage?"],
  },
  {
    slot: "work",
    facts: [
      "I'm a freelance illustrator, so money comes in fits and starts.",
      "I run my own little pottery studio, just me and a kiln.",
    ],
    questions: ["What insurance should I have?", "How do I file my taxes?"],
  },
  {
    slot: "work",
    facts: [
      "I'm a backend dev, mostly Go and Postgres.",
      "I write Rust at a fintech, eight years in software now",
    ],
    questions: [
      "How technical should your explanation of DNS be for me?",
      "Which conferences are worth attending for my career?",
    ],
  },
  {
    slot: "work",
    facts: [
      "My boss Helga wants everything in triplicate, it's exhausting.",
      "I report to a guy called Benedikt, he's alright.",
    ],
    questions: ["Who do I send my resignation letter to?", "Draft an email asking for a raise."],
  },
  {
    slot: "work",
    facts: [
      "I'm in my second year of law at Durham, so I'm permanently broke.",
      "I'm doing a PhD on moss, don't laugh.",
    ],
    questions: [
      "Can I get a discount on software and train tickets?",
      "What shall I say when people ask what I do?",
    ],
  },
  {
    slot: "work",
    facts: [
      "I retired from the post office in 2021 and haven't looked at a clock since.",
      "I stopped working two years back, bliss.",
    ],
    questions: ["Would a weekday matinee be convenient for me?", "Should I travel off-season?"],
  },
  {
    slot: "work",
    facts: [
      "I'm fully remote, my team's spread from Lagos to Manila.",
      "I work from the kitchen table these days, no office any more",
    ],
    questions: [
      "Could I spend a month in Madeira without taking leave?",
      "What broadband speed should I go for?",
    ],
  },
  {
    slot: "work",
    facts: [
      "I bake for a living, so I'm up at half three.",
      "I'm on the early milk round, alarm's at 3 a.m.",
    ],
    questions: [
      "Is the late screening a good idea for me tonight?",
      "How late is too late for lights out?",
    ],
  },
  {
    slot: "work",
    facts: [
      "I'm just about to qualify as an electrician, one more module.",
      "I've been wiring houses for fifteen years.",
    ],
    questions: [
      "Should I hire somebody to install a new socket?",
      "Make a flyer advertising my services.",
    ],
  },
  {
    slot: "work",
    facts: [
      "I sit on the council, so I've got to be careful what I say in public.",
      "I'm a judge, so I stay out of party politics.",
    ],
    questions: [
      "Should I post this rant about the election?",
      "Can I sign the petition against the bypass?",
    ],
  },
  // place
  {
    slot: "place",
    facts: [
      "I live in Bergen, so yes, it's raining.",
      "We moved to Manchester last year and I've worn a coat ever since.",
    ],
    questions: ["Should I take an umbrella tomorrow?", "What's on near me this weekend?"],
  },
  {
    slot: "place",
    facts: [
      "I'm on the fifth floor with no lift, carrying that was murder.",
      "our flat's up four flights of stairs, so I don't bother with the gym",
    ],
    questions: [
      "Should I get the washing machine delivered or collect it?",
      "Would a heavy e-bike be practical for me?",
    ],
  },
  {
    slot: "place",
    facts: [
      "I'm based in Singapore, so it's past midnight here.",
      "I'm in Auckland, sorry if the hours are weird.",
    ],
    questions: [
      "When does the Apple keynote start for me?",
      "What's a decent time to ring a friend in Toronto?",
    ],
  },
  {
    slot: "place",
    facts: [
      "We're out in the sticks, nearest shop's a half-hour drive.",
      "I live on a farm in the middle of nowhere.",
    ],
    questions: ["Should I buy an electric car?", "Can I get groceries brought round tonight?"],
  },
  {
    slot: "place",
    facts: [
      "I grew up in Galway, you can still hear it.",
      "I'm originally from Naples, left when I was eighteen.",
    ],
    questions: [
      "Write a paragraph about my roots.",
      "Help me with a wedding speech about my childhood.",
    ],
  },
  {
    slot: "place",
    facts: [
      "My flat's tiny, 28 square metres, you can touch both walls.",
      "I'm in a studio the size of a shoebox.",
    ],
    questions: ["Would a Great Dane be right for me?", "What sofa should I buy?"],
  },
  {
    slot: "place",
    facts: [
      "We've only got a north-facing balcony, it never sees the sun.",
      "My garden's in shade all day because of the neighbour's oaks.",
    ],
    questions: ["Which plants should I grow?", "Will tomatoes do well at home?"],
  },
  {
    slot: "place",
    facts: [
      "I'm renting from a landlord who won't let us so much as hang a picture.",
      "I'm a tenant, the lease says no changes",
    ],
    questions: ["How do I knock through the kitchen wall?", "Ideas for redecorating my bathroom?"],
  },
  {
    slot: "place",
    facts: [
      "I'm just five minutes from the beach, you can smell the salt.",
      "I live right by the sea in Cornwall.",
    ],
    questions: ["Where should I exercise outdoors?", "Will my metal furniture rust outside?"],
  },
  {
    slot: "place",
    facts: ["My local station's Clapham Junction.", "I catch the train at Utrecht every morning."],
    questions: ["How do I get to the airport?", "What's the fastest route to my interview?"],
  },
  {
    slot: "place",
    facts: [
      "We're relocating to Texas in the autumn, boxes everywhere.",
      "I'm about to move to Zurich, still can't believe it",
    ],
    questions: [
      "Which bank account should I open?",
      "Should I renew my gym contract here for a year?",
    ],
  },
  {
    slot: "place",
    facts: [
      "I live in Quebec, so we've got five months of snow.",
      "up here in Tromsø it's dark from November on",
    ],
    questions: ["Which tyres should I fit?", "What kind of jacket do I need?"],
  },
  // people
  {
    slot: "people",
    facts: [
      "My wife Ingrid thinks I'm mad for asking you this.",
      "Ingrid and I have been married eleven years",
    ],
    questions: ["Who should I put as my emergency contact?", "Write a Valentine's card."],
  },
  {
    slot: "people",
    facts: [
      "We've got three kids under six, so it's chaos.",
      "the twins are four and the baby's teething, send help",
    ],
    questions: ["Plan a family holiday.", "What car would suit us?"],
  },
  {
    slot: "people",
    facts: [
      "My mum's in a wheelchair and comes everywhere with us.",
      "Dad can't manage steps since his stroke, and he lives with me.",
    ],
    questions: ["Which cottage should we book?", "Suggest a family outing."],
  },
  {
    slot: "people",
    facts: [
      "My brother's vegetarian, so Christmas is always a negotiation.",
      "my sister's stopped eating meat, bless her",
    ],
    questions: [
      "My sibling is coming for supper, what shall I roast?",
      "What shall I cook when the relatives visit?",
    ],
  },
  {
    slot: "people",
    facts: [
      "My girlfriend's from Seoul, she's teaching me the alphabet.",
      "My in-laws are Korean and barely speak English.",
    ],
    questions: ["How should I greet my partner's parents?", "Which language course should I take?"],
  },
  {
    slot: "people",
    facts: [
      "My daughter Odette is mad about dinosaurs.",
      "our eldest just wants to talk about T. rex all day long",
    ],
    questions: [
      "What birthday cake should I make for my child?",
      "Which museum would be best for the family?",
    ],
  },
  {
    slot: "people",
    facts: [
      "My best mate Lorcan's getting divorced, so I'm on sofa duty.",
      "a close friend just split up with her husband, she's in bits",
    ],
    questions: [
      "Should I bring up my engagement at the pub with my pal?",
      "Pick a film for an evening with my buddy, is a romance okay?",
    ],
  },
  {
    slot: "people",
    facts: [
      "My son's just started at a school for autistic pupils and loves it.",
      "our boy's autistic, loud noises are hard for him",
    ],
    questions: [
      "Should we take my child to the fireworks?",
      "What would be a good day out for the family?",
    ],
  },
  {
    slot: "people",
    facts: [
      "I'm single and live alone, which is fine mostly.",
      "it's just me here since the breakup",
    ],
    questions: ["How many portions should I cook?", "What do I do on Valentine's?"],
  },
  {
    slot: "people",
    facts: [
      "My flatmate Yusuf works nights, so he's asleep all day.",
      "I share with a nurse who sleeps till four in the afternoon",
    ],
    questions: ["When should I practise the drums?", "Can I hoover this morning?"],
  },
  {
    slot: "people",
    facts: [
      "My nan passed away on Sunday, it's been a lot.",
      "we lost Grandad this week, still doesn't feel real",
    ],
    questions: ["Draft an out-of-office message.", "How do I ask my tutor for an extension?"],
  },
  {
    slot: "people",
    facts: [
      "My husband's a huge cyclist, there are wheels in the hallway.",
      "he's never off that bike, my other half",
    ],
    questions: ["What should I get my spouse for our anniversary?", "Gift ideas for my partner?"],
  },
  // possession
  {
    slot: "possession",
    facts: [
      "I've got a golden retriever called Biscuit who eats socks.",
      "our spaniel kept me up last night",
    ],
    questions: [
      "Find a hotel for my weekend away.",
      "Is it okay to leave raisins and chocolate on the coffee table?",
    ],
  },
  {
    slot: "possession",
    facts: ["I drive a 2012 diesel Golf, it just won't die.", "my old Volvo estate runs on diesel"],
    questions: ["Which pump do I use at the petrol station?", "Can I enter the low-emission zone?"],
  },
  {
    slot: "possession",
    facts: [
      "I'm on an iPhone 12, cracked screen and all.",
      "I only have Apple stuff, phone, laptop, the lot",
    ],
    questions: ["Recommend an app for tracking expenses.", "How do I turn off notifications?"],
  },
  {
    slot: "possession",
    facts: [
      "We don't own an oven, only a hob and a microwave.",
      "my oven packed in and I'm making do with two gas rings",
    ],
    questions: ["How should I prepare chicken?", "Give me a dessert recipe."],
  },
  {
    slot: "possession",
    facts: [
      "I've two cats, Pickle and Chutney, who hate everyone.",
      "my tabby sits on the keyboard, so excuse mistakes",
    ],
    questions: [
      "Which houseplants are safe for me to buy?",
      "What do I need to arrange before going abroad for a fortnight?",
    ],
  },
  {
    slot: "possession",
    facts: [
      "I don't have a car, sold it when petrol went mad.",
      "I never learned to drive, so no car either.",
    ],
    questions: [
      "How do I get to the lake on Saturday?",
      "Which supermarket should I use for the weekly shop?",
    ],
  },
  {
    slot: "possession",
    facts: ["My laptop runs Linux, Fedora to be exact.", "I switched to Ubuntu in the summer."],
    questions: ["How do I install Photoshop?", "Which command lists open ports?"],
  },
  {
    slot: "possession",
    facts: [
      "I inherited a cello from my uncle and it's sitting in a corner.",
      "there's an old upright piano at ours that nobody touches",
    ],
    questions: ["Which instrument should I learn?", "Suggest a hobby that won't cost me anything."],
  },
  {
    slot: "possession",
    facts: [
      "I've got an induction hob, the copper set was a waste.",
      "we switched to induction when we redid the kitchen",
    ],
    questions: ["Which frying pan should I buy?", "Will this wok do?"],
  },
  {
    slot: "possession",
    facts: [
      "I bought a Canon mirrorless second-hand, still learning the buttons.",
      "my Nikon's my pride and joy",
    ],
    questions: ["Which lens would fit?", "What gear should I bring on safari?"],
  },
  {
    slot: "possession",
    facts: [
      "I keep bees, four hives at the bottom of the plot.",
      "there's a beehive on our roof, long story",
    ],
    questions: ["What flowers should I sow?", "Is it okay to spray insecticide on my roses?"],
  },
  {
    slot: "possession",
    facts: [
      "I've already got an air fryer, a slow cooker and a bread maker, no counter left.",
      "my kitchen's crammed with gadgets, I've even got a pasta machine",
    ],
    questions: ["What should I ask for as a housewarming present?", "How should I do the chips?"],
  },
  {
    slot: "possession",
    facts: [
      "I own a kayak, it lives in the garage.",
      "picked up a used paddleboard off a neighbour",
    ],
    questions: [
      "What could I do at the lake this weekend?",
      "How should I spend a sunny Saturday?",
    ],
  },
  // event
  {
    slot: "event",
    facts: [
      "I'm getting married on the 12th of September, help.",
      "our wedding's in mid-September, I've got nothing sorted",
    ],
    questions: [
      "Could I take on a big project in early autumn?",
      "When should I schedule the haircut and the suit fitting?",
    ],
  },
  {
    slot: "event",
    facts: [
      "I've got a dentist appointment Tuesday at 2, wish me luck.",
      "they're pulling my wisdom tooth on Tuesday afternoon",
    ],
    questions: ["When can I meet Priya this week?", "Plan my week."],
  },
  {
    slot: "event",
    facts: [
      "My driving test's on Friday morning and I'm bricking it.",
      "I sit my theory and practical on Friday, back to back",
    ],
    questions: ["Should I go out drinking on Thursday?", "What should I focus on this week?"],
  },
  {
    slot: "event",
    facts: [
      "We fly to Lisbon on the third of May.",
      "off to Portugal at the start of May, can't wait",
    ],
    questions: ["What should I pack?", "Which foreign phrases should I be learning?"],
  },
  {
    slot: "event",
    facts: [
      "I've signed up for the Berlin marathon, must be mad.",
      "I'm running 42k in September, no idea why I agreed",
    ],
    questions: ["What exercise should I do this weekend?", "What shoes do I need?"],
  },
  {
    slot: "event",
    facts: [
      "My bar exam's in three weeks and I've barely opened a book.",
      "finals start on the 20th, so I basically live in the library",
    ],
    questions: ["Should I say yes to the ski trip this month?", "Plan my evenings for me."],
  },
  {
    slot: "event",
    facts: [
      "I'm having an op on my shoulder on the 9th, six weeks in a sling after.",
      "they're operating on my wrist next month",
    ],
    questions: [
      "Should I enter the tennis tournament?",
      "Is it wise to book a canoe trip for the spring?",
    ],
  },
  {
    slot: "event",
    facts: [
      "My parents are coming to stay from the 18th till the 25th.",
      "in-laws descend on us next Wednesday for a whole week",
    ],
    questions: ["Can I host book club at mine?", "What do I need to buy at the supermarket?"],
  },
  {
    slot: "event",
    facts: [
      "I've an interview at a museum on Monday, first one in years.",
      "got through to the second round, panel's on Monday at ten",
    ],
    questions: [
      "What outfit should I iron on Sunday night?",
      "What should I prepare over the weekend?",
    ],
  },
  {
    slot: "event",
    facts: [
      "We complete on the house on the 30th, finally.",
      "we get the keys at the end of the month!",
    ],
    questions: [
      "When should I cancel my current broadband?",
      "Do I have to notify anyone about a new address?",
    ],
  },
  {
    slot: "event",
    facts: [
      "It's our tenth anniversary on the 6th of June.",
      "ten years married this June, where did that go",
    ],
    questions: [
      "What should I be reserving a table for?",
      "Is there any reason to buy flowers soon?",
    ],
  },
  {
    slot: "event",
    facts: [
      "I'm giving the keynote in Vienna on the 22nd.",
      "I've been roped into speaking to 400 people later this month",
    ],
    questions: ["What should I be rehearsing?", "How can I calm my nerves on stage?"],
  },
  {
    slot: "event",
    facts: [
      "The vet's neutering the dog on Thursday, poor thing.",
      "my pup has his snip booked for Thursday",
    ],
    questions: [
      "Could I go away from Friday?",
      "Is a ten-mile walk on the cards for us this weekend?",
    ],
  },
  {
    slot: "event",
    facts: [
      "My visa runs out on the first of August.",
      "my residence permit expires this summer, must not forget",
    ],
    questions: ["What admin should I deal with urgently?", "Could I sign a new one-year contract?"],
  },
  {
    slot: "event",
    facts: [
      "Ramadan starts next week, so I'm cooking ahead.",
      "I'm giving up sugar for Lent, from Wednesday.",
    ],
    questions: ["Should I accept the invitation to a cake-tasting lunch this month?"],
  },
];
