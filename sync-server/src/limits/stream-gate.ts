/** Counts streams that are open, for each client and in all. */
export interface StreamGate {
  /** @returns a function to be called at its end, or null when there are too many */
  enter(client: string): (() => void) | null;
  readonly open: number;
}

export function createStreamGate(perClient: number, inAll: number): StreamGate {
  const open = new Map<string, number>();
  let total = 0;
  return {
    enter(client) {
      const count = open.get(client) ?? 0;
      if (count >= perClient || total >= inAll) return null;
      open.set(client, count + 1);
      total += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        total -= 1;
        const now = (open.get(client) ?? 1) - 1;
        if (now === 0) open.delete(client);
        else open.set(client, now);
      };
    },
    get open() {
      return total;
    },
  };
}
