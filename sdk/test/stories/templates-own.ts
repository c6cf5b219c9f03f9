import type { StoryTemplate } from "./story-template.ts";

/** The half of the story templates that was written together with the rules. The blind half is in `templates-blind.ts`. */
export const OWN_TEMPLATES: readonly StoryTemplate[] = [
  {
    slot: "identity",
    facts: [
      "Hi, I'm Marguerite, nice to meet you.",
      "My name is Tobias, by the way.",
      "Everyone calls me Juno.",
    ],
    questions: [
      "How should I sign off this email?",
      "Draft a short introduction I can use at the club.",
    ],
  },
  {
    slot: "identity",
    facts: ["I just turned 47 last week.", "I'm 29 years old.", "I am in my early sixties."],
    questions: [
      "How many candles do I need on my cake?",
      "Do I qualify for a senior discount yet?",
    ],
  },
  {
    slot: "identity",
    facts: [
      "I'm originally Ukrainian but hold a Canadian passport.",
      "I am Portuguese by birth.",
      "My mother tongue is Tamil.",
    ],
    questions: [
      "Tell a bit about my heritage in a dating profile.",
      "Which citizenship should I fill in on this form?",
    ],
  },
  {
    slot: "identity",
    facts: ["My pronouns are they/them.", "I stand 193 cm tall.", "I'm left-handed."],
    questions: [
      "Write a third person bio about me.",
      "What personal details of mine belong in the profile?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I'm severely allergic to penicillin.",
      "I've had asthma since childhood.",
      "I was diagnosed with type 2 diabetes in spring.",
    ],
    questions: [
      "What should I tell the new doctor before the treatment?",
      "Which conditions do I have to list on the intake form?",
    ],
  },
  {
    slot: "health",
    facts: [
      "My left knee has been bad ever since I tore a ligament.",
      "I have a herniated disc.",
      "I'm seven months pregnant.",
    ],
    questions: ["Put together a gym routine for me.", "Is this workout plan safe for me?"],
  },
  {
    slot: "health",
    facts: [
      "Bee stings make my throat swell up, so I carry an EpiPen.",
      "I get terrible migraines from bright light.",
      "I can't eat shellfish, it gives me hives.",
    ],
    questions: [
      "What should we pack in the first aid kit?",
      "Anything to watch out for with my health at the picnic?",
    ],
  },
  {
    slot: "health",
    facts: [
      "I take warfarin every evening.",
      "I'm on antidepressants at the moment.",
      "I use a wheelchair.",
    ],
    questions: [
      "Can I use this cold remedy?",
      "Are there health issues of mine the hotel ought to know?",
    ],
  },
  {
    slot: "diet",
    facts: [
      "I've been vegan for six years.",
      "We keep kosher at home.",
      "I don't eat pork or beef.",
    ],
    questions: [
      "Suggest a menu for Saturday's dinner.",
      "Find a restaurant where I could celebrate.",
    ],
  },
  {
    slot: "diet",
    facts: ["I gave up sugar in January.", "I'm doing keto these days.", "I never drink alcohol."],
    questions: ["What could I order at the cafe?", "Any snack ideas for the afternoon?"],
  },
  {
    slot: "diet",
    facts: ["I follow a gluten-free diet.", "I only eat halal.", "I fast until noon each day."],
    questions: ["What should I cook tonight?", "Give me a grocery list for the week."],
  },
  {
    slot: "instruction",
    facts: [
      "Please keep your answers under five sentences.",
      "From now on, always reply in French.",
      "Never use emojis when you write to me.",
    ],
    questions: ["Explain how vaccines work.", "Write a summary of the Roman republic."],
  },
  {
    slot: "instruction",
    facts: [
      "I prefer bullet points over long paragraphs.",
      "Don't sugarcoat your feedback.",
      "I'd like you to use metric units.",
    ],
    questions: [
      "Describe how a suspension bridge is built.",
      "Can you help me plan a hike to a waterfall?",
    ],
  },
  {
    slot: "instruction",
    facts: [
      "Whenever I ask for code, add type hints.",
      "Skip the disclaimers, please.",
      "Be blunt with me.",
    ],
    questions: [
      "Review my business idea: a subscription for houseplants.",
      "Draft a letter to the landlord about the heating.",
    ],
  },
  {
    slot: "like",
    facts: [
      "I absolutely love bouldering.",
      "I'm a huge fan of jazz.",
      "My favorite way to relax is watercolor painting.",
    ],
    questions: ["Got any ideas for the weekend?", "What do I do for fun?"],
  },
  {
    slot: "like",
    facts: [
      "I collect vintage maps.",
      "I'm really into astronomy.",
      "I can't get enough of detective novels.",
    ],
    questions: [
      "What would make a good present for me?",
      "Which hobby of mine could I write a post about?",
    ],
  },
  {
    slot: "like",
    facts: [
      "I adore Korean dramas.",
      "My favourite director is Agnès Varda.",
      "I enjoy strategy games with a lot of depth.",
    ],
    questions: [
      "What should I watch tonight?",
      "Recommend something entertaining for a rainy Sunday.",
    ],
  },
  {
    slot: "dislike",
    facts: [
      "I can't stand karaoke.",
      "I hate crowded places.",
      "Horror films really aren't my thing.",
    ],
    questions: [
      "What should we leave out of my birthday evening?",
      "What kind of entertainment would put me off?",
    ],
  },
  {
    slot: "dislike",
    facts: [
      "I'm terrified of heights.",
      "I really dislike cilantro.",
      "Loud chewing drives me crazy.",
    ],
    questions: ["What things bother me?", "What should my host avoid?"],
  },
  {
    slot: "dislike",
    facts: [
      "I've never been a fan of beaches.",
      "I loathe country music.",
      "Small talk bores me to tears.",
    ],
    questions: ["What would I not enjoy on vacation?", "Which activities annoy me?"],
  },
  {
    slot: "work",
    facts: [
      "I work as a pediatric nurse.",
      "I'm a structural engineer at a small firm.",
      "I run a bakery with my cousin.",
    ],
    questions: ["Draft my LinkedIn headline.", "What do I do for a living?"],
  },
  {
    slot: "work",
    facts: [
      "I'm studying marine biology at university.",
      "I teach chemistry to teenagers.",
      "I've been freelancing as a translator for three years.",
    ],
    questions: ["Help me with a cover letter.", "Tailor my resume, please."],
  },
  {
    slot: "work",
    facts: [
      "I got promoted to regional sales manager.",
      "I retired from the fire department.",
      "My employer makes wind turbines.",
    ],
    questions: ["What should I say at the networking event?", "Update my professional profile."],
  },
  {
    slot: "place",
    facts: [
      "I live in Ljubljana.",
      "We moved to Halifax two years ago.",
      "My apartment is in Kreuzberg.",
    ],
    questions: ["Will I need an umbrella tomorrow?", "Find a good plumber near me."],
  },
  {
    slot: "place",
    facts: [
      "I grew up in a fishing village in Norway.",
      "I'm from Oaxaca originally.",
      "My hometown is Bristol.",
    ],
    questions: ["What region shaped my accent?", "Which area do I have roots in?"],
  },
  {
    slot: "place",
    facts: [
      "I'm based in Nairobi these days.",
      "We spend every summer in Sardinia.",
      "I just relocated to Adelaide.",
    ],
    questions: [
      "Which airport should my flight leave from?",
      "What are the local public holidays for me?",
    ],
  },
  {
    slot: "people",
    facts: [
      "My wife's name is Ingrid.",
      "I have twin daughters, Maya and Leah.",
      "My brother Felix is a pilot.",
    ],
    questions: [
      "Who should be on the invitation list for the reunion?",
      "Help me write holiday cards to the family.",
    ],
  },
  {
    slot: "people",
    facts: [
      "We adopted a greyhound called Pepper.",
      "I have three cats.",
      "My parrot Rio is twelve.",
    ],
    questions: ["What should the pet sitter know?", "Which animals live with me?"],
  },
  {
    slot: "people",
    facts: [
      "My grandmother raised me.",
      "I'm married to a violinist.",
      "My best friend Omar lives next door.",
    ],
    questions: [
      "Who are the most important people in my life?",
      "Suggest someone as my emergency contact.",
    ],
  },
  {
    slot: "possession",
    facts: ["I drive a 2016 Subaru Outback.", "I own a cargo bike.", "I have an old Vespa."],
    questions: [
      "When is my vehicle due for maintenance?",
      "How do I get around, and what repairs might come up?",
    ],
  },
  {
    slot: "possession",
    facts: [
      "I bought a Fujifilm camera last month.",
      "I use a ThinkPad with Linux.",
      "My phone is a Pixel 8.",
    ],
    questions: ["Which accessories fit my gadgets?", "What tech do I need to pack a charger for?"],
  },
  {
    slot: "possession",
    facts: [
      "I play a 1970s Fender bass.",
      "We have an upright piano in the hallway.",
      "I inherited my aunt's cello.",
    ],
    questions: [
      "Which instrument could I practice?",
      "What valuables should the household insurance cover?",
    ],
  },
  {
    slot: "event",
    facts: [
      "I have a root canal next Thursday.",
      "My driving test is on the 14th of March.",
      "We're flying to Lisbon in May.",
    ],
    questions: ["What's coming up on my calendar?", "What do I have to prepare for?"],
  },
  {
    slot: "event",
    facts: [
      "Our wedding anniversary is June 21st.",
      "My sister is getting married in October.",
      "I'm running a half marathon this fall.",
    ],
    questions: ["Which dates should you remind me of?", "What am I looking forward to?"],
  },
  {
    slot: "event",
    facts: [
      "My thesis is due at the end of April.",
      "I've got a job interview on Monday.",
      "I'm having knee surgery in two weeks.",
    ],
    questions: ["Am I busy soon?", "Which upcoming commitments should I organize around?"],
  },
];
