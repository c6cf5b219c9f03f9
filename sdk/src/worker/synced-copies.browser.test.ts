import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findInOrigin } from "../../test/byte-scan.ts";
import type { ForgetReport, ForgetTarget } from "../domain/memory-record.ts";
import { founded, linked, openProfile } from "../sync/sync.fixture.ts";
import { syncServerUrl } from "../testing/sync-server.ts";
import type { ScopeView } from "./host-api.ts";
import { openSyncedDevice, type SyncedDevice } from "./synced-device.fixture.ts";

const url = syncServerUrl();
/** Milliseconds, on a busy machine. */
const SLOW = 60_000;
const KNOWN = "zqmudopalivetax";
const UNSEEN = "zqvikolurapobex";
const TEXT = `The code of the shed is ${UNSEEN}.`;

const open: SyncedDevice[] = [];
afterEach(async () => {
  for (const { vault } of open.splice(0)) await vault.destroy();
});

let a: SyncedDevice;
let b: SyncedDevice;
let id: string;

/** The second device has a copy: of a text that it had not sent when the first forgot the memory. */
beforeEach(async () => {
  const first = await openProfile(url);
  const { membership } = await founded(first);
  const second = await linked(url, first, membership);
  [a, b] = [await openSyncedDevice(membership), await openSyncedDevice(second.membership)];
  open.push(a, b);
  id = await add(a, `The code of the shed is ${KNOWN}.`, { tags: [`tag-${KNOWN}`] });
  await add(a, "The shed has a new roof.");
  await settle();
  await b.records.update(null, id, { text: TEXT });
  await a.forget(id);
  await settle();
}, SLOW);

async function settle(): Promise<void> {
  for (let round = 0; round < 2; round += 1) for (const { engine } of [a, b]) await engine.now();
}

async function add(
  { turns }: SyncedDevice,
  text: string,
  more: { readonly tags?: readonly string[] } = {},
  user?: string,
): Promise<string> {
  const scope = user === undefined ? {} : { user };
  const [row] = await turns.storeNotes([{ text, ...more }], scope, Date.now(), "refuse");
  return row?.id ?? "";
}

function forget(
  { forgetter }: SyncedDevice,
  target: ForgetTarget,
  view: ScopeView = {},
  dryRun = false,
): Promise<ForgetReport> {
  return forgetter.forget({
    view,
    target,
    dryRun,
    related: false,
    checkpoint: () => undefined,
    onProgress: () => undefined,
  });
}

describe("a copy of an edit", () => {
  test(
    "is all that is left: of what was seen where it was forgotten there is not a byte",
    async () => {
      expect(await findInOrigin([KNOWN])).toEqual([]);
      const places = await findInOrigin([UNSEEN]);
      expect(places.length).toBeGreaterThan(0);
      expect(places.every((place) => place.includes("syncRecords"))).toBe(true);
      expect(await b.find("code of the shed")).toEqual(["The shed has a new roof."]);
      expect(await b.engine.copies()).toMatchObject([
        { memoryId: id, text: TEXT, reason: "forgotten", scope: {}, tags: [] },
      ]);
    },
    SLOW,
  );

  test.each<readonly [string, () => ForgetTarget]>([
    ["the id of its memory", () => ({ ids: [id] })],
    ["a filter that means its text", () => ({ filter: { text: UNSEEN } })],
    ["a filter that means its kind", () => ({ filter: { kinds: ["note"] } })],
    ["everything of its user", () => ({ filter: {} })],
  ])(
    "goes with a forget by %s, to the last byte, and is told as it goes",
    async (_, target) => {
      expect(await forget(b, target(), {}, true)).toMatchObject({ removed: { copies: 1 } });
      expect(await b.engine.copies()).toHaveLength(1);
      expect(await forget(b, target(), { user: "ann" })).toMatchObject({ removed: { copies: 0 } });
      expect(await b.engine.copies()).toHaveLength(1);
      let heard = 0;
      b.vault.onChange(() => (heard += 1));
      expect(await forget(b, target())).toMatchObject({ removed: { copies: 1 } });
      expect(heard).toBeGreaterThan(0);
      expect(await findInOrigin([KNOWN, UNSEEN])).toEqual([]);
      expect(await b.engine.status()).toMatchObject({ copies: 0 });
      await settle();
      expect(await findInOrigin([KNOWN, UNSEEN])).toEqual([]);
    },
    SLOW,
  );

  test(
    "goes with a memory that says the same, forgotten on this device or on another, and with no other",
    async () => {
      const anns = await add(b, TEXT, {}, "ann");
      const other = await add(b, `It was ${UNSEEN} that the shed was painted with.`);
      await settle();
      for (const one of [anns, other]) await a.forget(one);
      await settle();
      expect(await b.engine.copies()).toHaveLength(1);
      const again = await add(a, TEXT);
      await settle();
      await a.forget(again);
      await settle();
      expect(await b.engine.copies()).toEqual([]);
      expect(await findInOrigin([UNSEEN])).toEqual([]);
    },
    SLOW,
  );

  test(
    "that was kept as a new memory goes with that one",
    async () => {
      const again = await add(b, TEXT);
      await settle();
      expect(await forget(b, { ids: [again] })).toMatchObject({ removed: { copies: 1 } });
      await settle();
      expect(await findInOrigin([UNSEEN])).toEqual([]);
    },
    SLOW,
  );
});
