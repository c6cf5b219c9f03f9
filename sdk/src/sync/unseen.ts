import { hashText } from "../text/hash.ts";
import { isForgotten } from "./merge.ts";
import type { HeldRecord } from "./replica.ts";

/**
 * Whether this device has given a memory a text that who forgets it elsewhere cannot have seen: it was not sent yet, or the row that
 * carried it first stands untouched beside the tombstone. Where that is not sure, the text is one of those that were forgotten.
 */
export function isUnseen({ row, local, outbox, dots, state }: HeldRecord): boolean {
  if (!local || !row?.shape || !state || isForgotten(state)) return false;
  const isUnsent = outbox?.op === "put" && row.shown !== hashText(local.record.text);
  return isUnsent || dots.some(({ dot }) => dot === row.wrote);
}
