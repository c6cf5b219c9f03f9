import * as schema from "./input-schemas.ts";
import { OUTPUTS } from "./output-schemas.ts";
import type { Schema } from "./schema.ts";

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
  "meta.info": { kind: "query", access: "open", input: null, output: OUTPUTS["meta.info"] },
  "vault.create": {
    kind: "mutation",
    access: "open",
    input: schema.vaultCreateInput,
    output: OUTPUTS["vault.create"],
  },
  "vault.status": {
    kind: "query",
    access: "any",
    input: schema.vaultInput,
    output: OUTPUTS["vault.status"],
  },
  "vault.destroy": {
    kind: "mutation",
    access: "any",
    input: schema.vaultDestroyInput,
    output: OUTPUTS["vault.destroy"],
  },
  "auth.challenge": {
    kind: "mutation",
    access: "open",
    input: schema.challengeInput,
    output: OUTPUTS["auth.challenge"],
  },
  "auth.session": {
    kind: "mutation",
    access: "open",
    input: schema.sessionInput,
    output: OUTPUTS["auth.session"],
  },
  "auth.locate": {
    kind: "mutation",
    access: "open",
    input: schema.locateInput,
    output: OUTPUTS["auth.locate"],
  },
  "auth.ticket": {
    kind: "mutation",
    access: "member",
    input: schema.vaultInput,
    output: OUTPUTS["auth.ticket"],
  },
  "log.get": {
    kind: "query",
    access: "any",
    input: schema.logGetInput,
    output: OUTPUTS["log.get"],
  },
  "log.append": {
    kind: "mutation",
    access: "any",
    input: schema.logAppendInput,
    output: OUTPUTS["log.append"],
  },
  "sync.push": { kind: "mutation", access: "member", input: "bytes", output: OUTPUTS["sync.push"] },
  "sync.pull": {
    kind: "query",
    access: "any",
    input: schema.pullInput,
    output: OUTPUTS["sync.pull"],
  },
  "sync.ack": {
    kind: "mutation",
    access: "member",
    input: schema.ackInput,
    output: OUTPUTS["sync.ack"],
  },
  "sync.live": {
    kind: "subscription",
    access: "ticket",
    input: schema.liveInput,
    output: OUTPUTS["sync.live"],
  },
  "blob.begin": {
    kind: "mutation",
    access: "member",
    input: schema.blobBeginInput,
    output: OUTPUTS["blob.begin"],
  },
  "blob.part": { kind: "mutation", access: "member", input: "bytes", output: OUTPUTS["blob.part"] },
  "blob.commit": {
    kind: "mutation",
    access: "member",
    input: schema.blobInput,
    output: OUTPUTS["blob.commit"],
  },
  "snapshot.publish": {
    kind: "mutation",
    access: "member",
    input: schema.snapshotPublishInput,
    output: OUTPUTS["snapshot.publish"],
  },
  "snapshot.latest": {
    kind: "query",
    access: "any",
    input: schema.vaultInput,
    output: OUTPUTS["snapshot.latest"],
  },
  "link.open": {
    kind: "mutation",
    access: "open",
    input: schema.linkOpenInput,
    output: OUTPUTS["link.open"],
  },
  "link.claim": {
    kind: "mutation",
    access: "open",
    input: schema.linkClaimInput,
    output: OUTPUTS["link.claim"],
  },
  "link.put": {
    kind: "mutation",
    access: "open",
    input: schema.linkPutInput,
    output: OUTPUTS["link.put"],
  },
  "link.take": {
    kind: "mutation",
    access: "open",
    input: schema.linkTakeInput,
    output: OUTPUTS["link.take"],
  },
  "device.list": {
    kind: "query",
    access: "member",
    input: schema.vaultInput,
    output: OUTPUTS["device.list"],
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
