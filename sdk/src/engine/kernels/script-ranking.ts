/** The best k rows offered so far. Rows come by rising number, so an equal score is always the worse one. */
export interface BestRows {
  offer(row: number, score: number): void;
  /** Best first. Ends the search. */
  take(): { readonly rows: readonly number[]; readonly scores: readonly number[] };
}

/** Kept in order: few rows get in, and what then moves is a short run of numbers. */
export function createBestRows(k: number): BestRows {
  const rows: number[] = [];
  const scores: number[] = [];
  let threshold = -Infinity;
  return {
    offer(row, score) {
      if (!(score > threshold)) return;
      let low = 0;
      let high = rows.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((scores[middle] ?? 0) >= score) low = middle + 1;
        else high = middle;
      }
      rows.splice(low, 0, row);
      scores.splice(low, 0, score);
      if (rows.length > k) {
        rows.pop();
        scores.pop();
      }
      if (rows.length === k) threshold = scores[k - 1] ?? 0;
    },
    take: () => ({ rows, scores }),
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
