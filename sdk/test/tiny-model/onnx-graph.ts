import { bytes, float, join, varint, type Field } from "./protobuf.ts";

/** Element types of the ONNX format (TensorProto.DataType). */
const TYPE = { float: 1, int8: 3, int64: 7 } as const;

type Numbers = Float32Array<ArrayBuffer> | Int8Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
type Attribute = number | readonly number[] | { readonly float: number };

/** Collects the nodes and weights of one network; each call gives the name of what it added. */
export interface OnnxGraph {
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): string;
  /** A node with several outputs. */
  nodes(type: string, inputs: readonly string[], outputs: number): readonly string[];
  weights(name: string, shape: readonly number[], numbers: Numbers): string;
  /** The file. `output` is what `result` is called from outside. */
  model(
    inputs: readonly string[],
    result: string,
    output: { readonly name: string; readonly width: number },
  ): Uint8Array<ArrayBuffer>;
}

/** Field numbers are those of onnx.proto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
export function createOnnxGraph(): OnnxGraph {
  const nodes: Field[] = [];
  const initializers: Field[] = [];
  let names = 0;

  const add = (
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void => {
    nodes.push(
      bytes(1, [
        ...inputs.map((name) => bytes(1, name)),
        ...outputs.map((name) => bytes(2, name)),
        bytes(3, `node${nodes.length}`),
        bytes(4, type),
        ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
      ]),
    );
  };

  return {
    node(type, inputs, attributes = {}) {
      const output = `value${(names += 1)}`;
      add(type, inputs, [output], attributes);
      return output;
    },
    nodes(type, inputs, count) {
      const outputs = Array.from({ length: count }, () => `value${(names += 1)}`);
      add(type, inputs, outputs, {});
      return outputs;
    },
    weights(name, shape, numbers) {
      initializers.push(bytes(5, tensor(name, shape, numbers)));
      return name;
    },
    model(inputs, result, output) {
      add("Identity", [result], [output.name], {});
      const graph = [
        ...nodes,
        bytes(2, "tiny"),
        ...initializers,
        ...inputs.map((name) => bytes(11, valueInfo(name, TYPE.int64, ["batch", "length"]))),
        bytes(12, valueInfo(output.name, TYPE.float, ["batch", "length", output.width])),
      ];
      const irVersion = varint(1, 8);
      const opset17 = bytes(8, [bytes(1, ""), varint(2, 17)]);
      return join([irVersion, bytes(2, "alcove-tests"), bytes(7, graph), opset17]);
    },
  };
}

function tensor(name: string, shape: readonly number[], numbers: Numbers): Field[] {
  const type =
    numbers instanceof BigInt64Array
      ? TYPE.int64
      : numbers instanceof Int8Array
        ? TYPE.int8
        : TYPE.float;
  // Typed arrays lie in memory as the format wants them on every machine this runs on: little end first.
  const raw = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return [...shape.map((side) => varint(1, side)), varint(2, type), bytes(8, name), bytes(9, raw)];
}

function attribute(name: string, value: Attribute): Field[] {
  if (typeof value === "number") return [bytes(1, name), varint(3, value), varint(20, 2)];
  if ("float" in value) return [bytes(1, name), float(2, value.float), varint(20, 1)];
  return [bytes(1, name), ...value.map((item) => varint(8, item)), varint(20, 7)];
}

function valueInfo(name: string, type: number, shape: readonly (string | number)[]): Field[] {
  const sides = shape.map((side) =>
    bytes(1, [typeof side === "string" ? bytes(2, side) : varint(1, side)]),
  );
  return [bytes(1, name), bytes(2, [bytes(1, [varint(1, type), bytes(2, sides)])])];
}
