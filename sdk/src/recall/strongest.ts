/**
 * The places of the `most` highest positive scores, best first; of equal ones the later place comes first. A heap of the best so far,
 * so the cost hardly grows with what is thrown away.
 */
export function strongest(scores: Float32Array, most: number): Uint32Array {
  const room = Math.min(most, scores.length);
  const places = new Uint32Array(room);
  const values = new Float32Array(room);
  let size = 0;

  /** Puts a document at `at` or below, where nothing under it is weaker. */
  const sink = (from: number, place: number, value: number): void => {
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && isWeaker(child + 1, values[child] ?? 0, places[child] ?? 0))
        child += 1;
      if (!isWeaker(child, value, place)) break;
      values[at] = values[child] ?? 0;
      places[at] = places[child] ?? 0;
      at = child;
    }
    values[at] = value;
    places[at] = place;
  };
  const isWeaker = (at: number, value: number, place: number): boolean =>
    (values[at] ?? 0) < value || ((values[at] ?? 0) === value && (places[at] ?? 0) < place);

  // From the last place down: of equal scores the later places are in already, and the earlier ones pass by at no cost.
  for (let place = scores.length - 1; place >= 0; place -= 1) {
    const value = scores[place] ?? 0;
    if (value <= 0 || room === 0) continue;
    if (size < room) {
      values[size] = value;
      places[size] = place;
      size += 1;
      if (size === room)
        for (let at = (room >> 1) - 1; at >= 0; at -= 1) sink(at, places[at] ?? 0, values[at] ?? 0);
    } else if (value > (values[0] ?? 0)) sink(0, place, value);
  }
  return places.slice(0, size).toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || b - a);
}
