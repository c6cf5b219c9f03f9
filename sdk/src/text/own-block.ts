import { fencePattern, PROFILE_LINE, RECALL_LINE } from "./fence.ts";

const FENCES = fencePattern();

/**
 * Takes our own memory blocks out of a text, so that nothing recalled is ever stored again. Blocks may be nested, overlap, be
 * altered or cut short: from the first opening fence to the last closing one that answers it; an opening fence that is never
 * closed takes the rest of the text; a closing one that was never opened takes what stands before it, back to our own first line
 * if that is there, else to the start. A text that holds no fence and no first line of ours comes back as it is.
 */
export function stripOwnBlocks(text: string): string {
  if (!mayHoldBlock(text)) return text;
  const kept: string[] = [];
  let depth = 0;
  let from = 0;
  for (const found of text.matchAll(FENCES)) {
    if (found.groups?.["open"] !== undefined) {
      if (depth === 0) kept.push(text.slice(from, found.index));
      depth += 1;
    } else if (depth > 0) depth -= 1;
    else {
      const before = kept.join("") + text.slice(from, found.index);
      kept.length = 0;
      kept.push(before.slice(0, ownLineAt(before)));
    }
    from = found.index + found[0].length;
  }
  if (depth === 0) kept.push(text.slice(from));
  const rest = kept.join("");
  const own = ownLineAt(rest);
  return (own === 0 && !startsWithOwnLine(rest) ? rest : rest.slice(0, own))
    .replace(/\n{3,}/gu, "\n\n")
    .trim();
}

function mayHoldBlock(text: string): boolean {
  return fencePattern().test(text) || text.includes(PROFILE_LINE) || text.includes(RECALL_LINE);
}

function startsWithOwnLine(text: string): boolean {
  return text.startsWith(PROFILE_LINE) || text.startsWith(RECALL_LINE);
}

/** Where our first line stands; 0 where it does not. */
function ownLineAt(text: string): number {
  const places = [text.indexOf(PROFILE_LINE), text.indexOf(RECALL_LINE)].filter(
    (place) => place >= 0,
  );
  return places.length === 0 ? 0 : Math.min(...places);
}
