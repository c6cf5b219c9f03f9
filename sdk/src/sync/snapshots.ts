/** All of snapshots: loaded by a device that is new to a large vault, and by the one that makes a snapshot of it. */
export { createBootstrap } from "./bootstrap.ts";
export { createSnapshotMaker } from "./snapshot-make.ts";
export { makeSnapshot } from "./snapshot-upload.ts";
