import { hash } from "node:crypto";
import {
  decodeEnvelope,
  decodeManifest,
  decodePushBody,
  equalBytes,
  fromBase64url,
  LIMITS,
  manifestMessage,
  PROCEDURES,
  toBase64url,
  type Manifest,
} from "@alcove/sdk/wire";
import { tracked } from "@trpc/server";
import { endOf, hashToken } from "../auth/tokens.ts";
import type { Batch, BatchItem } from "../store/store.ts";
import { problem } from "./problem.ts";
import { createProcedures, memberOf, readOctets, router, sameVault, type RpcDeps } from "./trpc.ts";

export function createSyncRouter(deps: RpcDeps) {
  const { json, octets, live, limitedPush } = createProcedures(deps);
  const { store, verifier, config, bus, keyedHash, log, now } = deps;
  const storeId = toBase64url(store.identity.storeId);

  return router({
    push: octets("sync.push").mutation(async ({ input, ctx }) => {
      const member = memberOf(ctx);
      const vaultKey = keyedHash("vault", member.vaultId).toString("base64url");
      limitedPush(vaultKey, ctx);
      const { manifest: bytes, envelopes } = decodePushBody(
        await readOctets(input, LIMITS.pushBytes),
      );
      const manifest = decodeManifest(bytes);
      sameVault(member, manifest.vaultId);
      if (!equalBytes(manifest.deviceId, member.deviceId)) throw problem("forbidden");
      const [device, vault] = await Promise.all([
        store.device(member.vaultId, member.deviceId),
        store.vault(member.vaultId),
      ]);
      if (device === null || vault === null) throw problem("unauthenticated");
      const items = readItems(manifest, envelopes, vault.minSuite);
      const { signature, body } = manifest;
      if (!(await verifier.verify(device.signPk, signature, manifestMessage(body))))
        throw problem("malformed");
      const outcome = await store.push(
        batchOf(manifest, bytes, items, {
          maxBytes: config.vaultBytes,
          maxEntries: config.vaultEntries,
        }),
      );
      switch (outcome.kind) {
        case "accepted":
          bus.publish(member.vaultId);
          return { head: outcome.head, accepted: outcome.accepted, duplicate: false };
        case "duplicate":
          return { head: outcome.head, accepted: outcome.accepted, duplicate: true };
        case "unknown-vault":
          throw problem("unauthenticated");
        case "inactive-device":
          throw problem("revoked");
        case "stale":
          throw problem("stale", {
            length: outcome.logLen,
            minEpoch: outcome.minEpoch,
            generation: outcome.generation,
          });
        case "gap":
          throw problem("gap", { expected: outcome.expectedBatchNo });
        case "forked":
          log.info("device-forked", { vault: vaultKey });
          throw problem("device-forked");
        case "malformed":
          log.info("batch-malformed", { vault: vaultKey, problem: outcome.problem });
          throw problem("malformed");
        case "quota":
          throw problem("quota", { bytes: outcome.bytes, maxBytes: config.vaultBytes });
      }
      throw problem("internal");
    }),

    pull: json("sync.pull").query(async ({ input }) => {
      const { cursor, limitBytes = LIMITS.pageBytes, skipEntriesTo = 0 } = input;
      if (cursor !== null && cursor.storeId !== storeId) throw problem("store-changed");
      const page = await store.pull({
        vaultId: fromBase64url(input.vaultId),
        after: cursor?.seq ?? 0,
        limitBytes,
        skipEntriesTo,
      });
      if (page === null) throw problem("unauthenticated");
      const manifests = [];
      const entries = [];
      for (const { kind, seq, bytes } of page.rows) {
        if (kind === "manifest") manifests.push({ seq, manifest: encode(bytes) });
        else entries.push({ seq, envelope: encode(bytes) });
      }
      return {
        manifests,
        entries,
        next: { storeId, seq: page.next },
        head: page.head,
        heads: page.heads.map(({ deviceId, batchNo, hash: of }) => ({
          deviceId: toBase64url(deviceId),
          batchNo,
          hash: toBase64url(of),
        })),
        more: page.more,
      };
    }),

    ack: json("sync.ack").mutation(async ({ input, ctx }) => {
      const { vaultId, deviceId } = memberOf(ctx);
      if (!(await store.ack(vaultId, deviceId, input.seq))) throw problem("unauthenticated");
      return { ok: true as const };
    }),

    live: live("sync.live").subscription(async function* ({ input, ctx, signal }) {
      const ticket = fromBase64url(input.ticket);
      const holder = endOf(ticket) > now() ? await store.takeTicket(hashToken(ticket)) : null;
      if (holder?.deviceId == null) throw problem("unauthenticated");
      const leave = deps.streams.enter(ctx.client);
      if (leave === null) throw problem("limit", { retryAfterMs: 30_000 });
      const { vaultId, deviceId } = holder;
      const waker = createWaker(AbortSignal.any([deps.stopping, ...(signal ? [signal] : [])]));
      const unsubscribe = bus.subscribe(vaultId, waker.wake);
      try {
        // The head is told at once when it is ahead of what the client has: it may have been away.
        let seq = Number(input.lastEventId ?? -1);
        let logLen = -1;
        do {
          const [vault, device] = await Promise.all([
            store.vault(vaultId),
            store.device(vaultId, deviceId),
          ]);
          if (vault === null || device === null) throw problem("unauthenticated");
          if (device.revoked) throw problem("revoked");
          const news = logLen === -1 ? vault.head > seq : vault.head !== seq;
          if (news || (logLen !== -1 && vault.logLen !== logLen)) {
            const event = PROCEDURES["sync.live"].output.parse({
              seq: vault.head,
              logLen: vault.logLen,
            });
            yield tracked(String(vault.head), event);
          }
          ({ head: seq, logLen } = vault);
        } while (await waker.woken());
      } finally {
        unsubscribe();
        leave();
      }
    }),
  });
}

