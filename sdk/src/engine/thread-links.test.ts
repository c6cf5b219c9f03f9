import fc from "fast-check";
import { expect, test } from "vitest";
import { FLAG, STATE } from "../domain/document-flags.ts";
import type { IndexColumns } from "./index-view.ts";
import { linkThreads, type Neighbours } from "./thread-links.ts";

const documents = fc.array(
  fc.record({
    thread: fc.nat(3),
    position: fc.nat(12),
    isTurn: fc.boolean(),
    state: fc.constantFrom(STATE.live, STATE.live, 0, STATE.live | STATE.dead),
  }),
  { maxLength: 40, size: "max" },
);

test("neighbours that grew with the documents are those of linking all anew, whatever comes in what order", () => {
  fc.assert(
    fc.property(documents, fc.nat(40), (all, from) => {
      const columns = {
        thread: Uint32Array.from(all, ({ thread }) => thread),
        position: Uint32Array.from(all, ({ position }) => position),
        flags: Uint32Array.from(all, ({ isTurn }) => (isTurn ? FLAG.turn : FLAG.note)),
        state: Uint8Array.from(all, ({ state }) => state),
      } as Pick<IndexColumns, "thread" | "position" | "flags" | "state"> as IndexColumns;
      const first = Math.min(from, all.length);
      const grown = linkThreads(columns, first);
      for (let document = first; document < all.length; document += 1)
        // Out of order: the owner links all anew, so there is nothing to compare.
        if (!grown.extend(columns, document)) return;
      expect(shown(grown, all.length)).toEqual(shown(linkThreads(columns, all.length), all.length));
    }),
    { numRuns: 500 },
  );
});

function shown({ previous, next }: Neighbours, count: number): unknown {
  return [[...previous.subarray(0, count)], [...next.subarray(0, count)]];
}
