import { flushCompileCache } from "node:module";
import { createInterface } from "node:readline";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { startSyncServer } from "../server.ts";

/**
 * The server as a program that can be told to end itself as by `kill -9` before a statement of its database. "arm 5" on its input
 * means before the fifth from now on; it answers "armed".
 */
let countdown = 0;

function onStatement(): void {
  if (countdown === 0) return;
  countdown -= 1;
  if (countdown === 0) process.kill(process.pid, "SIGKILL");
}

const config = readConfig(process.env);
const log = createLog("off", () => undefined);
const server = await startSyncServer({ config, log, onStatement });
createInterface({ input: process.stdin }).on("line", (line) => {
  countdown = Number(line.split(" ")[1]);
  console.log("armed");
});
// At its end it would be too late: it has none.
flushCompileCache();
console.log(`listening on ${server.url}`);
