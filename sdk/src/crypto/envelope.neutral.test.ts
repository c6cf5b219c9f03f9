import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeEnvelope, ENVELOPE_HEADER_BYTES } from "../wire/envelope.ts";
import { isSealedSize, MAX_CONTENT_BYTES } from "../wire/padding.ts";
import { concatBytes, type Bytes } from "../wire/bytes.ts";
import { WireError } from "../wire/wire-error.ts";
import { SUITE, toHex } from "./crypto.fixture.ts";
import { openEnvelope, sealEnvelope, type EnvelopePlace } from "./envelope.ts";
import { writerKey } from "./key-schedule.ts";
import { pad, unpad } from "./padding.ts";

const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
const PLACE: EnvelopePlace = {
  vaultId: fill(32, 1),
  kind: "entry",
  epoch: 2,
  deviceId: fill(16, 3),
  recordId: fill(16, 4),
  devSeq: 5,
};
const KEY = { epoch: 2, key: fill(32, 6) };
const CONTENT = new TextEncoder().encode("a canary that must not be seen");

const keyOf = (place: EnvelopePlace, key = KEY) =>
  writerKey(SUITE, place.vaultId, { ...key, epoch: place.epoch }, place.deviceId, place.kind);

async function sealed(): Promise<Bytes> {
  return sealEnvelope(SUITE, await keyOf(PLACE), PLACE, CONTENT);
}

test("opens where it was sealed", async () => {
  const envelope = await sealed();
  expect(envelope.length).toBe(80 + 256 + 16);
  expect(toHex(envelope)).not.toContain(toHex(CONTENT.subarray(0, 4)));
  const opened = await openEnvelope(SUITE, await keyOf(PLACE), PLACE, envelope);
  expect(opened).toEqual({ recordId: PLACE.recordId, content: CONTENT });
});

test("no envelope with one flipped bit opens, whichever bit", async () => {
  const envelope = await sealed();
  const key = await keyOf(PLACE);
  for (let bit = 0; bit < 8 * envelope.length; bit += 1) {
    const flipped = new Uint8Array(envelope);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await expect(openEnvelope(SUITE, key, PLACE, flipped)).rejects.toThrow(WireError);
    // Nor where the reader does not know the record's id, as when it reads a page of a pull.
    const { recordId: _, ...place } = PLACE;
    await expect(openEnvelope(SUITE, key, place, flipped)).rejects.toThrow(WireError);
  }
});

test("no shorter and no longer one opens", async () => {
  const envelope = await sealed();
  const key = await keyOf(PLACE);
  for (let length = 0; length < envelope.length; length += 1) {
    await expect(openEnvelope(SUITE, key, PLACE, envelope.subarray(0, length))).rejects.toThrow(
      WireError,
    );
  }
  for (const more of [1, 16, 256]) {
    await expect(
      openEnvelope(SUITE, key, PLACE, concatBytes(envelope, new Uint8Array(more))),
    ).rejects.toThrow(WireError);
  }
});

describe("an envelope opens in no other place", () => {
  test.each([
    ["vault", { vaultId: fill(32, 9) }],
    ["kind", { kind: "chunk" as const }],
    ["epoch", { epoch: 3 }],
    ["device", { deviceId: fill(16, 9) }],
    ["record", { recordId: fill(16, 9) }],
    ["number", { devSeq: 6 }],
  ])("another %s", async (_, change) => {
    const envelope = await sealed();
    const place = { ...PLACE, ...change };
    // With the key of its own place, and with that of the other.
    for (const key of [await keyOf(PLACE), await keyOf(place)]) {
      await expect(openEnvelope(SUITE, key, place, envelope)).rejects.toMatchObject({
        reason: "unreadable",
      });
    }
  });

  test("nor with its header rewritten to fit there", async () => {
    const other = { ...PLACE, devSeq: 6, recordId: fill(16, 9) };
    const [mine, theirs] = [
      await sealed(),
      await sealEnvelope(SUITE, await keyOf(PLACE), other, CONTENT),
    ];
    const swapped = concatBytes(
      theirs.subarray(0, ENVELOPE_HEADER_BYTES),
      mine.subarray(ENVELOPE_HEADER_BYTES),
    );
    await expect(openEnvelope(SUITE, await keyOf(PLACE), other, swapped)).rejects.toMatchObject({
      reason: "unreadable",
    });
  });

  test("nor under another epoch's key", async () => {
    const key = await keyOf(PLACE, { epoch: 2, key: fill(32, 7) });
    await expect(openEnvelope(SUITE, key, PLACE, await sealed())).rejects.toMatchObject({
      reason: "unreadable",
    });
  });

  test("nor with the right key under a wrong name", async () => {
    const key = { ...(await keyOf(PLACE)), kid: fill(16, 1) };
    const envelope = await sealEnvelope(SUITE, key, PLACE, CONTENT);
    await expect(openEnvelope(SUITE, await keyOf(PLACE), PLACE, envelope)).rejects.toMatchObject({
      reason: "unreadable",
    });
  });
});

test("a good tag over bad padding gives the same error as a bad tag", async () => {
  const key = await keyOf(PLACE);
  const padded = pad(CONTENT);
  const bad: Bytes[] = [
    new Uint8Array(256),
    fill(256, 1),
    // A second step of padding that nobody needed.
    concatBytes(padded, new Uint8Array(256)),
  ];
  for (const plaintext of bad) {
    const good = await sealEnvelope(SUITE, key, PLACE, new Uint8Array(plaintext.length - 1));
    const { header } = decodeEnvelope(good);
    const head = good.subarray(0, ENVELOPE_HEADER_BYTES);
    const aad = concatBytes(new TextEncoder().encode("alcove-v1-envelope\0"), PLACE.vaultId, head);
    const forged = concatBytes(head, await SUITE.seal(key.key, header.nonce, aad, plaintext));
    const error = await openEnvelope(SUITE, key, PLACE, forged).catch((thrown: unknown) => thrown);
    const torn = await openEnvelope(SUITE, key, PLACE, flipLast(forged)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ reason: "unreadable" });
    expect((error as Error).message).toBe((torn as Error).message);
  }
});

test("padding is undone, and only padding", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6_000 }), (content) => {
      const padded = pad(content);
      expect(isSealedSize(padded.length + 16)).toBe(true);
      expect([...unpad(padded)]).toEqual([...content]);
    }),
  );
  for (const bytes of [new Uint8Array(0), fill(255, 0x80), fill(256, 0), fill(256, 0x81)]) {
    expect(() => unpad(bytes)).toThrow(WireError);
  }
  expect(() => pad(new Uint8Array(MAX_CONTENT_BYTES + 1))).toThrow(WireError);
});

test("the largest content fits", async () => {
  const key = await keyOf(PLACE);
  const content = fill(MAX_CONTENT_BYTES, 7);
  const envelope = await sealEnvelope(SUITE, key, PLACE, content);
  expect((await openEnvelope(SUITE, key, PLACE, envelope)).content).toEqual(content);
});

test("no nonce and no ciphertext comes twice", async () => {
  const key = await keyOf(PLACE);
  const seen = new Set<string>();
  for (let i = 0; i < 2_000; i += 1) {
    const { header, ciphertext } = decodeEnvelope(await sealEnvelope(SUITE, key, PLACE, CONTENT));
    seen.add(toHex(header.nonce)).add(toHex(ciphertext.subarray(0, 16)));
  }
  expect(seen.size).toBe(4_000);
});

function flipLast(bytes: Bytes): Bytes {
  const flipped = new Uint8Array(bytes);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  return flipped;
}
