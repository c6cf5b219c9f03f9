import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as arbitrary from "./arbitraries.fixture.ts";
import { decodeDestroyRequest, encodeDestroyBody, joinDestroyRequest } from "./auth-messages.ts";
import { concatBytes, type Bytes } from "./bytes.ts";
import {
  decodeInvitation,
  decodeLinkMessage,
  decodeProvision,
  encodeInvitation,
  encodeLinkMessage,
  encodeProvision,
} from "./link-messages.ts";
import { decodeManifest, encodeManifestBody, joinManifest } from "./manifest.ts";
import { decodeLogEntry, encodeLogEntryBody, joinLogEntry } from "./member-log.ts";
import { decodeBlobPart, encodeBlobPart } from "./push-body.ts";
import {
  decodeChunk,
  decodeSnapshot,
  encodeChunk,
  encodeSnapshotBody,
  joinSnapshot,
} from "./snapshot.ts";
import { WireError } from "./wire-error.ts";

const SIGNATURE = new Uint8Array(64).fill(7);

interface Codec {
  readonly name: string;
  readonly values: fc.Arbitrary<unknown>;
  readonly encode: (value: never) => Bytes;
  readonly decode: (bytes: Uint8Array) => unknown;
  /** What `decode` gives back of `value`, for comparing. */
  readonly same: (decoded: never, value: never) => void;
}

function codec<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Bytes,
  decode: (bytes: Uint8Array) => T,
): Codec {
  return {
    name,
    values,
    encode,
    decode,
    same: (decoded: T, value: T) => {
      expect(decoded).toMatchObject(value as object);
    },
  };
}

const CODECS: readonly Codec[] = [
  codec(
    "manifest",
    arbitrary.manifestBody,
    (body) => joinManifest(encodeManifestBody(body), SIGNATURE),
    decodeManifest,
  ),
  codec(
    "log entry",
    arbitrary.logEntryBody,
    (body) => {
      const coSigned = body.change.type === "recovery" && body.change.coSigner !== null;
      return joinLogEntry(encodeLogEntryBody(body), SIGNATURE, coSigned ? SIGNATURE : null);
    },
    decodeLogEntry,
  ),
  codec(
    "snapshot",
    arbitrary.snapshotBody,
    (body) => joinSnapshot(encodeSnapshotBody(body), SIGNATURE),
    decodeSnapshot,
  ),
  codec("chunk", arbitrary.chunk, encodeChunk, decodeChunk),
  codec("link message", arbitrary.linkMessage, encodeLinkMessage, decodeLinkMessage),
  codec("provision", arbitrary.provision, encodeProvision, decodeProvision),
  codec(
    "destroy request",
    arbitrary.destroyBody,
    (body) => joinDestroyRequest(encodeDestroyBody(body), SIGNATURE),
    decodeDestroyRequest,
  ),
];

describe.each(CODECS)("$name", ({ values, encode, decode, same }) => {
  test("reads back what was written", () => {
    fc.assert(
      fc.property(values, (value) => same(decode(encode(value as never)) as never, value as never)),
    );
  });

  test("refuses every shorter run and bytes left over", () => {
    fc.assert(
      fc.property(values, fc.uint8Array({ minLength: 1, maxLength: 4 }), (value, more) => {
        const bytes = encode(value as never);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(() => decode(bytes.subarray(0, length))).toThrow(WireError);
        }
        expect(() => decode(concatBytes(bytes, more))).toThrow(WireError);
      }),
      { numRuns: 20 },
    );
  });

  test("takes no bytes that it would not write itself, whatever is changed", () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const bytes = encode(value as never);
        const i = at % bytes.length;
        bytes[i] = (bytes[i] ?? 0) ^ flip;
        expectCanonical(bytes);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), expectCanonical), { numRuns: 500 });

    function expectCanonical(bytes: Uint8Array): void {
      let decoded: unknown;
      try {
        decoded = decode(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
        return;
      }
      const { body, signature, coSignature } = decoded as Record<string, Bytes | null | undefined>;
      // Signatures are free bytes to a codec: they are put back as they came.
      const again = body
        ? concatBytes(
            encode(decoded as never).subarray(0, body.length),
            signature ?? new Uint8Array(0),
            coSignature ?? new Uint8Array(0),
          )
        : encode(decoded as never);
      expect([...again]).toEqual([...bytes]);
    }
  });
});

test("an invitation survives being read, and no other text is one", () => {
  fc.assert(
    fc.property(arbitrary.invitation, (invitation) => {
      const text = encodeInvitation(invitation);
      expect(decodeInvitation(text)).toEqual({ ...invitation, url: invitation.url });
      expect(() => decodeInvitation(text.slice(0, -1))).toThrow(WireError);
      expect(() => decodeInvitation(`${text}AAAA`)).toThrow(WireError);
      expect(() => decodeInvitation(text.toUpperCase())).toThrow(WireError);
    }),
  );
});

test("a part of a blob keeps its place, and is never empty or beyond the blob's limit", () => {
  const place = { vaultId: new Uint8Array(32).fill(1), hash: new Uint8Array(32).fill(2) };
  const part = { ...place, offset: 70_000, part: new Uint8Array([1, 2, 3]) };
  expect(decodeBlobPart(encodeBlobPart(part))).toEqual(part);
  expect(() => encodeBlobPart({ ...part, part: new Uint8Array(0) })).toThrow(WireError);
  expect(() => encodeBlobPart({ ...part, offset: 8_388_606 })).toThrow(WireError);
  expect(() => decodeBlobPart(encodeBlobPart(part).subarray(0, 69))).toThrow(WireError);
});
