import { afterEach, describe, expect, test } from "vitest";
import { createMemory, deleteVault, type Memory, type SyncStatus } from "./index.ts";
import { syncNetwork, syncServerUrl } from "./testing/sync-server.ts";

const url = syncServerUrl();
/** A hint arrives within a tenth of a second; a busy machine takes its time. */
const SOON = { timeout: 8_000 };
const open: { readonly memory: Memory; readonly vault: string }[] = [];

/** A vault of its own counts as a device: a page has as many as it likes. */
async function device(): Promise<Memory> {
  const vault = `sync-${crypto.randomUUID()}`;
  const memory = createMemory({ vault });
  open.push({ memory, vault });
  await memory.ready();
  return memory;
}

afterEach(async () => {
  for (const { memory, vault } of open.splice(0)) {
    await memory.close();
    await deleteVault(vault);
  }
});

async function shared(): Promise<{ readonly memory: Memory; readonly phrase: string }> {
  const memory = await device();
  const { phrase, confirm } = await memory.sync.create({ url });
  await confirm(phrase.split(" ").slice(3, 6));
  return { memory, phrase };
}

async function linkTo(old: Memory): Promise<Memory> {
  const fresh = await device();
  const request = await fresh.sync.link.request({ url });
  const approval = await old.sync.link.approve(request.qr);
  await approval.confirm();
  expect(await request.done).toEqual({ fingerprint: approval.fingerprint });
  return fresh;
}

async function texts(memory: Memory): Promise<string[]> {
  return (await memory.list()).records.map(({ text }) => text).toSorted();
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "resolved",
    (error: { readonly code?: unknown }) => error.code,
  );

function reached(memory: Memory, wanted: (status: SyncStatus) => boolean): Promise<SyncStatus> {
  return new Promise((resolve) => {
    const stop = memory.on("sync", (status) => {
      if (!wanted(status)) return;
      stop();
      resolve(status);
    });
  });
}

