import { DEFAULT_QUOTAS } from "@alcove/sdk/wire";
import { z } from "zod";
import type { LogLevel } from "./log.ts";

/** The settings of the server; each field is one environment variable, see `SETTINGS`. */
export interface Config {
  /** Name or address to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Of a PostgreSQL database. Without it the vaults are in `file`. */
  readonly databaseUrl: string | null;
  /** The SQLite file. */
  readonly file: string;
  /** Origins that pages may call from; `"*"` is any. The server holds only ciphertext and answers no cookie, so that is the default. */
  readonly origins: readonly string[] | "*";
  /** Names (`host` or `host:port`) under which clients know the server, where a proxy in front does not hand on theirs. */
  readonly publicHosts: readonly string[];
  /** Whether a proxy in front adds the client's address to `x-forwarded-for`. Its last entry is believed then. */
  readonly trustProxy: boolean;
  /** Without one of these words nobody can create a vault; empty: everybody can. */
  readonly invites: readonly string[];
  readonly maxBodyBytes: number;
  /** Head of a request; dropped when it is not complete by then. */
  readonly headersTimeoutMs: number;
  /** A request that is not complete by then is dropped. */
  readonly requestTimeoutMs: number;
  /** A body that comes slower than this is dropped after five seconds. */
  readonly minUploadBytesPerSecond: number;
  /** What a stop waits for running requests. */
  readonly stopTimeoutMs: number;
  /** Requests at one time; more are told to come again. Streams do not count. */
  readonly maxRequests: number;
  readonly requestsPerMinute: number;
  readonly authsPerMinute: number;
  readonly pushesPerMinute: number;
  /** Of pushes from 128 KiB on, which do not count among those a minute until these bytes are used up. */
  readonly uploadBytesPerHour: number;
  readonly vaultsPerDay: number;
  readonly streamsPerAddress: number;
  readonly maxStreams: number;
  readonly vaultBytes: number;
  readonly vaultEntries: number;
  readonly snapshotBytes: number;
  readonly log: LogLevel;
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
  databaseUrl: "DATABASE_URL",
  file: "ALCOVE_SYNC_FILE",
  origins: "ALCOVE_SYNC_ORIGINS",
  publicHosts: "ALCOVE_SYNC_PUBLIC_HOSTS",
  trustProxy: "ALCOVE_SYNC_TRUST_PROXY",
  invites: "ALCOVE_SYNC_INVITES",
  maxBodyBytes: "ALCOVE_SYNC_MAX_BODY_BYTES",
  headersTimeoutMs: "ALCOVE_SYNC_HEADERS_TIMEOUT_MS",
  requestTimeoutMs: "ALCOVE_SYNC_REQUEST_TIMEOUT_MS",
  minUploadBytesPerSecond: "ALCOVE_SYNC_MIN_UPLOAD_RATE",
  stopTimeoutMs: "ALCOVE_SYNC_STOP_TIMEOUT_MS",
  maxRequests: "ALCOVE_SYNC_MAX_REQUESTS",
  requestsPerMinute: "ALCOVE_SYNC_REQUESTS_PER_MINUTE",
  authsPerMinute: "ALCOVE_SYNC_AUTHS_PER_MINUTE",
  pushesPerMinute: "ALCOVE_SYNC_PUSHES_PER_MINUTE",
  uploadBytesPerHour: "ALCOVE_SYNC_UPLOAD_BYTES_PER_HOUR",
  vaultsPerDay: "ALCOVE_SYNC_VAULTS_PER_DAY",
  streamsPerAddress: "ALCOVE_SYNC_STREAMS_PER_ADDRESS",
  maxStreams: "ALCOVE_SYNC_MAX_STREAMS",
  vaultBytes: "ALCOVE_SYNC_VAULT_BYTES",
  vaultEntries: "ALCOVE_SYNC_VAULT_ENTRIES",
  snapshotBytes: "ALCOVE_SYNC_SNAPSHOT_BYTES",
  log: "ALCOVE_SYNC_LOG",
} as const satisfies Record<keyof Config, string>;

