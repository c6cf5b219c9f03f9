const GREETINGS = [
  "Hi",
  "Hello there",
  "Hey!",
  "Good morning",
  "Good evening",
  "Hi, how are you today?",
  "What's up?",
  "Hello, are you there?",
];
const THANKS = [
  "Thanks!",
  "Thank you so much, that was helpful",
  "Perfect, thanks",
  "Great, got it",
  "Ok cool",
  "lol that's funny",
  "Sounds good",
  "Never mind",
  "Bye for now",
  "Nice, well done",
];
const PLACES = ["Portugal", "Kenya", "Norway", "Peru", "Vietnam", "Canada", "Egypt", "Chile"];
const LANGUAGES = ["Python", "Rust", "TypeScript", "Go", "SQL"];
const TOPICS = [
  "photosynthesis",
  "inflation",
  "black holes",
  "the water cycle",
  "blockchain",
  "plate tectonics",
  "compound interest",
  "vaccines",
  "the French Revolution",
  "machine learning",
];
const CODE_TASKS = [
  "reverse a linked list",
  "parse a CSV file",
  "find duplicate rows",
  "debounce a function",
  "sort objects by a key",
  "read a file line by line",
];
const SENTENCES = [
  "Where is the train station?",
  "The meeting starts at noon.",
  "It will rain tomorrow.",
  "The book is on the table.",
];
const SUBJECTS = ["autumn", "the moon", "a lighthouse", "rain", "an old clock"];

/**
 * Prompts that no memory is needed for: small talk, questions about the world, code, sums, translations, verses. Written for this
 * bench, 200 of them, always the same.
 */
export function smallTalk(): readonly string[] {
  const prompts = [
    ...GREETINGS,
    ...THANKS,
    ...PLACES.flatMap((place) => [
      `What is the capital of ${place}?`,
      `How many people live in ${place}?`,
      `What language is spoken in ${place}?`,
      `Which countries border ${place}?`,
    ]),
    ...TOPICS.flatMap((topic) => [
      `Explain ${topic} in simple terms`,
      `What is ${topic}?`,
      `Give me a one paragraph summary of ${topic}`,
      `Why does ${topic} matter?`,
    ]),
    ...LANGUAGES.flatMap((language) =>
      CODE_TASKS.map((task) => `Write a ${language} function to ${task}`),
    ),
    ...SENTENCES.flatMap((sentence) =>
      ["Spanish", "German", "Japanese", "Italian"].map(
        (language) => `Translate into ${language}: "${sentence}"`,
      ),
    ),
    ...SUBJECTS.flatMap((subject) => [
      `Write a haiku about ${subject}`,
      `Tell me a joke about ${subject}`,
      `Find a rhyme for ${subject}`,
    ]),
    ...[17, 23, 38, 41, 56, 64, 79, 83].flatMap((number) => [
      `What is ${number} * ${number + 12}?`,
      `Convert ${number} miles to kilometers`,
      `Is ${number} a prime number?`,
    ]),
    "Who wrote Don Quixote?",
    "When did the Second World War end?",
    "What does HTTP 418 mean?",
    "Which planet has the most moons?",
    "How does a refrigerator work?",
    "What's the boiling point of water at high altitude?",
    "Define entropy",
    "Spell accommodation",
    "What is the difference between TCP and UDP?",
    "How do I center a div?",
    "List the first ten prime numbers",
    "What year was the telephone invented?",
    "Who painted the Mona Lisa?",
    "Name three kinds of clouds",
    "How far away is the sun?",
    "What is the plural of octopus?",
    "Summarize the plot of Hamlet",
    "What is the chemical symbol for gold?",
    "How many strings does a violin have?",
    "What are the rules of checkers?",
    "Which is larger, a megabyte or a gigabyte?",
    "What does the word ubiquitous mean?",
    "How is glass made?",
    "Who was the first person on the moon?",
    "What is 15 percent of 240?",
  ];
  return prompts.slice(0, 200);
}
