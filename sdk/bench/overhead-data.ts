import { seeded } from "./statistics.ts";

export interface BenchTurn {
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly createdAt: number;
}

const SUBJECTS =
  "telescope kayak violin greenhouse bicycle lantern compass tractor ledger orchard pottery sailboat archive piano aquarium camera quilt trellis workshop chessboard".split(
    " ",
  );
const PLACES =
  "harbour mountain village valley island station market library museum forest river castle bakery theatre garden bridge tower meadow".split(
    " ",
  );
const DEEDS =
  "repaired painted bought borrowed cleaned moved sold measured photographed planned visited described compared organised rented".split(
    " ",
  );
const PEOPLE =
  "my sister, my neighbour, a colleague, my uncle, the teacher, an old friend, my cousin, the landlord".split(
    ", ",
  );
const SYLLABLES = "ba ko ri ne tu va lo mi sa pe do ga hu fi zo re la ne mo ti".split(" ");

/** Conversations of 20 turns, `n` turns in all: everyday words, and rare ones with the long tail that real vaults have. */
export function conversations(n: number): readonly (readonly BenchTurn[])[] {
  const random = seeded(20_261_121);
  const start = Date.UTC(2024, 0, 1);
  const threads: BenchTurn[][] = [];
  for (let i = 0; i < n; i += 1) {
    if (i % 20 === 0) threads.push([]);
    const role = i % 2 === 0 ? "user" : "assistant";
    threads.at(-1)!.push({ role, content: sentence(random, role), createdAt: start + i * 600_000 });
  }
  return threads;
}

export function questions(count: number): readonly string[] {
  const random = seeded(7);
  return Array.from(
    { length: count },
    () =>
      `Where did ${pick(random, PEOPLE)} take the ${pick(random, SUBJECTS)} from the ${pick(random, PLACES)}, and what about ${rare(random)}?`,
  );
}

function sentence(random: () => number, role: BenchTurn["role"]): string {
  const told = `${role === "user" ? "Yesterday" : "So"} ${pick(random, PEOPLE)} ${pick(random, DEEDS)} the ${pick(random, SUBJECTS)} near the ${pick(random, PLACES)} with ${rare(random)} and ${rare(random)}.`;
  const more = Array.from(
    { length: Math.floor(random() * 3) },
    () =>
      `It was ${pick(random, DEEDS)} before the ${pick(random, PLACES)} closed, ${rare(random)} said.`,
  );
  return [told, ...more].join(" ");
}

function pick(random: () => number, words: readonly string[]): string {
  return words[Math.floor(random() * words.length)]!;
}

/** A made-up name; low numbers are far more common than high ones. */
function rare(random: () => number): string {
  let left = Math.floor(Math.exp(random() * 9));
  let word = "";
  do {
    word += SYLLABLES[left % SYLLABLES.length]!;
    left = Math.floor(left / SYLLABLES.length);
  } while (left > 0);
  return word.charAt(0).toUpperCase() + word.slice(1) + pick(random, SYLLABLES);
}
