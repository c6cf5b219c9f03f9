import fc from "fast-check";
import { expect, test } from "vitest";
import { SLOTS, type Slot } from "../domain/slots.ts";
import { createIndexStore, draftOf } from "../engine/index-fixtures.ts";
import { createDocumentIndex } from "../engine/packed-index.ts";
import { requestReader } from "../facts/request-reader.ts";
import type { IndexView } from "../engine/index-view.ts";
import { stem } from "../text/words.ts";
import { createReadableCache, type Readable } from "./readable.ts";
import { createRecallService } from "./recall.ts";

const NOW = Date.UTC(2024, 5, 1);
const WORDS = "kettle ladder sister harbour recipe cheese window hiking dinner violin".split(" ");
const REQUESTS = [
  "What should I cook for dinner?",
  "Where is the ladder of my sister?",
  "Plan a weekend with some hiking, please",
  "What did Ann say about the kettle last week?",
  "Tell me everything you know about me",
];

type Step =
  | {
      readonly do: "add";
      readonly words: readonly string[];
      readonly slots: readonly Slot[];
      readonly name: string | null;
      readonly user: string | null;
      readonly role: "user" | "assistant";
      readonly thread: number;
      readonly daysAgo: number;
      readonly lasts: number | null;
    }
  | { readonly do: "pin" | "renew" | "hide" | "forget"; readonly which: number }
  | { readonly do: "ask"; readonly which: number; readonly user: string | null };

const steps = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        do: fc.constant("add" as const),
        words: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }),
        slots: fc.subarray([...SLOTS], { maxLength: 2 }),
        name: fc.constantFrom(null, null, "Ann", "Bob"),
        user: fc.constantFrom(null, null, null, "eve"),
        role: fc.constantFrom("user" as const, "assistant" as const),
        thread: fc.nat(3),
        daysAgo: fc.integer({ min: -3, max: 400 }),
        lasts: fc.constantFrom(null, null, null, 5, 30),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom("pin" as const, "renew" as const, "hide" as const, "forget" as const),
        which: fc.nat(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("ask" as const),
        which: fc.nat(),
        user: fc.constantFrom(null, "eve"),
      }),
    },
  ),
  { maxLength: 60, size: "max" },
);

/** All that a request sees of it. */
function told(readable: Readable, view: IndexView): unknown {
  const { facts } = readable;
  const found = { documents: new Uint32Array(view.count), counts: new Uint32Array(view.count) };
  return {
    ...readable,
    mask: [...readable.mask.subarray(0, view.count)],
    before: [...readable.before.subarray(0, view.count)].map((before, document) =>
      readable.mask[document] === 1 ? before : null,
    ),
    epoch: null,
    extend: null,
    facts: {
      slots: [...SLOTS, null].map((slot) => facts.of(slot)),
      pinned: facts.pinned,
      all: facts.count(new Set()),
      named: facts.count(new Set([1])),
      holding: WORDS.map((word) => facts.holding(stem(word), view, found)),
    },
  };
}

test("what is kept between requests never shows: a service that has lived through all changes answers like a new one", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history: readonly Step[]) => {
      const store = createIndexStore();
      const index = createDocumentIndex({
        vault: store as never,
        lock: (work) => work(),
        newId: () => String(store.segments.length),
      });
      await index.open();
      const service = () =>
        createRecallService({
          index,
          vault: store,
          clock: () => 0,
          loadRequestReader: () => Promise.resolve(requestReader),
        });
      const lasting = service();
      const readables = createReadableCache();
      let now = NOW;
      let added = 0;
      for (const step of history) {
        now += 86_400_000 / 4;
        if (step.do === "add") {
          added += 1;
          const draft = draftOf(`r${added}`, `I like the ${step.words.join(" and the ")}`, {
            role: step.role,
            origin: step.role,
            slots: step.role === "user" ? step.slots : [],
            ...(step.name === null ? {} : { name: step.name }),
            scope: step.user === null ? {} : { user: step.user },
            threadId: `t${step.thread}${step.user ?? ""}`,
            position: added,
            createdAt: now - step.daysAgo * 86_400_000,
            ...(step.lasts === null ? {} : { expiresAt: now + step.lasts * 86_400_000 }),
          });
          index.add([store.put(draft, index.entryOf(draft))]);
        } else if (step.do === "ask") {
          const request = {
            turns: [{ role: "user" as const, text: REQUESTS[step.which % REQUESTS.length] ?? "" }],
            scope: step.user === null ? {} : { user: step.user },
            threadId: "t1",
            strategy: "full" as const,
            budgetTokens: 700,
            now,
            frozenProfile: null,
            fenceId: "9f3a01",
          };
          const view = index.view();
          expect(told(readables.of(view, request.scope, now), view)).toEqual(
            told(createReadableCache().of(view, request.scope, now), view),
          );
          expect(await lasting.recall(request)).toEqual(await service().recall(request));
        } else if (added > 0) {
          const seq = 1 + (step.which % added);
          if (step.do === "forget") {
            store.touch(seq, null);
            index.drop([seq]);
          } else {
            const row = store.touch(
              seq,
              step.do === "pin"
                ? { pinned: true }
                : step.do === "hide"
                  ? { live: false }
                  : { supersededBy: "r0" },
            );
            if (row !== null) index.mark([row]);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});
