import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import {
  connect,
  contentsOf,
  kill,
  killAtRandom,
  stored,
  type KillRounds,
} from "./testing/kill-rounds.ts";
import { createOwner, createWriter, good, random } from "./testing/test-client.ts";

const SOAK = process.env["ALCOVE_SOAK"] === "1";
const KILLS = SOAK ? 1_000 : 25;

const folder = mkdtempSync(join(tmpdir(), "alcove-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function integrityOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const found = database.prepare("pragma integrity_check").get()?.["integrity_check"];
  database.close();
  return found;
}

describe("a server that is killed in the middle of a push", () => {
  test("has all of it or nothing, whatever statement it came to, and takes it again exactly once", async () => {
    const file = join(folder, "statements.db");
    const owner = await createOwner();
    const writer = createWriter(owner);
    const recordId = random(16);
    const first = await connect({ ALCOVE_SYNC_FILE: file }, owner);
    await good(first.call("sync.push", await writer.next([{ recordId }]), first.token));

    let server = first;
    let head = 2;
    let devSeq = 1;
    let survived = false;
    let statements = 0;
    while (!survived) {
      statements += 1;
      expect(statements).toBeLessThan(60);
      // Replaces the entry of before, so that inserts, deletes and counts all have a part in it.
      const supersedes = [{ deviceId: owner.device.deviceId, devSeq }];
      const body = await writer.next([{ recordId, supersedes }]);
      await server.program.say(`arm ${statements}`, "armed");
      const answer = await server.call("sync.push", body, server.token).catch(() => null);
      survived = answer !== null;
      await kill(server.program);
      expect(integrityOf(file)).toBe("ok");

      server = await connect({ ALCOVE_SYNC_FILE: file }, owner);
      const before = await stored(server, owner);
      const sent = contentsOf(body);
      const isThere = before.manifests.includes(sent.manifest);
      // All or nothing: the manifest, its entry, and the entry that it took the place of.
      expect(before.envelopes).toHaveLength(1);
      expect(before.envelopes.includes(sent.envelopes[0]!)).toBe(isThere);
      if (answer !== null) expect(isThere).toBe(true);
      head += 2;
      devSeq += 1;
      const retried = await good(server.call("sync.push", body, server.token));
      expect(retried).toEqual({ head, accepted: 1, duplicate: isThere });
      const after = await stored(server, owner);
      expect(after.envelopes).toEqual(sent.envelopes);
      expect(after.manifests.filter((manifest) => manifest === sent.manifest)).toHaveLength(1);
    }
    await kill(server.program);
    // The session's look-up, the transaction's begin, its dozen statements, its commit.
    expect(statements).toBeGreaterThan(12);
  }, 300_000);

  test(`at random, ${KILLS} times, has lost nothing that it acknowledged`, async () => {
    const file = join(folder, "random.db");
    const seen = await killAtRandom({ ALCOVE_SYNC_FILE: file }, KILLS);
    expect(integrityOf(file)).toBe("ok");
    if (SOAK) writeResults(seen);
    expect(seen).toMatchObject({ kills: KILLS, lost: 0, twice: 0 });
    expect(seen.acknowledged).toBeGreaterThan(KILLS);
  }, 3_600_000);
});

function writeResults(results: KillRounds): void {
  const out = fileURLToPath(new URL("../../test-results/", import.meta.url));
  mkdirSync(out, { recursive: true });
  const environment = { node: process.versions.node, os: process.platform };
  const told = { bench: "sync-server-kills", environment, results };
  writeFileSync(join(out, "sync-server-kills.json"), `${JSON.stringify(told, null, 2)}\n`);
}
