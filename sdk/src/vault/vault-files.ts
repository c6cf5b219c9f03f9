/**
 * The origin's private files of a vault: copies that are made again when they are lost. Where the browser has no such files, or
 * denies them, there is no folder.
 */
const FOLDER = "alcove";

export async function openVaultFolder(vault: string): Promise<FileSystemDirectoryHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle(FOLDER, { create: true });
    return await all.getDirectoryHandle(encodeURIComponent(vault), { create: true });
  } catch {
    // A private window, a sandboxed frame, an old browser: the reason does not matter, the answer is the same.
    return null;
  }
}

/** Removes all files of a vault. A file that another tab still holds is tried again while that tab lets go. */
export async function removeVaultFolder(vault: string): Promise<void> {
  const name = encodeURIComponent(vault);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const root = await navigator.storage.getDirectory();
      const all = await root.getDirectoryHandle(FOLDER);
      await all.removeEntry(name, { recursive: true });
      return;
    } catch (error) {
      const held = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!held || attempt === ATTEMPTS) return;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

const ATTEMPTS = 10;
const WAIT_MS = 50;
