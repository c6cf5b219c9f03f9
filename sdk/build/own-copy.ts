import type { Plugin } from "vite";

const SHARED = "@noble/hashes/utils.js";
const IMPORTERS = "/@noble/curves/";
const COPY = "?for-curves";

/**
 * Gives the curves a copy of the helpers that they share with a hash of the main thread. A module that two chunks use becomes a chunk of
 * its own, with all that either needs: twice what the curves take of it.
 */
export function ownCopy(): Plugin {
  return {
    name: "alcove-own-copy",
    apply: "build",
    enforce: "pre",
    async resolveId(id, importer) {
      if (id !== SHARED || !importer?.replaceAll("\\", "/").includes(IMPORTERS)) return null;
      const file = await this.resolve(id, importer, { skipSelf: true });
      return file === null ? null : `${file.id}${COPY}`;
    },
  };
}
