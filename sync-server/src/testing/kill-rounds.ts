import { fileURLToPath } from "node:url";
import { decodePushBody, toBase64url, type Cursor, type PullPage } from "@alcove/sdk/wire";
import { startProgram, type Program } from "./program.ts";
import {
  createCaller,
  createInput,
  createOwner,
  createWriter,
  good,
  openSession,
  sha256,
  type Owner,
} from "./test-client.ts";

const SCRIPT = fileURLToPath(new URL("./crash-main.ts", import.meta.url));

/** Where the server keeps its vaults: `ALCOVE_SYNC_FILE` or `DATABASE_URL`. */
export type Place = Readonly<Record<string, string>>;

const start = (place: Place): Program =>
  startProgram(
    {
      ...place,
      ALCOVE_SYNC_PORT: "0",
      ALCOVE_SYNC_PUSHES_PER_MINUTE: "1000000",
      ALCOVE_SYNC_AUTHS_PER_MINUTE: "1000000",
      ALCOVE_SYNC_REQUESTS_PER_MINUTE: "1000000",
    },
    { script: SCRIPT },
  );

export interface Connected {
  readonly program: Program;
  readonly call: ReturnType<typeof createCaller>;
  readonly token: string;
}

/** A running server and a session of the vault, which is founded where it is not there yet. */
export async function connect(place: Place, owner: Owner): Promise<Connected> {
  const program = start(place);
  const url = await program.address;
  const call = createCaller(url);
  await good(call("vault.create", createInput(owner)));
  const { token } = await openSession(call, url, owner.vaultId, owner.device);
  return { program, call, token };
}

export async function kill(program: Program): Promise<void> {
  program.kill("SIGKILL");
  await program.end;
}

/** Hashes of all manifests, and of all envelopes, that the vault holds. */
export async function stored({ call, token }: Connected, owner: Owner) {
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

export function contentsOf(body: Uint8Array) {
  const { manifest, envelopes } = decodePushBody(body);
  return {
    manifest: toBase64url(sha256(manifest)),
    envelopes: envelopes.map((envelope) => toBase64url(sha256(envelope))),
  };
}

/** What came of it. `lost` and `twice` must be 0. */
export interface KillRounds {
  kills: number;
  acknowledged: number;
  /** Stored by a push whose answer was never given: why a retry must find its answer again. */
  committedUnacknowledged: number;
  lost: number;
  twice: number;
}

/** Pushes as fast as it goes and ends the server as by `kill -9` at a random moment, again and again, on one database. */
export async function killAtRandom(place: Place, rounds: number): Promise<KillRounds> {
  const owner = await createOwner();
  const writer = createWriter(owner);
  const acknowledged = new Set<string>();
  let inFlight: Uint8Array | null = null;
  const seen: KillRounds = {
    kills: 0,
    acknowledged: 0,
    committedUnacknowledged: 0,
    lost: 0,
    twice: 0,
  };

  for (let round = 0; round < rounds; round++) {
    const server = await connect(place, owner);
    if (inFlight !== null) {
      const { duplicate } = await good(server.call("sync.push", inFlight, server.token));
      if (duplicate) seen.committedUnacknowledged += 1;
      acknowledged.add(contentsOf(inFlight).manifest);
      inFlight = null;
    }
    // Looked at in full now and then, in the soak too: reading everything back takes longer and longer.
    if (round % 25 === 0 || rounds <= 25) {
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
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.problem));
      inFlight = null;
      acknowledged.add(contentsOf(body).manifest);
      seen.acknowledged += 1;
    }
    clearTimeout(deadline);
    await server.program.end;
    seen.kills += 1;
  }

  const server = await connect(place, owner);
  const { manifests, envelopes } = await stored(server, owner);
  const there = new Set(manifests);
  seen.lost += [...acknowledged].filter((manifest) => !there.has(manifest)).length;
  seen.twice += manifests.length - there.size + envelopes.length - new Set(envelopes).size;
  await kill(server.program);
  return seen;
}
