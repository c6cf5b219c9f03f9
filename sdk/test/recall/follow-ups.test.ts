import { expect, test } from "vitest";
import { DIALOGUES, FACTS } from "./dialogues.ts";
import { recallOver } from "./recall-vault.ts";

const THINGS = ["garden", "printer", "meeting", "window", "bicycle", "kettle", "letter", "ladder"];
/** Of 26 dialogues, those whose fact came first when this was last counted; before the turn before was read in full, 10. Only ever rises. */
const FLOOR = 23;

test("a follow-up is read with what was said before it", async () => {
  const chatter = THINGS.flatMap((thing) =>
    THINGS.map((other) => `The ${thing} stands behind the ${other} and needs a look`),
  );
  const recall = recallOver([...FACTS, ...chatter].map((text) => ({ text })));
  const found: string[] = [];
  for (const { said, last, fact } of DIALOGUES) {
    const { memories } = await recall(
      [...said, last].map((text, at) => ({ role: at % 2 === 0 ? "user" : "assistant", text })),
    );
    if (memories[0]?.text.startsWith(fact) === true) found.push(last);
  }
  expect(found.length).toBeGreaterThanOrEqual(FLOOR);
});

test("thanks that follow a question ask for nothing", async () => {
  const recall = recallOver(FACTS.map((text) => ({ text })));
  const { recall: text } = await recall([
    { role: "user", text: "When does Nora's exhibition open?" },
    { role: "assistant", text: "On 3 October." },
    { role: "user", text: "Great, thank you so much!" },
  ]);
  expect(text).toBe("");
});
