import { writeFileSync } from "node:fs";
import { makeVectors } from "./make-vectors.ts";

// Run with Node from the repository: writes what `sync-vectors.test.ts` compares with. Published vectors are only ever added to.
const page = new URL("../../docs/sync-vectors.json", import.meta.url);
writeFileSync(page, `${JSON.stringify(await makeVectors(), null, 2)}\n`);
