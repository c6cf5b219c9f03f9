import type { Turn } from "../domain/chat.ts";
import { hashText } from "../text/hash.ts";
import { normalizeText } from "../text/normalize.ts";

/**
 * What was said while a conversation was not to be captured (`capture: "off"`, `mode: "read"`). When capture comes on in the middle of
 * it, the app's next call still carries those turns; they stay unstored. Held in memory only: not even a hash of an uncaptured turn is
 * written.
 */
export interface UnkeptTurns {
  add(root: string, turns: readonly Turn[]): void;
  /** Which of these turns (by place) are not to be stored. The last user turn is new, whatever it says. */
  among(root: string, turns: readonly Turn[]): (index: number) => boolean;
}

const MOST = 5_000;

export function createUnkeptTurns(): UnkeptTurns {
  const unkept = new Set<string>();
  return {
    add(root, turns) {
      for (const turn of turns) {
        const key = keyOf(root, turn);
        unkept.delete(key);
        unkept.add(key);
      }
      for (const oldest of unkept) {
        if (unkept.size <= MOST) break;
        unkept.delete(oldest);
      }
    },
    among(root, turns) {
      const last = turns.findLastIndex((turn) => turn.role === "user");
      const withheld = new Set<number>();
      turns.forEach((turn, i) => {
        if (i === last) return;
        // The answer to an unkept turn was never told to us: it goes with its question.
        const answersUnkept = turn.role === "assistant" && withheld.has(i - 1);
        if (answersUnkept || unkept.has(keyOf(root, turn))) withheld.add(i);
      });
      return (index) => withheld.has(index);
    },
  };
}

function keyOf(root: string, turn: Turn): string {
  return hashText(`${root}\n${turn.role}\n${normalizeText(turn.text)}`);
}
