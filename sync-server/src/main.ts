#!/usr/bin/env node
import { ConfigError, readConfig, type Config } from "./config.ts";
import { createLog } from "./log.ts";
import { startSyncServer } from "./server.ts";
import { NewerDatabaseError } from "./store/migrations.ts";

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.log, (line) => void process.stderr.write(`${line}\n`));
  const server = await startSyncServer({ config, log }).catch((error: unknown) => {
    throw error instanceof NewerDatabaseError ? error : startError(config, error);
  });
  console.log(`Sync server listening on ${server.url}`);
  const stop = () => void server.stop();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

/** Says in one line which setting to change. */
class StartError extends Error {
  constructor(text: string, cause: unknown) {
    super(text, { cause });
    this.name = "StartError";
  }
}

function startError({ host, port, file, databaseUrl }: Config, cause: unknown): Error {
  if (!(cause instanceof Error)) return new StartError("The server cannot start.", cause);
  const { code, syscall } = cause as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return new StartError(
      `Port ${port} on ${host} is in use: set ALCOVE_SYNC_PORT to a free one.`,
      cause,
    );
  if (code === "EACCES" && syscall === "listen")
    return new StartError(
      `Port ${port} on ${host} needs more rights: set ALCOVE_SYNC_PORT to one above 1023.`,
      cause,
    );
  if (syscall === "listen" || syscall === "bind" || (code === "ENOTFOUND" && databaseUrl === null))
    return new StartError(
      `${host} cannot be listened on (${code ?? cause.message}): set ALCOVE_HOST to an address of this machine.`,
      cause,
    );
  return databaseUrl === null
    ? new StartError(
        `The vaults cannot be kept in ${file} (${cause.message}): set ALCOVE_SYNC_FILE to a file that can be written.`,
        cause,
      )
    : new StartError(
        `The database of DATABASE_URL cannot be used (${code ?? cause.name}): start it, or correct the URL.`,
        cause,
      );
}

void main().catch((error: unknown) => {
  const isTold =
    error instanceof ConfigError ||
    error instanceof StartError ||
    error instanceof NewerDatabaseError;
  if (!isTold) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
