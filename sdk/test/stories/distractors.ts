import type { Slot } from "../../src/domain/slots.ts";

/**
 * First-person facts that surround a story's own: each pattern with every filler is one fact. Nothing here belongs to a story; a
 * fact that speaks of the same single-valued thing as a story's is left out by the generator.
 */
export const DISTRACTORS: readonly {
  readonly slot: Slot;
  readonly pattern: string;
  readonly fillers: readonly string[];
}[] = [
  {
    slot: "identity",
    pattern: "I speak a little {}.",
    fillers: ["Danish", "Hungarian", "Swahili", "Greek", "Korean", "Welsh"],
  },
  {
    slot: "identity",
    pattern: "I was born under the sign of {}, for what that is worth.",
    fillers: ["Virgo"],
  },
  {
    slot: "identity",
    pattern: "I'm a bit of {}.",
    fillers: ["an introvert", "a night owl", "a perfectionist", "a procrastinator"],
  },
  {
    slot: "identity",
    pattern: "I have {}.",
    fillers: ["curly red hair", "a strong northern accent", "green eyes", "freckles all over"],
  },
  {
    slot: "health",
    pattern: "I'm allergic to {}.",
    fillers: ["ragweed", "nickel", "wasp venom", "sulfa drugs", "ibuprofen"],
  },
  {
    slot: "health",
    pattern: "My {} hurts when the weather turns.",
    fillers: ["right elbow", "lower back", "left wrist", "jaw"],
  },
  { slot: "health", pattern: "I get {} in spring.", fillers: ["nosebleeds", "hives", "a rash"] },
  { slot: "health", pattern: "I broke my {} as a child.", fillers: ["collarbone", "ankle", "arm"] },
  {
    slot: "diet",
    pattern: "I don't eat {}.",
    fillers: ["oysters", "liver", "eggs", "white rice", "lamb", "canned tuna"],
  },
  {
    slot: "diet",
    pattern: "I try to avoid {}.",
    fillers: ["fried food", "soda", "salty snacks", "processed meat"],
  },
  {
    slot: "diet",
    pattern: "I usually drink {} in the morning.",
    fillers: ["green tea", "black coffee", "buttermilk"],
  },
  { slot: "diet", pattern: "I only eat {} on Sundays.", fillers: ["red meat", "pastries"] },
  {
    slot: "instruction",
    pattern: "Please always {}.",
    fillers: [
      "cite a source when you give a figure",
      "spell out abbreviations",
      "put the date first in a log",
      "give prices in Swiss francs",
      "write headings in sentence case",
    ],
  },
  {
    slot: "instruction",
    pattern: "Never {}.",
    fillers: [
      "use exclamation marks",
      "call me sir",
      "start an answer with a compliment",
      "add a closing summary",
    ],
  },
  {
    slot: "instruction",
    pattern: "When I ask for a list, {}.",
    fillers: ["number it", "stop at seven items"],
  },
  {
    slot: "like",
    pattern: "I love {}.",
    fillers: [
      "thunderstorms",
      "old typewriters",
      "ferry rides",
      "flea markets",
      "snowy mornings",
      "roller derby",
    ],
  },
  {
    slot: "like",
    pattern: "I really enjoy {}.",
    fillers: [
      "baking sourdough",
      "folk dancing",
      "restoring radios",
      "river swimming",
      "crossword puzzles",
    ],
  },
  {
    slot: "like",
    pattern: "I'm a big fan of {}.",
    fillers: ["silent films", "baroque opera", "women's rugby", "graphic novels"],
  },
  {
    slot: "dislike",
    pattern: "I hate {}.",
    fillers: [
      "waiting in line",
      "wet socks",
      "elevator music",
      "early alarms",
      "plastic packaging",
    ],
  },
  {
    slot: "dislike",
    pattern: "I'm scared of {}.",
    fillers: ["moths", "deep water", "escalators", "dolls"],
  },
  {
    slot: "dislike",
    pattern: "I can't stand {}.",
    fillers: ["reality shows", "strong perfume", "leaf blowers", "bragging"],
  },
  {
    slot: "work",
    pattern: "At my office I {}.",
    fillers: [
      "sit next to the printer",
      "chair the safety committee",
      "look after the archive",
      "train the new hires",
    ],
  },
  {
    slot: "work",
    pattern: "My boss {}.",
    fillers: [
      "wants the report by noon on Fridays",
      "moved to the Denver branch",
      "never answers the phone",
    ],
  },
  {
    slot: "work",
    pattern: "I once worked as a {}.",
    fillers: ["lifeguard", "tour guide", "proofreader", "bike courier", "substitute teacher"],
  },
  {
    slot: "work",
    pattern: "Our team {}.",
    fillers: ["uses two-week sprints", "lost a big client in autumn", "is hiring a tester"],
  },
  {
    slot: "place",
    pattern: "I once lived in {} for a year.",
    fillers: ["Uppsala", "Valparaíso", "Tbilisi", "Hobart", "Graz"],
  },
  {
    slot: "place",
    pattern: "My street is {}.",
    fillers: ["closed to cars on Sundays", "lined with chestnuts"],
  },
  {
    slot: "place",
    pattern: "I often travel to {} to see old friends.",
    fillers: ["Ghent", "Porto", "Leipzig", "Quebec"],
  },
  {
    slot: "place",
    pattern: "My neighborhood {}.",
    fillers: ["has a night market", "floods when the river rises", "lies on a steep hill"],
  },
  { slot: "people", pattern: "My {} plays the tuba.", fillers: ["uncle", "nephew", "godfather"] },
  {
    slot: "people",
    pattern: "My {} lives on a houseboat.",
    fillers: ["cousin", "aunt", "old roommate"],
  },
  {
    slot: "people",
    pattern: "My friend {} is training to be a diver.",
    fillers: ["Oskar", "Femi", "Lucía", "Ravi"],
  },
  {
    slot: "people",
    pattern: "My neighbor {} keeps bees.",
    fillers: ["Walter", "Hana", "Mrs. Okafor"],
  },
  {
    slot: "possession",
    pattern: "I own {}.",
    fillers: [
      "a telescope",
      "two sewing machines",
      "a canoe",
      "an accordion",
      "a ping-pong table",
      "a barometer",
    ],
  },
  {
    slot: "possession",
    pattern: "I bought {} at a yard sale.",
    fillers: ["a rocking chair", "a slide projector", "a fishing rod", "a globe"],
  },
  {
    slot: "possession",
    pattern: "My {} is broken again.",
    fillers: ["toaster", "printer", "lawn mower", "washing machine"],
  },
  {
    slot: "event",
    pattern: "I have {} next month.",
    fillers: [
      "a choir concert",
      "a parent evening",
      "a tax audit",
      "an eye test",
      "a school reunion",
    ],
  },
  {
    slot: "event",
    pattern: "I'm going to {} in {}.",
    fillers: [
      "a ceramics fair|September",
      "a chess tournament|November",
      "a film festival|February",
      "a trade show|July",
    ],
  },
  {
    slot: "event",
    pattern: "My {} is on the {}.",
    fillers: [
      "piano recital|9th of May",
      "boiler inspection|3rd of December",
      "library talk|22nd of January",
    ],
  },
];

