import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../../sync-server/src/testing/program.ts";

const BUILT = fileURLToPath(new URL("../../sync-server/dist/main.js", import.meta.url));

export interface SyncHouse {
  readonly url: string;
  readonly origin: string;
  stop(): Promise<void>;
}

/** The built sync server in a process of its own, on a free port, with a database that is gone afterwards. */
export async function openSyncHouse(): Promise<SyncHouse> {
  const folder = mkdtempSync(join(tmpdir(), "alcove-demo-sync-"));
  const program = startProgram(
    { ALCOVE_SYNC_PORT: "0", ALCOVE_SYNC_FILE: join(folder, "sync.db") },
    { script: BUILT },
  );
  const url = await program.address;
  return {
    url,
    origin: new URL(url).origin,
    async stop() {
      program.kill("SIGTERM");
      await program.end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
