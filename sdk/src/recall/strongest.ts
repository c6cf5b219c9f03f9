/** A bounded selection of the best: what does not get in costs one comparison. */
export interface Strongest {
  /** A value below this cannot get in any more. 0 as long as there is room. */
  readonly floor: number;
  /** Offers a place with its value. Only positive values count, and each place once. */
  offer(place: number, value: number): void;
  /** Best first; of equal ones the higher place comes first. */
  take(): readonly { readonly place: number; readonly value: number }[];
}

/** Keeps the `most` highest. Values count in single precision. */
export function strongest(most: number): Strongest {
  const places: number[] = [];
  const values: number[] = [];

  const isWeaker = (at: number, value: number, place: number): boolean =>
    (values[at] ?? 0) < value || (values[at] === value && (places[at] ?? 0) < place);
  /** Puts an entry at `from` or below, where nothing under it is weaker. */
  const sink = (from: number, place: number, value: number): void => {
    const size = places.length;
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

  let floor = most > 0 ? 0 : Infinity;

  return {
    get floor() {
      return floor;
    },
    offer(place, exact) {
      const value = Math.fround(exact);
      if (!(value > 0) || value < floor) return;
      if (places.length < most) {
        places.push(place);
        values.push(value);
        if (places.length === most)
          for (let at = (most >> 1) - 1; at >= 0; at -= 1)
            sink(at, places[at] ?? 0, values[at] ?? 0);
      } else if (isWeaker(0, value, place)) sink(0, place, value);
      if (places.length === most) floor = values[0] ?? Infinity;
    },
    take: () =>
      places
        .map((place, at) => ({ place, value: values[at] ?? 0 }))
        .toSorted((a, b) => b.value - a.value || b.place - a.place),
  };
}
