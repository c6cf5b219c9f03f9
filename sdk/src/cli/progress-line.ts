/** Where progress is shown: standard error, so that the output can be read by a program. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressLine {
  show(label: string, done: number, total: number | null): void;
  /** Ends the line that is being drawn. */
  end(): void;
}

const WIDTH = 24;
const MIN_INTERVAL_MS = 80;

/** A bar that is drawn over on a terminal; elsewhere one line a file, when it is whole. */
export function createProgressLine(terminal: Terminal, clock: () => number): ProgressLine {
  let open = false;
  let drawnAt = -Infinity;
  let last = "";
  const end = (): void => {
    if (open) terminal.write("\n");
    open = false;
  };
  return {
    show(label, done, total) {
      const whole = done === total;
      const key = `${label} ${done}`;
      if (key === last) return;
      if (terminal.isTTY !== true) {
        if (whole) terminal.write(`${label}  ${megabytes(done)}\n`);
        last = key;
        return;
      }
      if (!whole && clock() - drawnAt < MIN_INTERVAL_MS) return;
      drawnAt = clock();
      last = key;
      const part = total === null || total === 0 ? 0 : Math.min(1, done / total);
      const bar = "#".repeat(Math.round(part * WIDTH)).padEnd(WIDTH, ".");
      const size = total === null ? megabytes(done) : `${megabytes(done)} of ${megabytes(total)}`;
      const text = `[${bar}] ${String(Math.floor(100 * part)).padStart(3)} %  ${label}  ${size}`;
      terminal.write(`\r${text.slice(0, (terminal.columns ?? 80) - 1)}\u001b[K`);
      open = true;
      if (whole) end();
    },
    end,
  };
}

export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`;
