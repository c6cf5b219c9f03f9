import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram, type Program } from "../../sync-server/src/testing/program.ts";

const BUILT = fileURLToPath(new URL("../../sync-server/dist/main.js", import.meta.url));

export interface SyncHouse {
  readonly url: string;
  readonly origin: string;
  /** Ends the server; what it has stays on disk. */
  pause(): Promise<void>;
  /** Starts it again at the same address. */
  resume(): Promise<void>;
  /** Whether these bytes stand in one of the files that it keeps. */
  keeps(bytes: Buffer): boolean;
  stop(): Promise<void>;
}

/**
 * The built sync server in a process of its own, on a free port, with a database that is gone afterwards.
 *
 * @param settings environment variables, beside those of address and file
 */
export async function openSyncHouse(
  settings: Readonly<Record<string, string>> = {},
): Promise<SyncHouse> {
  const folder = mkdtempSync(join(tmpdir(), "alcove-demo-sync-"));
  const start = (port: string): Program =>
    startProgram(
      { ...settings, ALCOVE_SYNC_PORT: port, ALCOVE_SYNC_FILE: join(folder, "sync.db") },
      { script: BUILT },
    );
  let program = start("0");
  const url = await program.address;
  const pause = async (): Promise<void> => {
    program.kill("SIGTERM");
    await program.end;
  };
  return {
    url,
    origin: new URL(url).origin,
    pause,
    keeps: (bytes) =>
      readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(bytes)),
    async resume() {
      program = start(new URL(url).port);
      await program.address;
    },
    async stop() {
      await pause();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
