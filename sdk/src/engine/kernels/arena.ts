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
  /** Free parts by rising address, none touching another. The last one has no end. */
  let gaps: readonly Gap[] = [{ address: 0, bytes: Infinity }];
  const taken = new Map<number, number>();

  return {
    take(wanted) {
      const bytes = Math.max(1, Math.ceil(wanted / ALIGNMENT)) * ALIGNMENT;
      const found = gaps.findIndex((gap) => gap.bytes >= bytes);
      const address = gaps[found]?.address ?? 0;
      grow(address + bytes);
      gaps = gaps.flatMap((gap, at) => {
        if (at !== found) return [gap];
        return gap.bytes > bytes ? [{ address: address + bytes, bytes: gap.bytes - bytes }] : [];
      });
      taken.set(address, bytes);
      return address;
    },
    give(address) {
      const bytes = taken.get(address);
      if (bytes === undefined) throw new RangeError(`Nothing is taken at ${address}.`);
      taken.delete(address);
      gaps = [...gaps, { address, bytes }]
        .toSorted((a, b) => a.address - b.address)
        .reduce<readonly Gap[]>(joined, []);
    },
  };
}

interface Gap {
  readonly address: number;
  readonly bytes: number;
}

function joined(gaps: readonly Gap[], next: Gap): readonly Gap[] {
  const last = gaps.at(-1);
  return last !== undefined && last.address + last.bytes === next.address
    ? [...gaps.slice(0, -1), { address: last.address, bytes: last.bytes + next.bytes }]
    : [...gaps, next];
}
