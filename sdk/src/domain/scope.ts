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

/** A scope to read in whose container shares nothing: records that name none are not of it. Never a record's own scope. */
interface ExactScope extends Scope {
  readonly exactContainer?: true;
}

export function exactContainer(scope: Scope): Scope {
  const exact: ExactScope = { ...scope, exactContainer: true };
  return exact;
}

function isExact(scope: ExactScope): boolean {
  return scope.exactContainer === true;
}

/**
 * One string for what a scope isolates by (user, agent, container), equal for equal scopes.
 * `thread` and `run` are soft and take no part.
 */
export function isolationKey(scope: Scope): string {
  const fields = [scope.user ?? null, scope.agent ?? null, scope.container ?? null];
  return JSON.stringify(isExact(scope) ? [...fields, "exact"] : fields);
}

/** Whether a record of scope `record` may be read by a query of scope `query` (thread and run are ranked, not filtered). */
export function isReadable(record: Scope, query: Scope): boolean {
  return (
    record.user === query.user &&
    (query.agent === undefined || record.agent === undefined || record.agent === query.agent) &&
    (query.container === undefined ||
      (record.container === undefined && !isExact(query)) ||
      record.container === query.container)
  );
}
