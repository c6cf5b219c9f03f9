/** The best k rows offered so far. Rows come by rising number, so an equal score is always the worse one. */
export interface BestRows {
  offer(row: number, score: number): void;
  /** Best first. Ends the search. */
  take(): { readonly rows: Uint32Array; readonly scores: Float32Array };
}

export function createBestRows(k: number): BestRows {
  // A binary heap with the worst row on top.
  const rows = new Uint32Array(k);
  const scores = new Float32Array(k);
  let held = 0;
  let threshold = -Infinity;

  const isWorse = (a: number, b: number): boolean => {
    const [scoreA = 0, scoreB = 0] = [scores[a], scores[b]];
    return scoreA < scoreB || (scoreA === scoreB && (rows[a] ?? 0) > (rows[b] ?? 0));
  };

  const swap = (a: number, b: number): void => {
    const [row = 0, score = 0] = [rows[a], scores[a]];
    rows[a] = rows[b] ?? 0;
    scores[a] = scores[b] ?? 0;
    rows[b] = row;
    scores[b] = score;
  };

  const siftDown = (count: number): void => {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) return;
      if (child + 1 < count && isWorse(child + 1, child)) child += 1;
      if (isWorse(at, child)) return;
      swap(at, child);
      at = child;
    }
  };

  return {
    offer(row, score) {
      if (!(score > threshold)) return;
      if (held < k) {
        let at = held;
        rows[at] = row;
        scores[at] = score;
        held += 1;
        while (at > 0) {
          const parent = (at - 1) >> 1;
          if (isWorse(parent, at)) break;
          swap(at, parent);
          at = parent;
        }
      } else {
        rows[0] = row;
        scores[0] = score;
        siftDown(held);
      }
      if (held === k) threshold = scores[0] ?? 0;
    },
    take() {
      for (let left = held - 1; left > 0; left -= 1) {
        swap(0, left);
        siftDown(left);
      }
      return { rows: rows.subarray(0, held), scores: scores.subarray(0, held) };
    },
  };
}

/** The rows with the smallest whole-number distance, ties by rising row, offered by rising number. */
export interface NearestRows {
  offer(row: number, distance: number): void;
  /** Rising. */
  take(): Uint32Array<ArrayBuffer>;
}

/** The same method as `assembly/signatures.ts`: distances are counted, and a limit falls as soon as enough lie below it. */
export function createNearestRows(wanted: number, largest: number): NearestRows {
  const counts = new Uint32Array(largest + 1);
  let listed: { readonly row: number; readonly distance: number }[] = [];
  let below = 0;
  let limit = largest + 1;

  const keepNearest = (): void => {
    let atLimit = wanted - below;
    listed = listed.filter(({ distance }) => {
      if (distance !== limit) return distance < limit;
      atLimit -= 1;
      return atLimit >= 0;
    });
  };

  return {
    offer(row, distance) {
      if (distance >= limit) return;
      if (listed.length >= 2 * wanted + 512) keepNearest();
      listed.push({ row, distance });
      counts[distance] = (counts[distance] ?? 0) + 1;
      below += 1;
      while (below >= wanted) {
        limit -= 1;
        below -= counts[limit] ?? 0;
      }
    },
    take() {
      keepNearest();
      return Uint32Array.from(listed, ({ row }) => row);
    },
  };
}
