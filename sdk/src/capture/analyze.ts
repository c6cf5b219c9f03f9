import { stripOwnBlocks } from "../text/own-block.ts";
import { factKeysOf } from "../facts/fact-keys.ts";
import { slotsOf } from "../facts/slot-rules.ts";
import { SLOTS } from "../domain/slots.ts";
import { datesOf } from "./dates.ts";
import { entitiesOf } from "./entities.ts";
import { nearHashOf } from "./hashes.ts";
import { textHashOf } from "./text-hash.ts";
import { maskPasted } from "./pasted.ts";
import { removeSecrets } from "./secrets.ts";
import type { TurnAnalysis, TurnAnalysisInput } from "./turn-analysis.ts";

/**
 * Only this much of a text is read for facts, at most; the whole of it is stored and searched. A person says no more about
 * themselves in one message, and a paste of a megabyte must not hold up the vault.
 */
const FACT_READ_LIMIT = 20_000;

/**
 * Everything capture finds in one text by rule. Pure and synchronous. Text that is not the user's own (an answer, a tool's result,
 * an import, an app's note) is stored and dated, and gives neither slots nor fact keys.
 */
export function analyzeTurn(input: TurnAnalysisInput): TurnAnalysis {
  const { text, kinds } = removeSecrets(stripOwnBlocks(input.turn.text));
  const user = input.scope.user;
  const isUsersOwn = input.origin === "user" && input.turn.role === "user";
  const findings = isUsersOwn ? slotsOf(maskPasted(text.slice(0, FACT_READ_LIMIT))) : [];
  const filled = new Set(findings.map((finding) => finding.slot));
  return {
    text,
    secrets: kinds,
    textHash: textHashOf(text, user),
    nearHash: nearHashOf(text, user),
    slots: SLOTS.filter((slot) => filled.has(slot)),
    factKeys: factKeysOf(findings),
    dates: datesOf(text, input.saidAt),
    entities: entitiesOf(text),
  };
}

export { linkDrafts } from "./links.ts";
export { warmSlotRules as warmAnalyzer } from "../facts/slot-rules.ts";
