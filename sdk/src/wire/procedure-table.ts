import * as schema from "./input-schemas.ts";
import { ANSWERS } from "./answer-shapes.ts";
import { outputSchema, type Schema } from "./schema.ts";

/** `member`: a device's session of this vault. `any`: that, or a recovery session. `ticket`: one of `auth.ticket`. */
export type Access = "open" | "any" | "member" | "ticket";

interface Procedure {
  readonly kind: "query" | "mutation" | "subscription";
  readonly access: Access;
  /** `bytes`: the body is octets, read by `decodePushBody` or `decodeBlobPart`. `null`: none. */
  readonly input: Schema<unknown> | "bytes" | null;
  readonly output: Schema<unknown>;
}

/** Every procedure of the server. The server's access tests are made from this table. */
export const PROCEDURES = {
  "meta.info": {
    kind: "query",
    access: "open",
    input: null,
    output: outputSchema(ANSWERS["meta.info"]),
  },
  "vault.create": {
    kind: "mutation",
    access: "open",
    input: schema.vaultCreateInput,
    output: outputSchema(ANSWERS["vault.create"]),
  },
  "vault.status": {
    kind: "query",
    access: "any",
    input: schema.vaultInput,
    output: outputSchema(ANSWERS["vault.status"]),
  },
  "vault.destroy": {
    kind: "mutation",
    access: "any",
    input: schema.vaultDestroyInput,
    output: outputSchema(ANSWERS["vault.destroy"]),
  },
  "auth.challenge": {
    kind: "mutation",
    access: "open",
    input: schema.challengeInput,
    output: outputSchema(ANSWERS["auth.challenge"]),
  },
  "auth.session": {
    kind: "mutation",
    access: "open",
    input: schema.sessionInput,
    output: outputSchema(ANSWERS["auth.session"]),
  },
  "auth.locate": {
    kind: "mutation",
    access: "open",
    input: schema.locateInput,
    output: outputSchema(ANSWERS["auth.locate"]),
  },
  "auth.ticket": {
    kind: "mutation",
    access: "member",
    input: schema.vaultInput,
    output: outputSchema(ANSWERS["auth.ticket"]),
  },
  "log.get": {
    kind: "query",
    access: "any",
    input: schema.logGetInput,
    output: outputSchema(ANSWERS["log.get"]),
  },
  "log.append": {
    kind: "mutation",
    access: "any",
    input: schema.logAppendInput,
    output: outputSchema(ANSWERS["log.append"]),
  },
  "sync.push": {
    kind: "mutation",
    access: "member",
    input: "bytes",
    output: outputSchema(ANSWERS["sync.push"]),
  },
  "sync.pull": {
    kind: "query",
    access: "any",
    input: schema.pullInput,
    output: outputSchema(ANSWERS["sync.pull"]),
  },
  "sync.ack": {
    kind: "mutation",
    access: "member",
    input: schema.ackInput,
    output: outputSchema(ANSWERS["sync.ack"]),
  },
  "sync.live": {
    kind: "subscription",
    access: "ticket",
    input: schema.liveInput,
    output: outputSchema(ANSWERS["sync.live"]),
  },
  "blob.begin": {
    kind: "mutation",
    access: "member",
    input: schema.blobBeginInput,
    output: outputSchema(ANSWERS["blob.begin"]),
  },
  "blob.part": {
    kind: "mutation",
    access: "member",
    input: "bytes",
    output: outputSchema(ANSWERS["blob.part"]),
  },
  "blob.commit": {
    kind: "mutation",
    access: "member",
    input: schema.blobInput,
    output: outputSchema(ANSWERS["blob.commit"]),
  },
  "snapshot.publish": {
    kind: "mutation",
    access: "member",
    input: schema.snapshotPublishInput,
    output: outputSchema(ANSWERS["snapshot.publish"]),
  },
  "snapshot.latest": {
    kind: "query",
    access: "any",
    input: schema.vaultInput,
    output: outputSchema(ANSWERS["snapshot.latest"]),
  },
  "link.open": {
    kind: "mutation",
    access: "open",
    input: schema.linkOpenInput,
    output: outputSchema(ANSWERS["link.open"]),
  },
  "link.claim": {
    kind: "mutation",
    access: "open",
    input: schema.linkClaimInput,
    output: outputSchema(ANSWERS["link.claim"]),
  },
  "link.put": {
    kind: "mutation",
    access: "open",
    input: schema.linkPutInput,
    output: outputSchema(ANSWERS["link.put"]),
  },
  "link.take": {
    kind: "mutation",
    access: "open",
    input: schema.linkTakeInput,
    output: outputSchema(ANSWERS["link.take"]),
  },
  "device.list": {
    kind: "query",
    access: "member",
    input: schema.vaultInput,
    output: outputSchema(ANSWERS["device.list"]),
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
