import { describe, expect, test } from "vitest";
import { toBase64url } from "./base64url.ts";
import { LIMITS } from "./limits.ts";
import { PROCEDURES } from "./procedure-table.ts";
import * as inputs from "./input-schemas.ts";

const b64u = (length: number, fill = 1): string => toBase64url(new Uint8Array(length).fill(fill));
const vaultId = b64u(32);

const SIGNED_IN = {
  vaultId,
  id: b64u(16),
  audience: "relay.example:8787",
  nonce: b64u(32),
  signature: b64u(64),
};

test.each([
  ["vaultInput", inputs.vaultInput, { vaultId }],
  [
    "vaultCreateInput",
    inputs.vaultCreateInput,
    { entries: [b64u(315)], boxes: [{ epoch: 1, recipient: b64u(16), box: b64u(80) }] },
  ],
  ["vaultDestroyInput", inputs.vaultDestroyInput, { vaultId, request: b64u(162) }],
  ["sessionInput", inputs.sessionInput, SIGNED_IN],
  ["pullInput", inputs.pullInput, { vaultId, cursor: null }],
  [
    "pullInput",
    inputs.pullInput,
    { vaultId, cursor: { storeId: b64u(16), seq: 0 }, limitBytes: 1_000, skipEntriesTo: 5 },
  ],
  ["liveInput", inputs.liveInput, { ticket: b64u(32), lastEventId: "12" }],
  ["linkOpenInput", inputs.linkOpenInput, { kind: "code" }],
  ["linkOpenInput", inputs.linkOpenInput, { kind: "qr", mailboxId: b64u(16) }],
  ["linkClaimInput", inputs.linkClaimInput, { code: "0123ABCZ" }],
  [
    "linkPutInput",
    inputs.linkPutInput,
    { mailboxId: b64u(16), slot: 3, message: b64u(LIMITS.linkMessageBytes) },
  ],
] as const)("%s takes what it describes", (_, schema, value) => {
  expect(schema.parse(value)).toEqual(value);
});

describe("bytes", () => {
  test.each([
    ["one byte short", b64u(31)],
    ["one byte long", b64u(33)],
    ["padded", `${b64u(32)}=`],
    ["unused bits set", `${b64u(32).slice(0, -1)}F`],
    ["base64, not base64url", `${b64u(32).slice(0, -2)}+/`],
    ["with a space", ` ${b64u(32).slice(1)}`],
    ["a NUL", `\0${b64u(32).slice(1)}`],
    ["empty", ""],
    ["no text", 5],
    ["nothing", undefined],
  ])("%s is refused", (_, value) => {
    expect(() => inputs.vaultInput.parse({ vaultId: value })).toThrow();
  });
});

test.each([
  ["vaultInput", inputs.vaultInput, { vaultId, more: 1 }],
  ["pullInput", inputs.pullInput, { vaultId, cursor: null, limitBytes: LIMITS.pageBytes + 1 }],
  ["pullInput", inputs.pullInput, { vaultId, cursor: null, limitBytes: 0 }],
  ["pullInput", inputs.pullInput, { vaultId, cursor: { storeId: b64u(16), seq: -1 } }],
  ["pullInput", inputs.pullInput, { vaultId, cursor: { storeId: b64u(16), seq: 1.5 } }],
  ["sessionInput", inputs.sessionInput, { ...SIGNED_IN, audience: "RELAY.example" }],
  ["sessionInput", inputs.sessionInput, { ...SIGNED_IN, audience: "relay.example/path" }],
  ["sessionInput", inputs.sessionInput, { ...SIGNED_IN, audience: "" }],
  ["liveInput", inputs.liveInput, { ticket: b64u(32), lastEventId: "1; drop" }],
  ["linkOpenInput", inputs.linkOpenInput, { kind: "code", mailboxId: b64u(16) }],
  ["linkClaimInput", inputs.linkClaimInput, { code: "0123ABCI" }],
  ["linkClaimInput", inputs.linkClaimInput, { code: "0123ABC" }],
  ["linkPutInput", inputs.linkPutInput, { mailboxId: b64u(16), slot: 4, message: b64u(2) }],
  [
    "linkPutInput",
    inputs.linkPutInput,
    { mailboxId: b64u(16), slot: 0, message: b64u(LIMITS.linkMessageBytes + 1) },
  ],
  ["vaultCreateInput", inputs.vaultCreateInput, { entries: [], boxes: [] }],
] as const)("%s refuses a wrong field", (_, schema, value) => {
  expect(() => schema.parse(value)).toThrow();
});

test("every procedure has a schema for what goes in and what comes out", () => {
  for (const { input, output } of Object.values(PROCEDURES)) {
    if (input !== null && input !== "bytes") expect(() => input.parse(undefined)).toThrow();
    expect(() => output.parse(undefined)).toThrow();
  }
});
