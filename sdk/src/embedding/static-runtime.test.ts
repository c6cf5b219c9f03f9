import fc from "fast-check";
import { expect, test } from "vitest";
import { makeTinyStaticModel } from "../../test/tiny-model/make-tiny-model.ts";
import { readTensors } from "./safetensors.ts";
import { loadTextModel } from "./static-runtime.ts";

/** A safetensors file of what is given, byte for byte. */
function fileOf(
  tensors: Readonly<Record<string, { dtype: string; shape: number[]; bytes: ArrayBuffer }>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, object> = { __metadata__: { format: "pt" } };
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.byteLength] };
    parts.push(new Uint8Array(bytes));
    at += bytes.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return new Uint8Array(Buffer.concat([length, text, ...parts]));
}

test("reads every type of number that static models use", () => {
  const half = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x7c00, 0x8000);
  const tensors = readTensors(
    fileOf({
      F32: { dtype: "F32", shape: [2], bytes: Float32Array.of(1.5, -2).buffer },
      F16: { dtype: "F16", shape: [6], bytes: half.buffer },
      I8: { dtype: "I8", shape: [2, 1], bytes: Int8Array.of(-128, 127).buffer },
      I64: { dtype: "I64", shape: [1], bytes: BigInt64Array.of(7n).buffer },
    }),
  );
  expect([...tensors.keys()]).toEqual(["F32", "F16", "I8", "I64"]);
  expect(tensors.get("F32")?.numbers).toEqual(Float32Array.of(1.5, -2));
  expect(tensors.get("F16")?.numbers).toEqual(
    Float32Array.of(1, -2, 0.333251953125, 2 ** -24, Infinity, -0),
  );
  expect(tensors.get("I8")).toEqual({ shape: [2, 1], numbers: Int8Array.of(-128, 127) });
  expect(tensors.get("I64")?.numbers).toEqual(BigInt64Array.of(7n));
});

test("a file that is cut off, altered or something else is refused or read, and nothing else happens", () => {
  const good = fileOf({ embeddings: { dtype: "F32", shape: [2, 2], bytes: new ArrayBuffer(16) } });
  for (const bad of [
    new Uint8Array(),
    new Uint8Array(7),
    new Uint8Array(64).fill(255),
    good.slice(0, -1),
  ])
    expect(() => readTensors(bad)).toThrow();
  const lying = fileOf({ a: { dtype: "F32", shape: [1_000_000], bytes: new ArrayBuffer(4) } });
  expect(() => readTensors(lying)).toThrow("outside");
  expect(() =>
    readTensors(fileOf({ a: { dtype: "BF16", shape: [1], bytes: new ArrayBuffer(2) } })),
  ).toThrow("BF16");
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
      const altered = good.slice();
      altered[at] = value;
      try {
        readTensors(altered);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});

test("a text is the mean of its tokens' vectors; unknown words count for nothing", async () => {
  const { preset, files } = makeTinyStaticModel();
  const model = await loadTextModel({ preset, files, wasm: null });
  const [tea, boat, both, strange, twice] = await model.run(
    ["tea", "boat", "tea boat", "茶", "tea 茶 tea"].map((text) => model.encode(text)),
  );
  const sum = tea!.map((value, at) => value + boat![at]!);
  expect(parallel(both!, sum)).toBeCloseTo(1, 5);
  expect(parallel(twice!, tea!)).toBeCloseTo(1, 5);
  expect(strange![0]).toBe(1);
  expect(model.encode("tea ".repeat(1_000))).toHaveLength(preset.maxTokens);
  await model.dispose();
});

test("tokens may share vectors and be weighed apart from them, as newer models do", async () => {
  const { preset, files } = makeTinyStaticModel();
  const plain = await loadTextModel({ preset, files, wasm: null });
  const [tea = 0] = plain.encode("tea");
  const [boat = 0] = plain.encode("boat");
  const count = Math.max(tea, boat) + 1;
  const mapping = new BigInt64Array(count);
  mapping[tea] = 1n;
  mapping[boat] = 2n;
  const weights = new Float32Array(count).fill(1);
  weights[boat] = 3;
  const model = await loadTextModel({
    preset,
    files: new Map([
      ...files,
      [
        preset.weights,
        fileOf({
          embeddings: {
            dtype: "I8",
            shape: [3, 2],
            bytes: Int8Array.of(0, 0, 10, 0, 0, 10).buffer,
          },
          mapping: { dtype: "I64", shape: [count], bytes: mapping.buffer },
          weights: { dtype: "F32", shape: [count], bytes: weights.buffer },
        }),
      ],
    ]),
    wasm: null,
  });
  expect(model.dimensions).toBe(2);
  expect((await model.run([model.encode("tea boat")]))[0]).toEqual(Float32Array.of(10, 30));
});

function parallel(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}
