import { expect, test } from "vitest";
import { isPresetName, PRESETS, spaceOf, verifyCommand, type EmbeddingPreset } from "./presets.ts";
import { chosenDimensions, toUnit } from "./vectors.ts";

const all: readonly EmbeddingPreset[] = Object.values(PRESETS);

test.each(all)("$name is whole and pinned to a commit", (preset) => {
  expect(preset.revision).toMatch(/^[0-9a-f]{40}$/);
  expect(preset.files).toContain(preset.weights);
  expect(preset.files).toContain("tokenizer.json");
  expect(new Set(preset.files).size).toBe(preset.files.length);
  expect(preset.shorterDimensions.every((length) => length < preset.dimensions)).toBe(true);
  // Alone, or its vectors would depend on its neighbours.
  if (preset.precision === "q8") expect(preset.batches).toBe(false);
  expect(verifyCommand(preset)).toBe(`npx -p @alcove/sdk alcove verify --model ${preset.name}`);
  expect(isPresetName(preset.name)).toBe(true);
});

test("every choice that changes vectors changes the space", () => {
  const base: EmbeddingPreset = PRESETS.embeddinggemma;
  const others: readonly EmbeddingPreset[] = [
    base,
    { ...base, model: "else/where" },
    { ...base, revision: "f".repeat(40) },
    { ...base, precision: "q8" },
    { ...base, pooling: "mean" },
    { ...base, maxTokens: 300 },
    { ...base, queryPrefix: "" },
    { ...base, documentPrefix: "" },
    { ...base, queryPrefix: "", documentPrefix: "" },
  ];
  const spaces = [...others.map((preset) => spaceOf(preset)), spaceOf(base, 256)];
  expect(new Set(spaces).size).toBe(spaces.length);
  expect(spaceOf(PRESETS.minilm)).toBe("Xenova/all-MiniLM-L6-v2@751bff37182d/q8/mean/256t/384");
});

test("names of other things are no presets", () => {
  for (const name of ["builtin", "toString", "__proto__", "", 7, null])
    expect(isPresetName(name)).toBe(false);
});

test("a model is cut only to a length that it was trained for", () => {
  expect(chosenDimensions(PRESETS.embeddinggemma, undefined)).toBe(768);
  expect(chosenDimensions(PRESETS.embeddinggemma, 256)).toBe(256);
  expect(() => chosenDimensions(PRESETS.minilm, 256)).toThrow(/384/);
  expect(() => chosenDimensions(PRESETS.embeddinggemma, 1_024)).toThrow(/768, 512, 256, 128/);
});

test("a cut vector has unit length again; one without direction is none", () => {
  expect(toUnit([3, 4, 12], 2)).toEqual(Float32Array.of(0.6, 0.8));
  expect(toUnit([0, 0, 1], 2)).toBeNull();
  expect(toUnit([1, Number.NaN], 2)).toBeNull();
  expect(toUnit([1], 2)).toBeNull();
  expect(toUnit([1e200, 1e200], 2)).toBeNull();
});