describe("memory.sync", () => {
  test("is off until it is set up, and says so", async () => {
    const memory = await device();
    expect(memory.sync.status()).toMatchObject({ state: "off", problem: null });
    expect(await codeOf(memory.sync.now())).toBe("sync/off");
    expect(await codeOf(memory.sync.devices())).toBe("sync/off");
    expect(await codeOf(memory.sync.create({ url: "nowhere" }))).toBe("usage/invalid-input");
  });

  test("shares what was there before and what comes after, both ways, by itself", async () => {
    const first = await device();
    await first.add({ text: "The spare key hangs behind the blue door" });
    const { phrase, confirm } = await first.sync.create({ url });
    expect(await codeOf(confirm(["abandon"]))).toBe("sync/words");
    await confirm(phrase.split(" "));
    const second = await linkTo(first);
    await expect
      .poll(() => texts(second), SOON)
      .toEqual(["The spare key hangs behind the blue door"]);
    await second.add({ text: "The dentist is on Thursdays" });
    await expect
      .poll(() => texts(first), SOON)
      .toEqual(["The dentist is on Thursdays", "The spare key hangs behind the blue door"]);
    const [hit] = await first.search("dentist");
    expect(hit?.text).toBe("The dentist is on Thursdays");
  });

  test("gives a device that joins by the phrase everything", async () => {
    const { memory, phrase } = await shared();
    await memory.add([{ text: "Rye bread, not wheat" }, { text: "The boat is called Alma" }]);
    await memory.sync.now();
    const other = await device();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await texts(other)).toEqual(["Rye bread, not wheat", "The boat is called Alma"]);
    expect(await codeOf(other.sync.join({ url, phrase }))).toBe("sync/on");
  });

  test("forgets on all devices", async () => {
    const { memory } = await shared();
    const other = await linkTo(memory);
    const [record] = await memory.add({ text: "The alarm code ends in seven" });
    await expect.poll(() => texts(other), SOON).toHaveLength(1);
    await memory.forget({ ids: [record?.id ?? ""] });
    await expect.poll(() => texts(other), SOON).toEqual([]);
  });

  test("links by code, and refuses wrong digits", async () => {
    const { memory } = await shared();
    const fresh = await device();
    const request = await fresh.sync.link.request({ url });
    const approval = await memory.sync.link.approve(request.code);
    const digits = await request.digits;
    const wrong = digits === "000000" ? "000001" : "000000";
    expect(await codeOf(approval.confirm(wrong))).toBe("sync/link-digits");
    expect(await codeOf(request.done)).toBe("sync/link-refused");
    expect(await codeOf(memory.sync.link.approve(request.code))).toBe("sync/link-code");
    const again = await fresh.sync.link.request({ url });
    const second = await memory.sync.link.approve(again.code);
    await second.confirm((await again.digits) ?? "");
    expect(await again.done).toEqual({ fingerprint: second.fingerprint });
  });

  test("lists devices with their names, and removes one for good", async () => {
    const { memory } = await shared();
    const other = await linkTo(memory);
    await memory.sync.now();
    const own = (await memory.sync.devices()).find(({ isThis }) => isThis);
    const its = (await other.sync.devices()).find(({ isThis }) => isThis);
    await memory.sync.rename(own?.id ?? "", "Laptop");
    await memory.sync.now();
    await other.sync.now();
    expect((await other.sync.devices()).find(({ id }) => id === own?.id)).toMatchObject({
      name: "Laptop",
      isThis: false,
      removed: false,
    });
    expect(await codeOf(memory.sync.revoke(own?.id ?? ""))).toBe("usage/invalid-input");
    expect(await codeOf(memory.sync.revoke("0".repeat(32)))).toBe("usage/not-found");
    const stopped = reached(other, ({ state }) => state === "stopped");
    await memory.sync.revoke(its?.id ?? "");
    expect((await stopped).problem?.code).toBe("sync/removed");
    expect(await codeOf(other.sync.now())).toBe("sync/removed");
    expect((await memory.sync.devices()).find(({ id }) => id === its?.id)?.removed).toBe(true);
    await memory.add({ text: "Nobody else reads this" });
    await memory.sync.now();
    expect(await texts(other)).toEqual([]);
    // It may come back, as another device.
    await other.sync.disable();
    const request = await other.sync.link.request({ url });
    await (await memory.sync.link.approve(request.qr)).confirm();
    await request.done;
    await expect.poll(() => texts(other), SOON).toEqual(["Nobody else reads this"]);
  });

  test("goes on after the vault was closed and opened", async () => {
    const { memory, phrase } = await shared();
    const { vault } = open.at(-1) ?? { vault: "" };
    await memory.add({ text: "Kept over night" });
    await memory.close();
    const again = createMemory({ vault });
    open.push({ memory: again, vault });
    const idle = reached(again, ({ state }) => state === "idle");
    await again.ready();
    expect(await idle).toMatchObject({ problem: null });
    await again.sync.now();
    expect(again.sync.status()).toMatchObject({ pending: 0 });
    const other = await device();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await texts(other)).toEqual(["Kept over night"]);
  });

  test("changes keys, and seals anew what was there", async () => {
    const { memory, phrase } = await shared();
    await memory.add({ text: "Sealed twice" });
    await memory.sync.now();
    await memory.sync.rotate();
    await memory.sync.rotate({ reencrypt: true });
    const other = await device();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await texts(other)).toEqual(["Sealed twice"]);
  });

  test("fills a server anew that lost the vault", async () => {
    const { memory, phrase } = await shared();
    const other = await linkTo(memory);
    await memory.add({ text: "Outlives the server" });
    await memory.sync.now();
    await other.sync.now();
    await other.sync.disable({ destroyRemote: true });
    expect(await codeOf(memory.sync.now())).toBe("sync/not-found");
    await memory.sync.reseed();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await texts(other)).toEqual(["Outlives the server"]);
  });

  test("ends, and leaves the memories", async () => {
    const { memory } = await shared();
    await memory.add({ text: "Stays here" });
    await memory.sync.now();
    await memory.sync.disable();
    expect(memory.sync.status()).toMatchObject({ state: "off" });
    expect(await codeOf(memory.sync.now())).toBe("sync/off");
    expect(await texts(memory)).toEqual(["Stays here"]);
    const { confirm } = await memory.sync.create({ url });
    await confirm("waived");
    await memory.sync.now();
    expect(memory.sync.status()).toMatchObject({ pending: 0 });
  });

  test("ends on a device that comes back: what both did meanwhile is everywhere, and nothing forgotten returns", async () => {
    const { memory, phrase } = await shared();
    const other = await linkTo(memory);
    const [edited, gone, late] = await memory.add([
      { text: "The bus stops at the mill" },
      { text: "Forgotten by the one that stayed" },
      { text: "Forgotten by the one that left" },
      { text: "Nobody touches this" },
    ]);
    await memory.sync.now();
    await other.sync.now();
    await other.sync.disable();
    await other.update(edited?.id ?? "", { text: "The bus stops at the church" });
    await other.forget({ ids: [late?.id ?? ""] });
    await other.add({ text: "Written while away" });
    await memory.forget({ ids: [gone?.id ?? ""] });
    await memory.sync.now();

    await other.sync.join({ url, phrase });
    for (const { sync } of [other, memory, other]) await sync.now();
    for (const one of [memory, other]) {
      expect(await texts(one)).toEqual([
        "Nobody touches this",
        "The bus stops at the church",
        "Written while away",
      ]);
      expect(one.sync.status()).toMatchObject({ pending: 0, problem: null });
    }
    const third = await device();
    await third.sync.join({ url, phrase });
    await third.sync.now();
    expect(await texts(third)).toEqual(await texts(other));
  });

  test("waits while the server is away, and goes on by itself when it is back", async () => {
    const { url: away, cut, join } = syncNetwork();
    const memory = await device();
    const { phrase, confirm } = await memory.sync.create({ url: away });
    await confirm("waived");
    await memory.sync.now();
    const offline = reached(memory, ({ state }) => state === "offline");
    await cut();
    await memory.add({ text: "Written in a tunnel" });
    expect((await offline).problem).toMatchObject({ code: "sync/offline", retryable: true });
    expect(await codeOf(memory.sync.now())).toBe("sync/offline");
    const idle = reached(
      memory,
      ({ state, pending, problem }) => state === "idle" && pending === 0 && problem === null,
    );
    await join();
    await idle;
    const other = await device();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await texts(other)).toEqual(["Written in a tunnel"]);
  });

  test("keeps edits of both sides that were made apart", async () => {
    const { url: away, cut, join } = syncNetwork();
    const memory = await device();
    const { phrase, confirm } = await memory.sync.create({ url });
    await confirm("waived");
    const [record] = await memory.add({ text: "Meet at the fountain" });
    const id = record?.id ?? "";
    await memory.sync.now();
    const other = await device();
    await other.sync.join({ url: away, phrase });
    await other.sync.now();
    await cut();
    await memory.update(id, { text: "Meet at the fountain at six" });
    await other.update(id, { tags: ["tonight"] });
    await memory.sync.now();
    await join();
    await other.sync.now();
    await memory.sync.now();
    for (const one of [memory, other]) {
      expect(await one.get(id)).toMatchObject({
        text: "Meet at the fountain at six",
        tags: ["tonight"],
      });
    }
  });

  test("works from every tab of a vault, one of which leads", async () => {
    const { memory, phrase } = await shared();
    const { vault } = open.at(-1) ?? { vault: "" };
    const tab = createMemory({ vault });
    open.unshift({ memory: tab, vault });
    await tab.ready();
    await expect.poll(() => tab.sync.status().state, SOON).toBe("idle");
    await tab.add({ text: "Said in the second tab" });
    await tab.sync.now();
    const other = await device();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await texts(other)).toEqual(["Said in the second tab"]);
    expect(await memory.sync.devices()).toHaveLength(2);
    await memory.close();
    await other.add({ text: "Said after the leader had gone" });
    await expect.poll(() => texts(tab), SOON).toHaveLength(2);
    await tab.sync.disable();
    expect(await codeOf(tab.sync.now())).toBe("sync/off");
  });
});
