/**
 * The folder of a vault among the origin's private files, for copies of what the database holds; made with `create`. `null` where there
 * is none: not made yet, no secure context, an engine without them, or storage that the user has blocked.
 */
export async function openPrivateFolder(
  vault: string,
  create: boolean,
): Promise<FileSystemDirectoryHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle(FOLDER, { create });
    return await all.getDirectoryHandle(vault, { create });
  } catch {
    return null;
  }
}

/** Removes all copies of a vault. Files that another tab still has open go when it hears that the vault is gone. */
export async function removePrivateFolder(vault: string): Promise<void> {
  try {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle(FOLDER);
    await all.removeEntry(vault, { recursive: true });
  } catch {
    // There was none.
  }
}

const FOLDER = "alcove";
