import * as schema from "./schemas.ts";
import type { Schema } from "./schemas.ts";

/** `member`: a device's session of this vault. `any`: that, or a recovery session. `ticket`: one of `auth.ticket`. */
export type Access = "open" | "any" | "member" | "ticket";

interface Procedure {
  readonly kind: "query" | "mutation" | "subscription";
  readonly access: Access;
  /** `bytes`: the body is octets, read by `decodePushBody` or `decodeBlobPart`. `null`: none. */
  readonly input: Schema<unknown> | "bytes" | null;
  readonly output: Schema<unknown>;
}

/** Every procedure of the server. Both ends check with these schemas; the server's access tests are made from this table. */
export const PROCEDURES = {
  "meta.info": { kind: "query", access: "open", input: null, output: schema.serverInfo },
  "vault.create": {
    kind: "mutation",
    access: "open",
    input: schema.vaultCreateInput,
    output: schema.vaultFound,
  },
  "vault.status": {
    kind: "query",
    access: "any",
    input: schema.vaultInput,
    output: schema.vaultStatus,
  },
  "vault.destroy": {
    kind: "mutation",
    access: "any",
    input: schema.vaultDestroyInput,
    output: schema.ok,
  },
  "auth.challenge": {
    kind: "mutation",
    access: "open",
    input: schema.challengeInput,
    output: schema.challenge,
  },
  "auth.session": {
    kind: "mutation",
    access: "open",
    input: schema.sessionInput,
    output: schema.session,
  },
  "auth.locate": {
    kind: "mutation",
    access: "open",
    input: schema.locateInput,
    output: schema.vaultFound,
  },
  "auth.ticket": {
    kind: "mutation",
    access: "member",
    input: schema.vaultInput,
    output: schema.ticket,
  },
  "log.get": { kind: "query", access: "any", input: schema.logGetInput, output: schema.logPage },
  "log.append": {
    kind: "mutation",
    access: "any",
    input: schema.logAppendInput,
    output: schema.logLength,
  },
  "sync.push": { kind: "mutation", access: "member", input: "bytes", output: schema.pushResult },
  "sync.pull": { kind: "query", access: "any", input: schema.pullInput, output: schema.pullPage },
  "sync.ack": { kind: "mutation", access: "member", input: schema.ackInput, output: schema.ok },
  "sync.live": {
    kind: "subscription",
    access: "ticket",
    input: schema.liveInput,
    output: schema.liveEvent,
  },
  "blob.begin": {
    kind: "mutation",
    access: "member",
    input: schema.blobBeginInput,
    output: schema.blobReceived,
  },
  "blob.part": { kind: "mutation", access: "member", input: "bytes", output: schema.blobReceived },
  "blob.commit": { kind: "mutation", access: "member", input: schema.blobInput, output: schema.ok },
  "snapshot.publish": {
    kind: "mutation",
    access: "member",
    input: schema.snapshotPublishInput,
    output: schema.ok,
  },
  "snapshot.latest": {
    kind: "query",
    access: "any",
    input: schema.vaultInput,
    output: schema.snapshotLatest,
  },
  "link.open": {
    kind: "mutation",
    access: "open",
    input: schema.linkOpenInput,
    output: schema.mailbox,
  },
  "link.claim": {
    kind: "mutation",
    access: "open",
    input: schema.linkClaimInput,
    output: schema.mailboxFound,
  },
  "link.put": { kind: "mutation", access: "open", input: schema.linkPutInput, output: schema.ok },
  "link.take": {
    kind: "mutation",
    access: "open",
    input: schema.linkTakeInput,
    output: schema.linkTaken,
  },
  "device.list": {
    kind: "query",
    access: "member",
    input: schema.vaultInput,
    output: schema.deviceList,
  },
} as const satisfies Readonly<Record<string, Procedure>>;

export type ProcedureName = keyof typeof PROCEDURES;

export type ProcedureInput<Name extends ProcedureName> =
  (typeof PROCEDURES)[Name]["input"] extends Schema<infer Input>
    ? Input
    : (typeof PROCEDURES)[Name]["input"] extends "bytes"
      ? Uint8Array
      : undefined;

export type ProcedureOutput<Name extends ProcedureName> =
  (typeof PROCEDURES)[Name]["output"] extends Schema<infer Output> ? Output : never;
