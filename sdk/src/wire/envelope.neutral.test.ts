import { expect, test } from "vitest";
import { concatBytes } from "./bytes.ts";
import {
  ENVELOPE_HEADER_BYTES,
  decodeEnvelope,
  encodeEnvelopeHeader,
  joinEnvelope,
  splitEnvelopes,
  type EnvelopeHeader,
} from "./envelope.ts";
import { decodePushBody, encodePushBody } from "./push-body.ts";
import { WireError } from "./wire-error.ts";

const HEADER: EnvelopeHeader = {
  suite: 1,
  kind: "entry",
  epoch: 3,
  deviceId: new Uint8Array(16).fill(1),
  recordId: new Uint8Array(16).fill(2),
  devSeq: 300,
  kid: new Uint8Array(16).fill(3),
  nonce: new Uint8Array(12).fill(4),
  ciphertextBytes: 272,
};

test("the header has 80 bytes, each field in its place", () => {
  const bytes = encodeEnvelopeHeader(HEADER);
  expect(bytes.length).toBe(ENVELOPE_HEADER_BYTES);
  expect([...bytes.subarray(0, 8)]).toEqual([1, 1, 1, 0, 0, 0, 0, 3]);
  expect([...bytes.subarray(40, 48)]).toEqual([0, 0, 0, 0, 0, 0, 1, 44]);
  expect([...bytes.subarray(76)]).toEqual([0, 0, 1, 16]);
  expect(decodeEnvelope(joinEnvelope(bytes, new Uint8Array(272))).header).toEqual(HEADER);
});

test.each([
  ["version", 0],
  ["suite", 1],
  ["kind", 2],
  ["flags", 3],
])("every other value of %s is refused", (_, at) => {
  const bytes = joinEnvelope(encodeEnvelopeHeader(HEADER), new Uint8Array(272));
  const good = at === 2 ? [1, 2] : [bytes[at]];
  for (let value = 0; value < 256; value += 1) {
    bytes[at] = value;
    if (good.includes(value)) decodeEnvelope(bytes);
    else expect(() => decodeEnvelope(bytes)).toThrow(WireError);
  }
});

test.each([0, 1, 16, 271, 273, 528 + 1, 262_145, 4_294_967_295])(
  "a length of %d is refused, said or true",
  (length) => {
    expect(() => encodeEnvelopeHeader({ ...HEADER, ciphertextBytes: length })).toThrow(WireError);
    const bytes = joinEnvelope(encodeEnvelopeHeader(HEADER), new Uint8Array(272));
    new DataView(bytes.buffer).setUint32(76, length);
    expect(() => decodeEnvelope(bytes)).toThrow(WireError);
    expect(() => splitEnvelopes(bytes, 9)).toThrow(WireError);
  },
);

test("envelopes are cut where each says it ends, and nothing is left between or after", () => {
  const one = joinEnvelope(encodeEnvelopeHeader(HEADER), new Uint8Array(272));
  const two = joinEnvelope(
    encodeEnvelopeHeader({ ...HEADER, devSeq: 301, ciphertextBytes: 528 }),
    new Uint8Array(528),
  );
  const all = concatBytes(one, two, one);
  expect(splitEnvelopes(all, 3)).toEqual([one, two, one]);
  expect(() => splitEnvelopes(all, 2)).toThrow(WireError);
  for (let length = 1; length < all.length; length += 1) {
    const whole = length === one.length || length === one.length + two.length;
    if (!whole) expect(() => splitEnvelopes(all.subarray(0, length), 3)).toThrow(WireError);
  }
});

test("a push body keeps manifest and envelopes apart, up to its limit", () => {
  const envelope = joinEnvelope(encodeEnvelopeHeader(HEADER), new Uint8Array(272));
  const body = { manifest: new Uint8Array([9, 9]), envelopes: [envelope, envelope] };
  const bytes = encodePushBody(body);
  expect(decodePushBody(bytes)).toEqual(body);
  expect(() => decodePushBody(concatBytes(bytes, new Uint8Array(1)))).toThrow(WireError);
  expect(() => decodePushBody(bytes.subarray(0, bytes.length - 1))).toThrow(WireError);
  expect(() => decodePushBody(new Uint8Array(1_048_577))).toThrow(WireError);
  expect(() => encodePushBody({ ...body, manifest: new Uint8Array(1_048_576) })).toThrow(WireError);
});
