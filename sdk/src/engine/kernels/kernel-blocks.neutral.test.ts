import { expect, test } from "vitest";
import { isMemoryError } from "../../domain/errors.ts";
import { createArenaMemory, createKernelBlocks } from "./kernel-blocks.ts";
import { rowLayout } from "./row-layout.ts";

test("memory that cannot grow is told by code, and what was there stays", () => {
  const pages = new WebAssembly.Memory({ initial: 0, maximum: 2 });
  const blocks = createKernelBlocks(createArenaMemory(pages), rowLayout(384), null);
  const block = blocks.create(100, { int8: true });
  const int8 = { values: new Int8Array(384).fill(7), scales: new Float32Array([0.5]) };
  block.write(99, { int8 });
  let told: unknown = null;
  try {
    blocks.create(1000, { int8: true });
  } catch (error) {
    told = isMemoryError(error) ? error.code : error;
  }
  expect(told).toBe("engine/load-failed");
  expect(blocks.usedBytes).toBe(block.bytes);
  expect(block.read(99, 100)).toEqual({ int8 });
  expect(blocks.create(100, { int8: true }).capacity).toBe(100);
});
