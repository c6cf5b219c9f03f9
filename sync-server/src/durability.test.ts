import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startProgram } from "./testing/program.ts";
import { checkOrder, tracing, tracingProblem } from "./testing/strace.ts";
import {
  createCaller,
  createInput,
  createOwner,
  createWriter,
  good,
  openSession,
} from "./testing/test-client.ts";

const folder = mkdtempSync(join(tmpdir(), "alcove-durable-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PUSHES = 12;
/** The tracer's last words, which come a little after the end of the program. */
const ENDED = /\+\+\+ exited with 0 \+\+\+\n$/;

/**
 * A process that is killed keeps what it wrote: only the power cut does not. So this looks at the order in which the server asks the
 * disk and answers the client.
 */
test("an acknowledged push was synced to the disk before: SQLite", async () => {
  const problem = tracingProblem();
  if (problem !== null) {
    console.log(`The order of syncs and answers was not looked at: ${problem}.`);
    expect(process.env["ALCOVE_SOAK"]).not.toBe("1");
    return;
  }
  const trace = join(folder, "sqlite.trace");
  const env = { ALCOVE_SYNC_FILE: join(folder, "sync.db"), ALCOVE_SYNC_PORT: "0" };
  const program = startProgram(env, { before: tracing(trace) });
  const url = await program.address;
  const call = createCaller(url);
  const owner = await createOwner();
  await good(call("vault.create", createInput(owner)));
  const { token } = await openSession(call, url, owner.vaultId, owner.device);
  const writer = createWriter(owner);
  for (let push = 0; push < PUSHES; push++)
    await good(call("sync.push", await writer.next([{}, {}]), token));
  program.kill("SIGTERM");
  await program.end;
  await expect.poll(() => readFileSync(trace, "utf8"), { timeout: 10_000 }).toMatch(ENDED);
  const found = checkOrder(
    trace,
    (line) => line.includes("sync.db-wal"),
    (line) => line.includes("HTTP/1.1 200") && /^(write|writev|sendto|sendmsg)\(/.test(line),
  );
  // The vault's founding and the session are acknowledged too.
  expect(found.acknowledgements).toBeGreaterThanOrEqual(PUSHES + 2);
  expect(found.syncs).toBeGreaterThanOrEqual(found.acknowledgements);
  expect(found.early).toBe(0);
}, 60_000);
