/** The part of a file's synchronous handle that is used (`FileSystemSyncAccessHandle`). */
export interface RowFile {
  read(into: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Where copies of rows stand that are read when they are needed. */
export interface RowFiles {
  /** `null` where this place has none that serves. */
  open(space: string): Promise<RowFile | null>;
  /** Removes the copy of a space that needs none, if there is one. */
  discard(space: string): Promise<void>;
  /** Runs `work` while no other tab writes to the file of this space. */
  lock<T>(space: string, work: () => Promise<T>): Promise<T>;
}

export interface RowFilesDeps {
  /** The folder of the vault among the origin's private files, made where `create` says so; `null` where there is none. */
  readonly openFolder: (create: boolean) => Promise<FileSystemDirectoryHandle | null>;
  /** Runs `work` under a lock of this name over all tabs of the vault. */
  readonly lock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

export function createRowFiles({ openFolder, lock }: RowFilesDeps): RowFiles {
  return {
    open: async (space) => openRowFile(await openFolder(true), space),
    discard: async (space) => removeRowFile(await openFolder(false), space),
    lock: (space, work) => lock(`rows:${space}`, work),
  };
}

/**
 * A file for the rows of one space, shared by all tabs. `null` where there is no synchronous access (a page's own thread), or none
 * that several tabs can have at once: an exclusive handle would keep a forget in another tab from wiping its copy.
 */
async function openRowFile(
  folder: FileSystemDirectoryHandle | null,
  space: string,
): Promise<RowFile | null> {
  if (folder === null) return null;
  try {
    const file: unknown = await folder.getFileHandle(await fileName(space), { create: true });
    const { createSyncAccessHandle } = file as Partial<SharedFile>;
    const handle = await createSyncAccessHandle?.call(file, { mode: SHARED });
    if (handle?.mode === SHARED) return handle;
    handle?.close();
    return null;
  } catch {
    // Another tab with an older browser's exclusive handle, no room, denied: chunks of the vault serve as well, only slower.
    return null;
  }
}

async function removeRowFile(
  folder: FileSystemDirectoryHandle | null,
  space: string,
): Promise<void> {
  try {
    await folder?.removeEntry(await fileName(space));
  } catch {
    // There was none, or another tab has it open and wipes it when it hears that the space is gone.
  }
}

const SHARED = "readwrite-unsafe";

interface SharedFile {
  /** With modes in Chromium 121; elsewhere the option is not known, and the handle exclusive. */
  createSyncAccessHandle(options: {
    readonly mode: string;
  }): Promise<RowFile & { readonly mode?: string }>;
}

/** A space's id may be long and hold anything. */
async function fileName(space: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(space));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return `${hex.join("").slice(0, 32)}.rows`;
}
