/** A vault's facts; several share the words of the follow-ups, so that only what was said before tells them apart. */
export const FACTS: readonly string[] = [
  "Nora's exhibition opens on 3 October in the old brewery",
  "The new ferry terminal opens in spring, next to the fish market",
  "My dentist opens at seven on Mondays and takes cards only",
  "Nora's exhibition costs twelve euros, free for students",
  "The ferry to the island costs nineteen euros each way",
  "The pottery course costs ninety euros for six evenings",
  "The pottery course takes place in the cellar of the town hall",
  "My nephew Tim has his cello recital in the chapel",
  "My nephew Tim wants a telescope for his birthday",
  "My aunt Vera wants a fig tree for her birthday",
  "My aunt Vera moved to a flat above the bakery",
  "My colleague Ines moved to Utrecht in the autumn",
  "My colleague Ines speaks Danish and Polish",
  "Our neighbour Otto speaks Hungarian with his parrot",
  "Our neighbour Otto repairs accordions in his garage",
  "The greenhouse needs a new pane on the north side",
  "The canoe needs a new paddle before June",
  "The canoe is stored in the shed by the lock",
  "The wedding of Lena and Karim is stored in my calendar for 21 June",
  "Lena and Karim would like no presents, only songs",
  "The car has its inspection on the ninth at Weber's",
  "The boiler has its inspection in November, by the landlord",
  "The landlord answers only letters, never calls",
  "Weber's answers the phone after ten",
];

/** Turns before the last are the user's and the assistant's by turns, the user's first. */
export const DIALOGUES: readonly {
  readonly said: readonly string[];
  readonly last: string;
  readonly fact: string;
}[] = [
  {
    said: ["Tell me about Nora's exhibition", "Gladly."],
    last: "When does it open?",
    fact: "Nora's exhibition opens",
  },
  {
    said: ["Tell me about Nora's exhibition", "Gladly."],
    last: "And how much is it?",
    fact: "Nora's exhibition costs",
  },
  {
    said: ["I am thinking of the pottery course", "Nice idea."],
    last: "What does it cost?",
    fact: "The pottery course costs",
  },
  {
    said: ["I am thinking of the pottery course", "Nice idea."],
    last: "Where is it again?",
    fact: "The pottery course takes",
  },
  {
    said: ["Who is the ferry for?", "Anyone who goes to the island."],
    last: "How much does it cost?",
    fact: "The ferry to the island",
  },
  {
    said: ["My aunt Vera turns seventy soon", "Congratulations to her!"],
    last: "What does she want?",
    fact: "My aunt Vera wants",
  },
  {
    said: ["My aunt Vera turns seventy soon", "Congratulations to her!"],
    last: "Where did she move?",
    fact: "My aunt Vera moved",
  },
  {
    said: ["It is Tim's birthday on Sunday", "How old is he?"],
    last: "Nine. What does he want?",
    fact: "My nephew Tim wants",
  },
  {
    said: ["Tim plays on Sunday", "Lovely."],
    last: "Where is his recital?",
    fact: "My nephew Tim has",
  },
  {
    said: ["What do you know about Ines?", "She is your colleague."],
    last: "Which languages does she speak?",
    fact: "My colleague Ines speaks",
  },
  {
    said: ["What do you know about Ines?", "She is your colleague."],
    last: "Where did she move to?",
    fact: "My colleague Ines moved",
  },
  {
    said: ["Otto rang the bell", "What did he want?"],
    last: "Only to talk. What does he speak with the bird?",
    fact: "Our neighbour Otto speaks",
  },
  {
    said: ["Otto rang the bell", "What did he want?"],
    last: "What does he repair?",
    fact: "Our neighbour Otto repairs",
  },
  {
    said: ["I want to take the canoe out", "Good weather for it."],
    last: "What does it need?",
    fact: "The canoe needs",
  },
  {
    said: ["I want to take the canoe out", "Good weather for it."],
    last: "Where is it stored?",
    fact: "The canoe is stored",
  },
  {
    said: ["Let us look at the greenhouse", "Yes."],
    last: "What does it need?",
    fact: "The greenhouse needs",
  },
  {
    said: ["Help me with the wedding of Lena and Karim", "With pleasure."],
    last: "When is it?",
    fact: "The wedding of Lena and Karim",
  },
  {
    said: ["Help me with the wedding of Lena and Karim", "With pleasure."],
    last: "What would they like?",
    fact: "Lena and Karim would",
  },
  {
    said: ["The boiler makes a noise", "That should be looked at."],
    last: "When is its inspection?",
    fact: "The boiler has",
  },
  {
    said: ["The car makes a noise", "That should be looked at."],
    last: "When is its inspection?",
    fact: "The car has",
  },
  {
    said: ["I must write to the landlord", "About what?"],
    last: "Does he answer calls?",
    fact: "The landlord answers",
  },
  {
    said: ["I must go to the dentist", "Soon?"],
    last: "When do they open?",
    fact: "My dentist opens",
  },
  {
    said: ["What gift would suit my aunt?", "Vera would like a fig tree."],
    last: "And where does she live now?",
    fact: "My aunt Vera moved",
  },
  {
    said: ["Who could look at the car?", "Weber's could."],
    last: "When do they answer the phone?",
    fact: "Weber's answers",
  },
  {
    said: [
      "Where could I learn pottery?",
      "There is a pottery course in the town hall.",
      "Great",
      "You are welcome.",
    ],
    last: "How much is it?",
    fact: "The pottery course costs",
  },
  {
    said: ["Which neighbour has a parrot?", "That is Otto."],
    last: "What does he repair in his garage?",
    fact: "Our neighbour Otto repairs",
  },
];
