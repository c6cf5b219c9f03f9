/**
 * The places of the `most` highest positive scores, best first; of equal ones the later place comes first. A heap of the best so far,
 * so the cost hardly grows with what is thrown away.
 */
export function strongest(scores: Float32Array, most: number): Uint32Array {
  const heap = new Uint32Array(Math.min(most, scores.length));
  let size = 0;
  const score = (place: number): number => scores[heap[place] ?? 0] ?? 0;
  /** Whether the document at `a` is weaker than the one at `b`. */
  const weaker = (a: number, b: number): boolean =>
    score(a) < score(b) || (score(a) === score(b) && (heap[a] ?? 0) < (heap[b] ?? 0));
  const swap = (a: number, b: number): void => {
    const kept = heap[a] ?? 0;
    heap[a] = heap[b] ?? 0;
    heap[b] = kept;
  };
  const sink = (): void => {
    let place = 0;
    for (;;) {
      const left = place * 2 + 1;
      if (left >= size) return;
      const child = left + 1 < size && weaker(left + 1, left) ? left + 1 : left;
      if (!weaker(child, place)) return;
      swap(child, place);
      place = child;
    }
  };
  for (let document = 0; document < scores.length; document += 1) {
    const value = scores[document] ?? 0;
    if (value <= 0) continue;
    if (size < heap.length) {
      heap[size] = document;
      size += 1;
      for (let place = size - 1; place > 0;) {
        const parent = (place - 1) >> 1;
        if (!weaker(place, parent)) break;
        swap(place, parent);
        place = parent;
      }
    } else if (heap.length > 0 && value >= score(0)) {
      heap[0] = document;
      sink();
    }
  }
  return heap.slice(0, size).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a);
}
