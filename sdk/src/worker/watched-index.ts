import type { StoredRecord } from "../domain/stored-record.ts";
import type { DocumentIndex } from "../engine/document-index.ts";

/** The index, telling what it takes in and drops: whatever is kept beside it hears of every change that is made here. */
export function watchIndex(
  index: DocumentIndex,
  watcher: {
    readonly added: (rows: readonly StoredRecord[]) => void;
    readonly dropped: (seqs: readonly number[]) => void;
  },
): DocumentIndex {
  return {
    open: () => index.open(),
    entryOf: (draft) => index.entryOf(draft),
    cut: (draft) => index.cut(draft),
    pack: (entries) => index.pack(entries),
    takeIn: (segment) => index.takeIn(segment),
    ready: (texts) => index.ready(texts),
    add(rows) {
      index.add(rows);
      watcher.added(rows);
    },
    mark: (rows) => index.mark(rows),
    follow: (change) => index.follow(change),
    without: (seqs) => index.without(seqs),
    drop(seqs) {
      index.drop(seqs);
      watcher.dropped(seqs);
    },
    maintain: () => index.maintain(),
    view: () => index.view(),
    get size() {
      return index.size;
    },
    get languages() {
      return index.languages;
    },
    stats: () => index.stats(),
  };
}