/** Waits for hints; many at once count as one. */
function createWaker(end: AbortSignal) {
  let hinted = false;
  let resume: () => void = () => undefined;
  end.addEventListener("abort", () => resume(), { once: true });
  return {
    wake() {
      hinted = true;
      resume();
    },
    /** @returns false at the end */
    async woken(): Promise<boolean> {
      if (!hinted && !end.aborted) await new Promise<void>((resolve) => (resume = resolve));
      hinted = false;
      return !end.aborted;
    },
  };
}

/** What every reader checks too: the envelopes are those that the manifest names, each in its place. */
function readItems(
  manifest: Manifest,
  envelopes: readonly Uint8Array[],
  minSuite: number,
): BatchItem[] {
  if (envelopes.length !== manifest.items.length) throw problem("malformed");
  return envelopes.map((envelope, at) => {
    const item = manifest.items[at];
    const { header } = decodeEnvelope(envelope);
    const fits =
      item !== undefined &&
      equalBytes(hash("sha256", envelope, "buffer"), item.hash) &&
      header.kind === "entry" &&
      header.epoch === manifest.epoch &&
      header.devSeq === manifest.firstSeq + at &&
      equalBytes(header.deviceId, manifest.deviceId);
    if (!fits) throw problem("malformed");
    if (header.suite < minSuite) throw problem("unsupported");
    return { recordId: header.recordId, envelope, supersedes: item.supersedes };
  });
}

function batchOf(
  manifest: Manifest,
  bytes: Uint8Array,
  items: readonly BatchItem[],
  quota: Batch["quota"],
): Batch {
  return {
    vaultId: manifest.vaultId,
    deviceId: manifest.deviceId,
    generation: manifest.generation,
    epoch: manifest.epoch,
    batchNo: manifest.batchNo,
    prevHash: manifest.prevHash,
    hash: new Uint8Array(hash("sha256", bytes, "buffer")),
    logLen: manifest.logLen,
    logHash: manifest.logHash,
    firstDevSeq: manifest.firstSeq,
    manifest: bytes,
    items,
    purged: manifest.purged,
    seen: manifest.seen,
    quota,
  };
}

/** Node's own is many times faster than the portable one, and a page is a megabyte. */
function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url");
}
