/** Counts what goes on at one time, for each client and in all. */
export interface Gate {
  /** @returns a function to be called at its end, or null when there are too many */
  enter(client: string): (() => void) | null;
}

export function createGate(perClient: number, inAll: number): Gate {
  const inside = new Map<string, number>();
  let total = 0;
  return {
    enter(client) {
      const count = inside.get(client) ?? 0;
      if (count >= perClient || total >= inAll) return null;
      inside.set(client, count + 1);
      total += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        total -= 1;
        const now = (inside.get(client) ?? 1) - 1;
        if (now === 0) inside.delete(client);
        else inside.set(client, now);
      };
    },
  };
}
