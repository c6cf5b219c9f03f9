import { ConfigError, readConfig, type Config } from "./config.ts";
import { listen } from "./http.ts";

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const server = await listen({ config, isReady: () => true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new ListenError(config, error);
    },
  );
  console.log(`Sync server listening on ${server.url}`);
  const stop = () => void server.stop();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

/** Says in one line which setting to change. */
class ListenError extends Error {
  constructor({ host, port }: Config, cause: NodeJS.ErrnoException) {
    const text =
      cause.code === "EADDRINUSE"
        ? `Port ${port} on ${host} is in use: set ALCOVE_SYNC_PORT to a free one.`
        : cause.code === "EACCES"
          ? `Port ${port} on ${host} needs more rights: set ALCOVE_SYNC_PORT to one above 1023.`
          : `${host} cannot be listened on (${cause.code ?? cause.message}): set ALCOVE_HOST to an address of this machine.`;
    super(text, { cause });
    this.name = "ListenError";
  }
}

void main().catch((error: unknown) => {
  if (!(error instanceof ConfigError) && !(error instanceof ListenError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
