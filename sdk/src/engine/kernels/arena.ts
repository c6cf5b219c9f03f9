/**
 * Which part of one linear memory belongs to what. Freed parts are merged with their neighbours and taken again by the first
 * request that fits; only when none fits is the memory made longer. What is taken never moves.
 */
export interface Arena {
  readonly usedBytes: number;
  /** The address of `bytes` fresh bytes, whatever they hold. */
  take(bytes: number): number;
  give(address: number): void;
}

/** Starts of cache lines: a row group then touches as few of them as it can. */
const ALIGNMENT = 64;

/** `grow` makes the memory at least `bytes` long, or throws and leaves it as it was. */
export function createArena(grow: (bytes: number) => void): Arena {
  /** Free parts by rising address, none touching another. */
  let gaps: readonly Gap[] = [];
  const taken = new Map<number, number>();
  let end = 0;
  let usedBytes = 0;

  return {
    get usedBytes() {
      return usedBytes;
    },
    take(wanted) {
      const bytes = Math.max(1, Math.ceil(wanted / ALIGNMENT)) * ALIGNMENT;
      const fitting = gaps.find((gap) => gap.bytes >= bytes);
      const last = gaps.at(-1);
      // A gap at the end is continued rather than left behind.
      const atEnd = last !== undefined && last.address + last.bytes === end ? last.address : end;
      const address = fitting?.address ?? atEnd;
      if (fitting === undefined) grow(address + bytes);
      gaps = gaps.flatMap((gap) => {
        if (gap.address !== address) return [gap];
        const rest = gap.bytes - bytes;
        return rest > 0 ? [{ address: address + bytes, bytes: rest }] : [];
      });
      end = Math.max(end, address + bytes);
      taken.set(address, bytes);
      usedBytes += bytes;
      return address;
    },
    give(address) {
      const bytes = taken.get(address);
      if (bytes === undefined) throw new RangeError(`Nothing is taken at ${address}.`);
      taken.delete(address);
      usedBytes -= bytes;
      const before = gaps.filter((gap) => gap.address < address);
      const after = gaps.filter((gap) => gap.address > address);
      gaps = [...before, { address, bytes }, ...after].reduce<readonly Gap[]>(joined, []);
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
