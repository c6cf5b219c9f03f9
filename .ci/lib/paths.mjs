import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What these scripts keep between runs: stamps of builds, an unpacked browser. Deleting it costs time only. */
export const CACHE = join(ROOT, "node_modules", ".cache", "alcove");
