import { createAuthRouter } from "./auth-router.ts";
import { createBlobRouter, createSnapshotRouter } from "./blob-router.ts";
import { createLinkRouter } from "./link-router.ts";
import { createSyncRouter } from "./sync-router.ts";
import { router, type RpcDeps } from "./trpc.ts";
import {
  createDeviceRouter,
  createLogRouter,
  createMetaRouter,
  createVaultRouter,
} from "./vault-router.ts";

/** Every procedure of the protocol; `PROCEDURES` of the wire lists the same ones. */
export function createRouter(deps: RpcDeps) {
  return router({
    meta: createMetaRouter(deps),
    vault: createVaultRouter(deps),
    auth: createAuthRouter(deps),
    log: createLogRouter(deps),
    sync: createSyncRouter(deps),
    blob: createBlobRouter(deps),
    snapshot: createSnapshotRouter(deps),
    link: createLinkRouter(deps),
    device: createDeviceRouter(deps),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;
