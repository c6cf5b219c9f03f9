import { isolationKey, type Scope } from "../domain/scope.ts";
import type { DocumentIndex } from "../engine/document-index.ts";
import type { IndexView } from "../engine/index-view.ts";
import type { KeyFilter } from "../engine/vectors/key-filter.ts";

/**
 * Filters of vectors by what may be read in a scope. One object a scope as long as documents are only added and nothing expires,
 * because indexes keep bitmaps by the object.
 */
export function createMeaningFilters(
  index: Pick<DocumentIndex, "view">,
): (scope: Scope, now: number) => KeyFilter {
  let epoch: object | null = null;
  let filters = new Map<string, { readonly filter: KeyFilter; readonly until: number }>();
  return (scope, now) => {
    const view = index.view();
    if (view.epoch !== epoch) {
      epoch = view.epoch;
      filters = new Map();
    }
    const key = isolationKey(scope);
    const known = filters.get(key);
    if (known !== undefined && now < known.until) return known.filter;
    const filter = createScopeFilter(index, scope, now);
    filters.set(key, { filter, until: view.expirySpan(now).until });
    return filter;
  };
}

function createScopeFilter(
  index: Pick<DocumentIndex, "view">,
  scope: Scope,
  now: number,
): KeyFilter {
  let mask = new Uint8Array(0);
  const readable = (view: IndexView, document: number): boolean => {
    if (document >= mask.length && mask.length < view.count) {
      const more = view.readable(scope, now, mask.length);
      const longer = new Uint8Array(view.count);
      longer.set(mask);
      longer.set(more.subarray(0, view.count - mask.length), mask.length);
      mask = longer;
    }
    return document >= 0 && mask[document] === 1;
  };
  return {
    passes(key) {
      const view = index.view();
      return readable(view, view.documentOf(key));
    },
    fill(keys, bits) {
      const view = index.view();
      const { seq } = view.columns;
      let document = -1;
      for (let at = 0; at < keys.length; at += 1) {
        const key = keys[at]!;
        // Both rise nearly everywhere, so the next document is nearly always the one.
        const next = document + 1;
        document = next < view.count && seq[next] === key ? next : view.documentOf(key);
        if (readable(view, document)) bits[at >> 5] = bits[at >> 5]! | (1 << (at & 31));
      }
    },
  };
}
