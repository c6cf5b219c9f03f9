/** What `alcove assets` writes beside a model's files: what they are and how to know them. */
export interface ModelManifest {
  readonly alcove: 1;
  /** `owner/name` on the hub it came from. */
  readonly model: string;
  /** The commit. */
  readonly revision: string;
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  /** Relative to the manifest. */
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Null for anything that is no manifest of this version. */
export function parseManifest(text: string): ModelManifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return isManifest(value) ? value : null;
}

function isManifest(value: unknown): value is ModelManifest {
  if (typeof value !== "object" || value === null) return false;
  const { alcove, model, revision, files } = value as Partial<Record<keyof ModelManifest, unknown>>;
  return (
    alcove === 1 &&
    typeof model === "string" &&
    typeof revision === "string" &&
    revision !== "" &&
    Array.isArray(files) &&
    files.every(isFile)
  );
}

function isFile(value: unknown): value is ManifestFile {
  if (typeof value !== "object" || value === null) return false;
  const { path, bytes, sha256 } = value as Partial<Record<keyof ManifestFile, unknown>>;
  return (
    typeof path === "string" &&
    typeof bytes === "number" &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}
