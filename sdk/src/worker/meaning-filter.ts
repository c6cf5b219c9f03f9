import type { Scope } from "../domain/scope.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { KeyFilter } from "../engine/vectors/key-filter.ts";

export function createMeaningFilters(
  index: Pick<DocumentIndex, "view">,
): (scope: Scope, now: number) => KeyFilter {
  return (scope, now) => {
    const view = index.view();
    const mask = view.readable(scope, now);
    return { passes: (key) => mask[view.documentOf(key)] === 1 };
  };
}
