/**
 * Whose memory, and where. Every field that is given must match exactly.
 *
 * - `user` absent means the vault's owner, never everybody.
 * - `agent` and `container`: absent in a query mean any, absent in a record mean shared.
 * - `thread` and `run` are soft: the same thread ranks higher, and can be asked for alone in a filter.
 */
export interface Scope {
  readonly user?: string;
  readonly agent?: string;
  readonly thread?: string;
  readonly run?: string;
  readonly container?: string;
}

/** The fields of a scope, in their fixed order. */
export const SCOPE_FIELDS = ["user", "agent", "thread", "run", "container"] as const;

/** Joins two scopes; the fields of `over` win. */
export function mergeScopes(base: Scope, over: Scope): Scope {
  const merged: Record<string, string> = {};
  for (const field of SCOPE_FIELDS) {
    const value = over[field] ?? base[field];
    if (value !== undefined) merged[field] = value;
  }
  return merged;
}

export type ExactField = "agent" | "container" | "run";

/** A scope to read in of which some fields share nothing: records that name none there are not of it. Never a record's own scope. */
interface ExactScope extends Scope {
  readonly exact?: readonly ExactField[];
}

export function exactIn(scope: Scope, fields: readonly ExactField[]): Scope {
  const named = fields.filter((field) => scope[field] !== undefined);
  if (named.length === 0) return scope;
  const exact: ExactScope = { ...scope, exact: named.toSorted() };
  return exact;
}

function exactFields(scope: ExactScope): readonly ExactField[] {
  return scope.exact ?? [];
}

/**
 * One string for what a scope isolates by (user, agent, container), equal for equal scopes.
 * `thread` and `run` are soft and take no part.
 */
export function isolationKey(scope: Scope): string {
  const fields = [scope.user ?? null, scope.agent ?? null, scope.container ?? null];
  const exact = exactFields(scope);
  if (exact.length === 0) return JSON.stringify(fields);
  return JSON.stringify([...fields, exact, exact.includes("run") ? scope.run : null]);
}

/** Whether a record of scope `record` may be read by a query of scope `query` (thread and run are ranked, not filtered). */
export function isReadable(record: Scope, query: Scope): boolean {
  return (
    record.user === query.user &&
    (query.agent === undefined || record.agent === undefined || record.agent === query.agent) &&
    (query.container === undefined ||
      record.container === undefined ||
      record.container === query.container) &&
    exactFields(query).every((field) => record[field] === query[field])
  );
}
