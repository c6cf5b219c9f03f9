import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { decodePushBody, toBase64url, type Cursor, type PullPage } from "@alcove/sdk/wire";
import { afterAll, describe, expect, test } from "vitest";
import { startProgram, type Program } from "./testing/program.ts";
import {
  createCaller,
  createInput,
  createOwner,
  createWriter,
  good,
  openSession,
  random,
  sha256,
  type Owner,
} from "./testing/test-client.ts";

const SOAK = process.env["ALCOVE_SOAK"] === "1";
const KILLS = SOAK ? 1_000 : 25;
const SCRIPT = fileURLToPath(new URL("./testing/crash-main.ts", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "alcove-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (file: string): Program =>
  startProgram(
    {
      ALCOVE_SYNC_FILE: file,
      ALCOVE_SYNC_PORT: "0",
      ALCOVE_SYNC_PUSHES_PER_MINUTE: "1000000",
      ALCOVE_SYNC_AUTHS_PER_MINUTE: "1000000",
      ALCOVE_SYNC_REQUESTS_PER_MINUTE: "1000000",
    },
    { script: SCRIPT },
  );

interface Connected {
  readonly program: Program;
  readonly call: ReturnType<typeof createCaller>;
  readonly token: string;
}

/** A running server and a session of the vault, which is founded where it is not there yet. */
async function connect(file: string, owner: Owner): Promise<Connected> {
  const program = start(file);
  const url = await program.address;
  const call = createCaller(url);
  await good(call("vault.create", createInput(owner)));
  const { token } = await openSession(call, url, owner.vaultId, owner.device);
  return { program, call, token };
}

async function kill(program: Program): Promise<void> {
  program.kill("SIGKILL");
  await program.end;
}

/** Hashes of all manifests, and of all envelopes, that the vault holds. */
async function stored({ call, token }: Connected, owner: Owner) {
  const vaultId = toBase64url(owner.vaultId);
  const manifests: string[] = [];
  const envelopes: string[] = [];
  const hashOf = (text: string) => toBase64url(sha256(Buffer.from(text, "base64url")));
  let cursor: Cursor | null = null;
  for (let more = true; more;) {
    const page: PullPage = await good(call("sync.pull", { vaultId, cursor }, token));
    manifests.push(...page.manifests.map(({ manifest }) => hashOf(manifest)));
    envelopes.push(...page.entries.map(({ envelope }) => hashOf(envelope)));
    ({ next: cursor, more } = page);
  }
  return { manifests, envelopes };
}

function contentsOf(body: Uint8Array) {
  const { manifest, envelopes } = decodePushBody(body);
  return {
    manifest: toBase64url(sha256(manifest)),
    envelopes: envelopes.map((envelope) => toBase64url(sha256(envelope))),
  };
}

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
    const first = await connect(file, owner);
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

      server = await connect(file, owner);
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
  }, 120_000);

  test(`at random, ${KILLS} times, has lost nothing that it acknowledged`, async () => {
    const file = join(folder, "random.db");
    const owner = await createOwner();
    const writer = createWriter(owner);
    const acknowledged = new Set<string>();
    let inFlight: Uint8Array | null = null;
    const seen = { kills: 0, acknowledged: 0, committedUnacknowledged: 0, lost: 0, twice: 0 };

    for (let round = 0; round < KILLS; round++) {
      const server = await connect(file, owner);
      if (inFlight !== null) {
        const { duplicate } = await good(server.call("sync.push", inFlight, server.token));
        if (duplicate) seen.committedUnacknowledged += 1;
        acknowledged.add(contentsOf(inFlight).manifest);
        inFlight = null;
      }
      // Looked at in full now and then, in the soak too: reading everything back takes longer and longer.
      if (round % 25 === 0 || KILLS <= 25) {
        const { manifests } = await stored(server, owner);
        const there = new Set(manifests);
        seen.lost += [...acknowledged].filter((manifest) => !there.has(manifest)).length;
        seen.twice += manifests.length - there.size;
      }
      const deadline = setTimeout(() => server.program.kill("SIGKILL"), Math.random() * 80);
      for (;;) {
        const items = Array.from({ length: 1 + Math.floor(Math.random() * 20) }, () => ({}));
        const body = await writer.next(items);
        inFlight = body;
        const answer = await server.call("sync.push", body, server.token).catch(() => null);
        if (answer === null) break;
        expect(answer.status).toBe(200);
        inFlight = null;
        acknowledged.add(contentsOf(body).manifest);
        seen.acknowledged += 1;
      }
      clearTimeout(deadline);
      await server.program.end;
      seen.kills += 1;
    }

    const server = await connect(file, owner);
    const { manifests, envelopes } = await stored(server, owner);
    const there = new Set(manifests);
    seen.lost += [...acknowledged].filter((manifest) => !there.has(manifest)).length;
    seen.twice += manifests.length - there.size + envelopes.length - new Set(envelopes).size;
    await kill(server.program);
    expect(integrityOf(file)).toBe("ok");
    if (SOAK) writeResults(seen);
    expect(seen).toMatchObject({ kills: KILLS, lost: 0, twice: 0 });
    expect(seen.acknowledged).toBeGreaterThan(KILLS);
  }, 3_600_000);
});

function writeResults(results: Readonly<Record<string, number>>): void {
  const out = fileURLToPath(new URL("../../test-results/", import.meta.url));
  mkdirSync(out, { recursive: true });
  const environment = { node: process.versions.node, os: process.platform };
  const told = { bench: "sync-server-kills", environment, results };
  writeFileSync(join(out, "sync-server-kills.json"), `${JSON.stringify(told, null, 2)}\n`);
}
