import { afterEach, expect, test } from "vitest";
import { createMemory, deleteVault, type Memory } from "./index.ts";
import { syncServerUrl } from "./testing/sync-server.ts";

const url = syncServerUrl();
const SLOW = 60_000;
const open: { readonly memory: Memory; readonly vault: string }[] = [];

async function device(): Promise<Memory> {
  const vault = `sync-problems-${crypto.randomUUID()}`;
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

const sizes = async (memory: Memory) =>
  (await memory.list()).records.map(({ text }) => text.length).toSorted((a, b) => a - b);

test(
  "a memory too large to be sent is told with its id while all else is sent, and goes once it is shorter",
  async () => {
    const memory = await device();
    const { phrase, confirm } = await memory.sync.create({ url });
    await confirm("waived");
    const [large] = await memory.add([
      { text: "word ".repeat(60_000).trim() },
      { text: "A memory of usual size" },
    ]);
    await memory.sync.now();
    // The hint of what was just sent may have it look once more.
    await expect
      .poll(() => memory.sync.status())
      .toMatchObject({
        state: "idle",
        pending: 1,
        problem: { code: "sync/too-large", details: { count: 1, ids: [large?.id] } },
      });
    const other = await device();
    await other.sync.join({ url, phrase });
    await other.sync.now();
    expect(await sizes(other)).toEqual([22]);
    await memory.update(large?.id ?? "", { text: "Short now" });
    await memory.sync.now();
    expect(memory.sync.status()).toMatchObject({ pending: 0, problem: null });
    await other.sync.now();
    expect(await sizes(other)).toEqual([9, 22]);
  },
  SLOW,
);

test(
  "copies are none where nothing was lost, and need a vault that is shared",
  async () => {
    const memory = await device();
    await expect(memory.sync.copies()).rejects.toMatchObject({ code: "sync/off" });
    const { confirm } = await memory.sync.create({ url });
    await confirm("waived");
    expect(await memory.sync.copies()).toEqual([]);
    await memory.sync.discard(["copy:none"]);
    expect(await memory.sync.copies()).toEqual([]);
  },
  SLOW,
);
