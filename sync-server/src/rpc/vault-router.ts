import {
  decodeDestroyRequest,
  decodeLogEntry,
  destroyMessage,
  equalBytes,
  fromBase64url,
  LIMITS,
  PROTOCOL_VERSION,
  recoveryIdOf,
  toBase64url,
} from "@alcove/sdk/wire";
import { hashToken } from "../auth/tokens.ts";
import { recoveryPkOf } from "./auth-router.ts";
import { problem } from "./problem.ts";
import { createProcedures, memberOf, router, type RpcDeps } from "./trpc.ts";

/** Of the recipient under which links to the epoch before are filed. */
const LINK = new Uint8Array(16);

export function createMetaRouter(deps: RpcDeps) {
  const { bare } = createProcedures(deps);
  const { config, store, now } = deps;
  return router({
    info: bare("meta.info").query(() => ({
      protocols: [PROTOCOL_VERSION],
      storeId: toBase64url(store.identity.storeId),
      serverTimeMs: now(),
      limits: {
        pushBytes: Math.min(LIMITS.pushBytes, config.maxBodyBytes),
        batchItems: LIMITS.batchItems,
        pageBytes: LIMITS.pageBytes,
        vaultBytes: config.vaultBytes,
        vaultEntries: config.vaultEntries,
        members: LIMITS.members,
        blobBytes: LIMITS.blobBytes,
        pushesPerMinute: config.pushesPerMinute,
      },
    })),
  });
}

export function createVaultRouter(deps: RpcDeps) {
  const { json, limited } = createProcedures(deps);
  const { config, store, logs, verifier, challenges, canCreateVault, now } = deps;

  return router({
    create: json("vault.create").mutation(async ({ input, ctx }) => {
      const entries = input.entries.map(fromBase64url);
      const first = entries[0];
      if (first === undefined) throw problem("malformed");
      const { vaultId } = decodeLogEntry(first);
      const there = await store.readLog({ vaultId, from: 0, limit: 1, recipients: [] });
      const known = there.entries[0];
      if (known !== undefined) {
        // An answer was lost. Whoever knows the first entry byte for byte knows the vault.
        if (!equalBytes(known.hash, await verifier.sha256(first))) throw problem("exists");
        return { vaultId: toBase64url(vaultId) };
      }
      limited("vault-create", ctx.client);
      if (!(await canCreateVault({ vaultId, proof: input.proof }))) throw problem("forbidden");
      const vault = await logs.found(entries, input.boxes);
      if ((await store.createVault(vault)) === "exists") throw problem("exists");
      return { vaultId: toBase64url(vault.vaultId) };
    }),

    status: json("vault.status").query(async ({ input }) => {
      const vaultId = fromBase64url(input.vaultId);
      const [vault, devices] = await Promise.all([store.vault(vaultId), store.devices(vaultId)]);
      if (vault === null) throw problem("unauthenticated");
      return {
        storeId: toBase64url(store.identity.storeId),
        head: vault.head,
        heads: devices
          .filter(({ lastBatchNo }) => lastBatchNo > 0)
          .map(({ deviceId, lastBatchNo, lastBatchHash }) => ({
            deviceId: toBase64url(deviceId),
            batchNo: lastBatchNo,
            hash: toBase64url(lastBatchHash),
          })),
        generation: vault.generation,
        logLen: vault.logLen,
        logHash: toBase64url(vault.logHash),
        minEpoch: vault.minEpoch,
        bytes: vault.bytes,
        maxBytes: config.vaultBytes,
        entries: vault.entries,
        maxEntries: config.vaultEntries,
      };
    }),

    destroy: json("vault.destroy").mutation(async ({ input, ctx }) => {
      limited("auth", ctx.client);
      const vaultId = fromBase64url(input.vaultId);
      const request = decodeDestroyRequest(fromBase64url(input.request));
      const vault = await store.vault(vaultId);
      const device = request.signer === "device" ? await store.device(vaultId, request.id) : null;
      const recoveryPk = vault && recoveryPkOf(vault, now());
      const isRecovery =
        request.signer === "recovery" &&
        recoveryPk !== null &&
        equalBytes(await recoveryIdOf(verifier, recoveryPk), request.id);
      const key = isRecovery ? recoveryPk : device?.revoked === false ? device.signPk : null;
      const good =
        key !== null &&
        equalBytes(request.vaultId, vaultId) &&
        equalBytes(request.storeId, store.identity.storeId) &&
        (await verifier.verify(key, request.signature, destroyMessage(request.body))) &&
        challenges.isGood(request.nonce, vaultId, request.id, now()) &&
        (await store.spend(hashToken(request.nonce)));
      if (!good) throw problem("unauthenticated");
      await store.destroyVault(vaultId);
      deps.bus.publish(vaultId);
      return { ok: true as const };
    }),
  });
}

export function createLogRouter(deps: RpcDeps) {
  const { json, limited } = createProcedures(deps);
  const { store, logs, verifier, keyedHash, now } = deps;

  return router({
    get: json("log.get").query(async ({ input, ctx }) => {
      const vaultId = fromBase64url(input.vaultId);
      const vault = await store.vault(vaultId);
      if (vault === null) throw problem("unauthenticated");
      const own =
        ctx.holder?.deviceId ?? (await recoveryIdOf(verifier, recoveryPkOf(vault, now())));
      const page = await store.readLog({
        vaultId,
        from: input.from,
        limit: LIMITS.logPage,
        recipients: [own, LINK],
      });
      return {
        entries: page.entries.map(({ body }) => toBase64url(body)),
        boxes: page.boxes.map(({ epoch, recipient, box }) => ({
          epoch,
          recipient: toBase64url(recipient),
          box: toBase64url(box),
        })),
        more: input.from + page.entries.length < page.logLen,
      };
    }),

    append: json("log.append").mutation(async ({ input }) => {
      const vaultId = fromBase64url(input.vaultId);
      limited("log-append", keyedHash("vault", vaultId).toString("base64url"));
      const length = await logs.append({
        vaultId,
        expectLen: input.expectLen,
        entry: fromBase64url(input.entry),
        boxes: input.boxes,
      });
      deps.bus.publish(vaultId);
      return { length };
    }),
  });
}

export function createDeviceRouter(deps: RpcDeps) {
  const { json } = createProcedures(deps);
  return router({
    list: json("device.list").query(async ({ ctx }) => {
      const devices = await deps.store.devices(memberOf(ctx).vaultId);
      return {
        devices: devices.map(({ deviceId, seenDay, revoked }) => ({
          deviceId: toBase64url(deviceId),
          lastSeenDay: seenDay,
          revoked,
        })),
      };
    }),
  });
}