/** Questions of no one in particular, that fill the rest of a long chat. */
export const WORLD_QUESTIONS: readonly {
  readonly pattern: string;
  readonly fillers: readonly string[];
}[] = [
  {
    pattern: "What is the capital of {}?",
    fillers: [
      "Mongolia",
      "Bolivia",
      "Estonia",
      "Bhutan",
      "Gabon",
      "Laos",
      "Malta",
      "Togo",
      "Chad",
      "Oman",
      "Fiji",
      "Peru",
    ],
  },
  {
    pattern: "How does {} work?",
    fillers: [
      "a heat pump",
      "a transistor",
      "photosynthesis",
      "a jet engine",
      "GPS",
      "a microwave",
      "radar",
      "an elevator brake",
      "a zipper",
      "inflation",
      "yeast",
      "sonar",
    ],
  },
  {
    pattern: "Who invented {}?",
    fillers: [
      "the stapler",
      "the barcode",
      "dynamite",
      "the typewriter",
      "vulcanised rubber",
      "the ballpoint pen",
      "the sextant",
      "nylon",
      "the metronome",
      "the safety pin",
    ],
  },
  {
    pattern: "Explain the {} theorem.",
    fillers: [
      "central limit",
      "Bayes",
      "binomial",
      "four colour",
      "fixed point",
      "prime number",
      "CAP",
      "Nyquist",
      "no free lunch",
      "mean value",
    ],
  },
  {
    pattern: "Convert {} to binary.",
    fillers: ["17", "42", "99", "128", "255", "301", "512", "777", "1000", "2024", "4097", "65535"],
  },
  {
    pattern: "Translate the word {} into Latin.",
    fillers: [
      "'river'",
      "'bridge'",
      "'harvest'",
      "'mirror'",
      "'winter'",
      "'salt'",
      "'candle'",
      "'anchor'",
      "'owl'",
      "'iron'",
    ],
  },
  {
    pattern: "What happened in the year {}?",
    fillers: [
      "1066",
      "1215",
      "1453",
      "1517",
      "1648",
      "1776",
      "1789",
      "1815",
      "1848",
      "1917",
      "1969",
      "1989",
    ],
  },
  {
    pattern: "Write a regular expression for {}.",
    fillers: [
      "a hex colour",
      "an ISO date",
      "a semver tag",
      "an IPv4 address",
      "a slug",
      "a phone number",
      "a time of day",
      "a ZIP code",
    ],
  },
  {
    pattern: "Why do {}?",
    fillers: [
      "leaves change colour",
      "cats purr",
      "bridges sway",
      "tides rise",
      "onions sting",
      "stars twinkle",
      "bubbles burst",
      "magnets pull",
      "birds migrate",
      "glaciers move",
    ],
  },
  {
    pattern: "Give a synonym for {}.",
    fillers: [
      "'abundant'",
      "'rapid'",
      "'frugal'",
      "'vivid'",
      "'stubborn'",
      "'gloomy'",
      "'subtle'",
      "'brittle'",
      "'candid'",
      "'placid'",
    ],
  },
];

/** What an assistant says back. None of it restates a fact. */
export const ANSWERS: readonly string[] = [
  "Noted, thanks for telling me.",
  "Good to know. What would you like to look at next?",
  "Understood. I will bear that in mind.",
  "Here is a short overview: it rests on a few simple principles, and the details depend on the setting.",
  "In brief, the usual account has three parts, and the second one matters most in practice.",
  "There are several views on this; the common one goes back to the early twentieth century.",
  "The result follows step by step from the definition, and a small example makes it clear.",
  "That is a common question. The short answer is that it varies with pressure and heat.",
  "One way to see it is to start from a single case and then generalise.",
  "Sure. The standard form is the one most handbooks give.",
];
