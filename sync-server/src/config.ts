import { z } from "zod";

/** The settings of the server; each field is one environment variable, see `SETTINGS`. */
export interface Config {
  /** Name or address to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Origins that pages may call from; `"*"` is any. The server holds only ciphertext and answers no cookie, so that is the default. */
  readonly origins: readonly string[] | "*";
  readonly maxBodyBytes: number;
  /** A request that is not complete by then is dropped. */
  readonly requestTimeoutMs: number;
  /** What a stop waits for running requests. */
  readonly stopTimeoutMs: number;
}

export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Which environment variable sets which field. */
const SETTINGS = {
  host: "ALCOVE_HOST",
  port: "ALCOVE_SYNC_PORT",
  origins: "ALCOVE_SYNC_ORIGINS",
  maxBodyBytes: "ALCOVE_SYNC_MAX_BODY_BYTES",
  requestTimeoutMs: "ALCOVE_SYNC_REQUEST_TIMEOUT_MS",
  stopTimeoutMs: "ALCOVE_SYNC_STOP_TIMEOUT_MS",
} as const satisfies Record<keyof Config, string>;

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, "give a whole number")
    .transform(Number)
    .pipe(z.number().min(min, `give at least ${min}`).max(max, `give at most ${max}`))
    .default(fallback);

const origins = z
  .string()
  .transform((text) =>
    text.trim() === "*" ? ("*" as const) : text.split(",").map((origin) => origin.trim()),
  )
  .refine(
    (list) => list === "*" || list.every(isOrigin),
    'give "*", or origins such as https://app.example, split by commas',
  );

const schema = z.object({
  host: z
    .string()
    .regex(/^[\w.:-]+$/, "give a host name or an IP address, without scheme or port")
    .default("127.0.0.1"),
  port: wholeNumber(0, 65_535, 8787),
  origins: origins.default("*"),
  maxBodyBytes: wholeNumber(1_024, 1_073_741_824, 8_388_608),
  requestTimeoutMs: wholeNumber(100, 600_000, 30_000),
  stopTimeoutMs: wholeNumber(0, 60_000, 3_000),
});

/**
 * Reads the settings from the environment. An empty variable counts as not given.
 *
 * @throws {ConfigError} that lists every problem at once, each with the variable's name
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(SETTINGS).map(([field, name]) => [
      field,
      env[name] === "" ? undefined : env[name],
    ]),
  );
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new ConfigError(
    read.error.issues.map(({ path, message }) => {
      const name = SETTINGS[path[0] as keyof Config];
      return `${name} is "${env[name]}": ${message}.`;
    }),
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
