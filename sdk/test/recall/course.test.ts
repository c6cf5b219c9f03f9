import { expect, test } from "vitest";
import { DAY, NOW, recallOver, type Said } from "./recall-vault.ts";

/** Three matters that go on over ten conversations each; three of them speak of little else, the others of much else. */
const MATTERS = [
  {
    asks: "Summarise how the kitchen renovation went so far",
    steps:
      "kitchen plans drawn|kitchen permit granted|kitchen tiles laid out|kitchen floor torn out|kitchen pipes laid|kitchen walls plastered|kitchen cupboards ordered|kitchen oven delivered|kitchen window moved|kitchen lamps hung",
  },
  {
    asks: "In which order did things happen with the choir tour?",
    steps:
      "choir tour voted for|choir tour coach hired|choir tour songs learnt|choir tour hostel booked|choir tour posters printed|choir tour rehearsal failed|choir tour robes sewn|choir tour soloist ill|choir tour sold out|choir tour ended",
  },
  {
    asks: "Give me a timeline of the bee hives",
    steps:
      "bee hives bought|bee hives painted|bee swarm came to the hives|bee hives fed|bee hives inspected|bee mites found in the hives|bee hives treated|bee honey taken from the hives|bee hives moved|bee hives wrapped for winter",
  },
];
const SAID = [
  (step: string): string => `Today: ${step}, and I am glad that this part is behind us at last`,
  (step: string): string => `About the ${step}: it took the whole afternoon and two phone calls`,
  (step: string): string => `The bill for ${step} came to more than we had thought`,
  (step: string): string => `My sister wondered how it was, the ${step}, and I told her everything`,
  (step: string): string => `Once more to the ${step}: the second day went better than the first`,
  (step: string): string => `What I learnt from the ${step}: three people know more than one`,
  (step: string): string => `Nobody believed in the ${step} but my father, who laughed all day`,
  (step: string): string => `A picture of the ${step} hangs on the door of the fridge now`,
];
const ELSE = [
  "The train was late again and I read half a novel on the platform",
  "We had soup with barley and a very dry cake",
  "My knee is better since I swim on Fridays",
  "The letter from the bank can wait until Monday",
];

const turns: Said[] = MATTERS.flatMap(({ steps }, matter) =>
  steps.split("|").flatMap((step, session) => {
    const said =
      session < 3
        ? SAID.map((say) => say(step))
        : [...ELSE.map((other) => `${other}, in week ${session}`), SAID[session % 2]?.(step) ?? ""];
    return said.map((text, position) => ({
      text,
      threadId: `${matter}-${session}`,
      scope: { thread: `${matter}-${session}` },
      position,
      createdAt: NOW - (90 - session * 8 - matter) * DAY + position * 60_000,
    }));
  }),
);

test.each(MATTERS.map(({ asks }, matter) => [asks, matter] as const))(
  "brings every conversation that the matter came up in, in order: %s",
  async (text, matter) => {
    const { memories, recall } = await recallOver(turns)([{ role: "user", text }], 400);
    const sessions = memories.flatMap(({ scope }) =>
      scope.thread?.startsWith(`${matter}-`) === true ? [scope.thread] : [],
    );
    expect(new Set(sessions).size).toBeGreaterThanOrEqual(9);
    const days = [...recall.matchAll(/^\d+ \w+ 2026$/gmu)].map(([day]) => Date.parse(`${day} UTC`));
    expect(days).toEqual(days.toSorted((a, b) => a - b));
  },
);

test("a summary of what never came up brings nothing", async () => {
  const { recall } = await recallOver(turns)([
    { role: "user", text: "Summarise the plot of Don Quixote" },
  ]);
  expect(recall).toBe("");
});
