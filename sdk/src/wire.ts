/**
 * The sync protocol as bytes and shapes: what a server or a second implementation needs to read and check a vault without a key. The
 * layouts are described in docs/sync-protocol.md.
 */
export * from "./wire/answer-shapes.ts";
export * from "./wire/auth-messages.ts";
export * from "./wire/base64url.ts";
export * from "./wire/bytes.ts";
export * from "./wire/dots.ts";
export * from "./wire/envelope.ts";
export * from "./wire/input-schemas.ts";
export * from "./wire/limits.ts";
export * from "./wire/link-messages.ts";
export * from "./wire/manifest.ts";
export * from "./wire/member-log.ts";
export * from "./wire/padding.ts";
export * from "./wire/problem.ts";
export * from "./wire/problem-status.ts";
export * from "./wire/procedure-table.ts";
export type * from "./wire/procedures.ts";
export * from "./wire/push-body.ts";
export * from "./wire/read-shape.ts";
export type { Schema } from "./wire/schema.ts";
export type { Shape } from "./wire/shape.ts";
export * from "./wire/snapshot.ts";
export * from "./wire/tags.ts";
export * from "./wire/wire-error.ts";
export * from "./crypto/manifest-check.ts";
export * from "./crypto/member-log.ts";
export * from "./crypto/verify.ts";
