import { createHash } from "node:crypto";
import {
  decodeBlobPart,
  decodeSnapshot,
  DEFAULT_QUOTAS,
  equalBytes,
  fromBase64url,
  LIMITS,
  snapshotMessage,
  toBase64url,
} from "@alcove/sdk/wire";
import type { BlobOutcome } from "../store/store.ts";
import { problem } from "./problem.ts";
import { createProcedures, memberOf, readOctets, router, sameVault, type RpcDeps } from "./trpc.ts";

/** A version, a vault, a hash and an offset stand before the bytes of a part. */
const PART_HEAD_BYTES = 69;

export function createBlobRouter(deps: RpcDeps) {
  const { json, octets } = createProcedures(deps);
  const { store, config } = deps;

  function receivedOf(outcome: BlobOutcome): { received: number } {
    switch (outcome.kind) {
      case "ok":
        return { received: outcome.received };
      case "conflict":
        // Where to go on stands in the answer to `blob.begin`.
        throw problem("conflict");
      case "quota":
        throw problem("quota", { bytes: outcome.bytes, maxBytes: config.snapshotBytes });
      case "unknown-blob":
        throw problem("not-found");
      case "unknown-vault":
        throw problem("unauthenticated");
    }
    throw problem("internal");
  }

  return router({
    begin: json("blob.begin").mutation(async ({ input }) =>
      receivedOf(
        await store.beginBlob({
          vaultId: fromBase64url(input.vaultId),
          hash: fromBase64url(input.hash),
          size: input.bytes,
          maxBytes: config.snapshotBytes,
        }),
      ),
    ),

    part: octets("blob.part").mutation(async ({ input, ctx }) => {
      const member = memberOf(ctx);
      const body = await readOctets(input, PART_HEAD_BYTES + LIMITS.blobPartBytes);
      const { part, ...of } = decodeBlobPart(body);
      sameVault(member, of.vaultId);
      return receivedOf(await store.putBlobPart({ ...of, bytes: part }));
    }),

    commit: json("blob.commit").mutation(async ({ input }) => {
      const vaultId = fromBase64url(input.vaultId);
      const name = fromBase64url(input.hash);
      const blob = await store.blob(vaultId, name);
      if (blob === null) throw problem("not-found");
      if (blob.committed) return { ok: true as const };
      if (blob.received < blob.size) throw problem("conflict");
      const hash = createHash("sha256");
      for (let at = 0; at < blob.size;) {
        const bytes = await store.readBlob(vaultId, name, at);
        if (bytes === null) throw problem("not-found");
        hash.update(bytes);
        at += bytes.length;
      }
      if (!equalBytes(hash.digest(), name)) {
        // It can never become right: it is sent anew from the beginning.
        await store.dropBlob(vaultId, name);
        throw problem("malformed");
      }
      if (!(await store.commitBlob(vaultId, name))) throw problem("conflict");
      return { ok: true as const };
    }),
  });
}

export function createSnapshotRouter(deps: RpcDeps) {
  const { json } = createProcedures(deps);
  const { store, logs, verifier } = deps;

  return router({
    publish: json("snapshot.publish").mutation(async ({ input, ctx }) => {
      const { vaultId, deviceId } = memberOf(ctx);
      const manifest = fromBase64url(input.manifest);
      const snapshot = decodeSnapshot(manifest);
      if (!equalBytes(snapshot.vaultId, vaultId)) throw problem("forbidden");
      if (!equalBytes(snapshot.deviceId, deviceId)) throw problem("forbidden");
      const [device, log] = await Promise.all([
        store.device(vaultId, deviceId),
        logs.read(vaultId),
      ]);
      if (device === null || log === null) throw problem("unauthenticated");
      const step = log.steps[snapshot.logLen - 1];
      if (
        step === undefined ||
        !equalBytes(step.hash, snapshot.logHash) ||
        step.epoch !== snapshot.epoch ||
        step.generation !== snapshot.generation
      )
        throw staleFor(log);
      if (
        !(await verifier.verify(device.signPk, snapshot.signature, snapshotMessage(snapshot.body)))
      )
        throw problem("malformed");
      const outcome = await store.publishSnapshot({
        vaultId,
        manifest,
        seq: input.seq,
        generation: snapshot.generation,
        blobs: snapshot.blobs.map(({ hash }) => hash),
        keep: DEFAULT_QUOTAS.snapshotsKept,
      });
      switch (outcome.kind) {
        case "published":
          return { ok: true as const };
        case "missing-blob":
          throw problem("not-found");
        case "stale":
          throw staleFor(log);
        case "unknown-vault":
          throw problem("unauthenticated");
      }
      throw problem("internal");
    }),

    latest: json("snapshot.latest").query(async ({ input }) => {
      const snapshot = await store.latestSnapshot(fromBase64url(input.vaultId));
      return {
        snapshot: snapshot && { manifest: toBase64url(snapshot.manifest), seq: snapshot.seq },
      };
    }),
  });
}

function staleFor({
  length,
  minEpoch,
  generation,
}: {
  readonly length: number;
  readonly minEpoch: number;
  readonly generation: number;
}) {
  return problem("stale", { length, minEpoch, generation });
}
