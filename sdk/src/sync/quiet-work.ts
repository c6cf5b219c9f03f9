/** Work for the times in which nothing else is under way. */
export interface QuietWork {
  /** How it is now. Work that runs goes on when it is quiet again. */
  set(isQuiet: boolean): void;
  /** Resolves once nothing runs any more. */
  stop(): Promise<void>;
}

export interface QuietWorkDeps {
  /** It must have been quiet for so long, and up to twice as long: devices that are left alone at one moment do not all begin at once. */
  readonly afterMs: number;
  /** May fail: it is tried again the next time. */
  readonly work: (whenQuiet: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  readonly random?: () => number;
}

export function createQuietWork({ afterMs, work, random = Math.random }: QuietWorkDeps): QuietWork {
  const ended = new AbortController();
  let isQuiet = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;
  let resume: () => void = () => undefined;

  return {
    set(now) {
      isQuiet = now;
      clearTimeout(timer);
      if (!isQuiet || ended.signal.aborted) return;
      resume();
      if (running === null) timer = setTimeout(begin, afterMs * (1 + random()));
    },
    async stop() {
      ended.abort(new Error("Sync ended."));
      clearTimeout(timer);
      resume();
      await running;
    },
  };

  function begin(): void {
    running = work(whenQuiet, ended.signal)
      .catch(() => undefined)
      .finally(() => {
        running = null;
      });
  }

  async function whenQuiet(): Promise<void> {
    for (;;) {
      if (isQuiet || ended.signal.aborted) return;
      await new Promise<void>((resolve) => (resume = resolve));
    }
  }
}
