import { describe, expect, test } from "vitest";
import type { Bytes } from "../wire/bytes.ts";
import { SUITES, toHex } from "./crypto.fixture.ts";
import {
  epochCommit,
  fingerprint,
  openEpochBox,
  openEpochLink,
  sealEpochBox,
  sealEpochLink,
  writerKey,
} from "./key-schedule.ts";

const fill = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);
const VAULT = fill(32, 1);
const FIRST = { epoch: 1, key: fill(32, 2) };
const SECOND = { epoch: 2, key: fill(32, 3) };

describe.each(SUITES)("$name", ({ suite }) => {
  test("an epoch's key reaches its recipient and nobody else", async () => {
    const sealing = await suite.curves.newSealingKey();
    const recipient = { id: fill(16, 4), sealPk: sealing.publicKey };
    const box = await sealEpochBox(suite, VAULT, FIRST, recipient);
    expect(box.length).toBe(80);
    const of = { epoch: 1, commit: await epochCommit(suite, VAULT, FIRST) };
    const to = { id: recipient.id, sealing };
    expect(await openEpochBox(suite, VAULT, of, to, box)).toEqual(FIRST);

    const other = { id: recipient.id, sealing: await suite.curves.newSealingKey() };
    const swapped = await sealEpochBox(suite, VAULT, { epoch: 1, key: fill(32, 9) }, recipient);
    for (const attempt of [
      () => openEpochBox(suite, VAULT, of, other, box),
      () => openEpochBox(suite, VAULT, of, { ...to, id: fill(16, 5) }, box),
      () => openEpochBox(suite, VAULT, { ...of, epoch: 2 }, to, box),
      () => openEpochBox(suite, fill(32, 9), of, to, box),
      () => openEpochBox(suite, VAULT, { ...of, commit: fill(32, 9) }, to, box),
      // The server can seal a key of its own to anybody: it is not the one that the log has committed to.
      () => openEpochBox(suite, VAULT, of, to, swapped),
      () => openEpochBox(suite, VAULT, of, to, box.subarray(1)),
      () => openEpochBox(suite, VAULT, of, to, fill(80, 0)),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ reason: "unreadable" });
    }
  });
});

const [{ suite }] = SUITES as [(typeof SUITES)[number]];

test("the key of the epoch before is read with the one after", async () => {
  const link = await sealEpochLink(suite, VAULT, SECOND, FIRST.key);
  expect(link.length).toBe(60);
  const commit = await epochCommit(suite, VAULT, FIRST);
  expect(await openEpochLink(suite, VAULT, SECOND, commit, link)).toEqual(FIRST);
  for (const attempt of [
    () => openEpochLink(suite, VAULT, { epoch: 3, key: SECOND.key }, commit, link),
    () => openEpochLink(suite, VAULT, { epoch: 2, key: FIRST.key }, commit, link),
    () => openEpochLink(suite, fill(32, 9), SECOND, commit, link),
    () => openEpochLink(suite, VAULT, SECOND, fill(32, 9), link),
    () => openEpochLink(suite, VAULT, SECOND, commit, link.subarray(1)),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ reason: "unreadable" });
  }
  await expect(sealEpochLink(suite, VAULT, FIRST, SECOND.key)).rejects.toMatchObject({
    reason: "malformed",
  });
});

test("every vault, epoch, device and kind has a key of its own", async () => {
  const kids = new Set<string>();
  for (const vault of [VAULT, fill(32, 7)]) {
    for (const epochKey of [FIRST, SECOND, { epoch: 2, key: FIRST.key }]) {
      for (const device of [fill(16, 1), fill(16, 2)]) {
        for (const kind of ["entry", "chunk"] as const) {
          kids.add(toHex((await writerKey(suite, vault, epochKey, device, kind)).kid));
        }
      }
    }
  }
  expect(kids.size).toBe(24);
});

test("a fingerprint is twelve characters that people do not mistake", async () => {
  const one = await fingerprint(suite, VAULT);
  expect(one).toMatch(/^[\dA-HJKMNP-TV-Z]{4}(-[\dA-HJKMNP-TV-Z]{4}){2}$/);
  expect(await fingerprint(suite, fill(32, 2))).not.toBe(one);
});
