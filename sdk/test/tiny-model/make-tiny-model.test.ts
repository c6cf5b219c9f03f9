import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { manifestOf } from "./tiny-assets.ts";
import { makeTinyModel, makeTinyQuantizedModel, makeTinyStaticModel } from "./make-tiny-model.ts";

// A change of these is a change of every vector that tests compare: it has to be meant.
const models = [
  ["tiny", makeTinyModel, "9de20f16c87f10dfb43731febd661968614f4d9895c4df047f38525f4d5d8fa5"],
  [
    "tiny-q8",
    makeTinyQuantizedModel,
    "f5eddfd9963ccb2a0dde4a76eaea95b4d16aec9dd56e8de6c2159099eb35f4b9",
  ],
  [
    "tiny-static",
    makeTinyStaticModel,
    "3c09fc974ee7208891bec8ad320566f38524139320c7fe1e5ba32bf0fec59485",
  ],
] as const;

test.each(models)("%s gives the same bytes every time and everywhere", (_name, make, sum) => {
  const first = make();
  const hash = createHash("sha256");
  for (const [path, bytes] of first.files) hash.update(path).update(bytes);
  expect(hash.digest("hex")).toBe(sum);
  expect(manifestOf(make())).toEqual(manifestOf(first));
  expect(first.preset.files).toEqual([...first.files.keys()]);
  expect(first.preset.approximateBytes).toBeLessThan(300_000);
});
