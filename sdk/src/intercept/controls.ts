import { MODES, type Mode } from "../domain/mode.ts";
import type { Scope } from "../domain/scope.ts";

const PREFIX = "x-alcove-";
const SCOPE_HEADERS = ["user", "agent", "thread", "run", "container"] as const;
const MAX_ID_LENGTH = 512;
const MAX_BUDGET = 100_000;

/** What the app said about one call in `x-alcove-*` headers. */
export interface CallControls {
  readonly mode?: Mode;
  readonly scope: Scope;
  readonly budgetTokens?: number;
  /** Headers that were not understood, and what they take. Never their values. */
  readonly problems: readonly { readonly header: string; readonly fix: string }[];
}

export const NO_CONTROLS: CallControls = { scope: {}, problems: [] };

/**
 * Takes every `x-alcove-*` header off `headers` and reads it. A bad value counts as not given: a control may never break the
 * call. The headers are removed from every request, because a provider's CORS preflight refuses headers that it does not know.
 */
export function takeControls(headers: Headers): CallControls {
  const given: [string, string][] = [];
  headers.forEach((value, name) => {
    if (name.startsWith(PREFIX)) given.push([name, value]);
  });
  if (given.length === 0) return NO_CONTROLS;

  const scope: Record<string, string> = {};
  const problems: { header: string; fix: string }[] = [];
  let mode: Mode | undefined;
  let budgetTokens: number | undefined;
  for (const [header, raw] of given) {
    headers.delete(header);
    const value = raw.trim();
    const control = header.slice(PREFIX.length);
    if (control === "mode") {
      mode = MODES.find((known) => known === value.toLowerCase());
      if (mode === undefined) problems.push({ header, fix: `one of ${MODES.join(", ")}` });
    } else if (control === "budget") {
      if (/^\d{1,6}$/.test(value) && Number(value) <= MAX_BUDGET) budgetTokens = Number(value);
      else problems.push({ header, fix: `a whole number of tokens, 0 to ${MAX_BUDGET}` });
    } else if ((SCOPE_HEADERS as readonly string[]).includes(control)) {
      if (value !== "" && value.length <= MAX_ID_LENGTH) scope[control] = value;
      else problems.push({ header, fix: `1 to ${MAX_ID_LENGTH} characters` });
    } else {
      problems.push({
        header,
        fix: `no such control; known are mode, budget, ${SCOPE_HEADERS.join(", ")}`,
      });
    }
  }
  return {
    ...(mode === undefined ? {} : { mode }),
    scope,
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    problems,
  };
}
