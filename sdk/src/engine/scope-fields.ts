import type { Scope } from "../domain/scope.ts";

/** What a document is isolated or ranked by: user, agent, container, run; `null` where absent. */
export type IsolationFields = readonly [
  user: string | null,
  agent: string | null,
  container: string | null,
  run: string | null,
];

export function isolationFields(scope: Scope): IsolationFields {
  return [scope.user ?? null, scope.agent ?? null, scope.container ?? null, scope.run ?? null];
}

/** The scope again, for `isReadable`. */
export function scopeOf([user, agent, container, run]: IsolationFields): Scope {
  return {
    ...(user === null ? {} : { user }),
    ...(agent === null ? {} : { agent }),
    ...(container === null ? {} : { container }),
    ...(run === null ? {} : { run }),
  };
}