/** Never shown again when they are wrong. */
const SECRET = new Set<keyof Config>(["databaseUrl", "invites"]);

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, "give a whole number")
    .transform(Number)
    .pipe(z.number().min(min, `give at least ${min}`).max(max, `give at most ${max}`))
    .default(fallback);

const listOf = (item: RegExp, problem: string) =>
  z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .refine((parts) => parts.every((part) => item.test(part)), problem)
    .default([]);

const origins = z
  .string()
  .transform((text) =>
    text.trim() === "*" ? ("*" as const) : text.split(",").map((origin) => origin.trim()),
  )
  .refine(
    (list) => list === "*" || list.every(isOrigin),
    'give "*", or origins such as https://app.example, split by commas',
  );

const BIG = 1_000_000_000;

const schema = z.object({
  host: z
    .string()
    .regex(/^[\w.:-]+$/, "give a host name or an IP address, without scheme or port")
    .default("127.0.0.1"),
  port: wholeNumber(0, 65_535, 8787),
  databaseUrl: z
    .string()
    .refine(
      (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
      "give a URL such as postgres://user:password@host:5432/database",
    )
    .nullable()
    .default(null),
  file: z
    .string()
    .refine(
      (text) => text !== ":memory:" && !text.startsWith("file:") && !text.endsWith("/"),
      "give the path of a file",
    )
    .default("alcove-sync.db"),
  origins: origins.default("*"),
  publicHosts: listOf(
    /^[a-z\d.:[\]_-]{1,255}$/,
    "give names such as sync.example or sync.example:8443, in lower case, split by commas",
  ),
  trustProxy: z
    .enum(["0", "1"], "give 1 or 0")
    .transform((text) => text === "1")
    .default(false),
  invites: listOf(/^\S{8,512}$/, "give words of at least 8 characters, split by commas"),
  maxBodyBytes: wholeNumber(1_024, 1_073_741_824, 2_097_152),
  headersTimeoutMs: wholeNumber(100, 600_000, 10_000),
  requestTimeoutMs: wholeNumber(100, 600_000, 30_000),
  minUploadBytesPerSecond: wholeNumber(0, BIG, 4_096),
  stopTimeoutMs: wholeNumber(0, 60_000, 3_000),
  maxRequests: wholeNumber(1, 100_000, 256),
  requestsPerMinute: wholeNumber(1, BIG, 3_000),
  authsPerMinute: wholeNumber(1, BIG, 120),
  pushesPerMinute: wholeNumber(1, BIG, DEFAULT_QUOTAS.pushesPerMinute),
  uploadBytesPerHour: wholeNumber(0, Number.MAX_SAFE_INTEGER, DEFAULT_QUOTAS.uploadBytesPerHour),
  vaultsPerDay: wholeNumber(0, BIG, DEFAULT_QUOTAS.vaultsPerDay),
  streamsPerAddress: wholeNumber(1, BIG, DEFAULT_QUOTAS.liveStreams),
  maxStreams: wholeNumber(1, BIG, 10_000),
  vaultBytes: wholeNumber(1_024, Number.MAX_SAFE_INTEGER, DEFAULT_QUOTAS.vaultBytes),
  vaultEntries: wholeNumber(1, Number.MAX_SAFE_INTEGER, DEFAULT_QUOTAS.vaultEntries),
  snapshotBytes: wholeNumber(0, Number.MAX_SAFE_INTEGER, DEFAULT_QUOTAS.snapshotBytes),
  log: z.enum(["off", "error", "info", "debug"], "give off, error, info or debug").default("info"),
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
      const field = path[0] as keyof Config;
      const name = SETTINGS[field];
      return SECRET.has(field) ? `${name}: ${message}.` : `${name} is "${env[name]}": ${message}.`;
    }),
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
