import { expect, test } from "vitest";
import { openPrivateFolder, removePrivateFolder } from "../../vault/private-folder.ts";
import { createRowFiles } from "./row-file.ts";

async function foldersOf(vault: string): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const all = await root.getDirectoryHandle("alcove").catch(() => null);
  const names: string[] = [];
  if (all !== null)
    for await (const name of (all as unknown as { keys(): AsyncIterable<string> }).keys())
      if (name === vault) names.push(name);
  return names;
}

const filesOf = (vault: string): ReturnType<typeof createRowFiles> =>
  createRowFiles({
    openFolder: (create) => openPrivateFolder(vault, create),
    lock: (_name, work) => work(),
  });

test("discarding what was never there leaves no folder behind", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  await filesOf(vault).discard("model@1");
  expect(await foldersOf(vault)).toEqual([]);
});

test("what is opened has its folder, and discarding takes the file out of it", async () => {
  const vault = `t-${crypto.randomUUID()}`;
  const files = filesOf(vault);
  // In a page's own thread there is no synchronous file, but its place is made.
  await files.open("model@1");
  expect(await foldersOf(vault)).toEqual([vault]);
  await files.discard("model@1");
  const folder = await openPrivateFolder(vault, false);
  const left: string[] = [];
  for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys())
    left.push(name);
  expect(left).toEqual([]);
  await removePrivateFolder(vault);
  expect(await foldersOf(vault)).toEqual([]);
});
