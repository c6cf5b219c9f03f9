/**
 * Which part of one linear memory belongs to what. Freed parts are merged with their neighbours and taken again by the first
 * request that fits; only when none fits is the memory made longer. What is taken never moves.
 */
export interface Arena {
  /** The address of `bytes` fresh bytes, whatever they hold. */
  take(bytes: number): number;
  give(address: number): void;
}

/** Starts of cache lines: a row group then touches as few of them as it can. */
const ALIGNMENT = 64;

/** `grow` makes the memory at least `bytes` long, or throws and leaves it as it was. */
export function createArena(grow: (bytes: number) => void): Arena {
  /** Free parts by rising address. The last one has no end. */
  let gaps: Gap[] = [{ address: 0, bytes: Infinity }];
  const taken = new Map<number, number>();

  return {
    take(wanted) {
      const bytes = Math.max(1, Math.ceil(wanted / ALIGNMENT)) * ALIGNMENT;
      const gap = gaps.find((free) => free.bytes >= bytes) as Gap;
      const { address } = gap;
      grow(address + bytes);
      // One that nothing is left of stays, and is joined with what is given back beside it.
      gap.address += bytes;
      gap.bytes -= bytes;
      taken.set(address, bytes);
      return address;
    },
    give(address) {
      const bytes = taken.get(address);
      if (bytes === undefined) throw new RangeError(`Nothing is taken at ${address}.`);
      taken.delete(address);
      let last: Gap = { address: -1, bytes: 0 };
      gaps = [...gaps, { address, bytes }]
        .toSorted((a, b) => a.address - b.address)
        .filter((gap) => {
          const touches = last.address + last.bytes === gap.address;
          if (touches) last.bytes += gap.bytes;
          else last = gap;
          return !touches;
        });
    },
  };
}

interface Gap {
  address: number;
  bytes: number;
}
