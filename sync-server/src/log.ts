export type LogLevel = "off" | "error" | "info" | "debug";

const RANK: Readonly<Record<LogLevel, number>> = { off: 0, error: 1, info: 2, debug: 3 };

/**
 * One line of JSON for each event. What may stand in one is closed: names of procedures and codes, counts, durations, keyed hashes.
 * No bodies, tokens, ids in clear, addresses or texts of foreign errors.
 */
export interface Log {
  error(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  debug(event: string, facts?: LogFacts): void;
}

export type LogFacts = Readonly<Record<string, string | number | boolean>>;

export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const at =
    (of: LogLevel) =>
    (event: string, facts: LogFacts = {}): void => {
      if (RANK[of] <= RANK[level]) write(JSON.stringify({ level: of, event, ...facts }));
    };
  return { error: at("error"), info: at("info"), debug: at("debug") };
}

/** What may be logged of a foreign error: its class and code. Its message may quote what was sent. */
export function errorFacts(error: unknown): LogFacts {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  return { error: error.name, ...(code !== undefined && { code }) };
}
