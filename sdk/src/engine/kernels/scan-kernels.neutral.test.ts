import { expect, test } from "vitest";
import { loadKernels } from "./load-kernels.ts";
import { scanKernelsContract } from "./scan-kernels.contract.ts";

scanKernelsContract("WASM with SIMD", () => loadKernels({ kinds: ["simd"] }));
scanKernelsContract("plain JavaScript", () => loadKernels({ kinds: ["script"] }));

test("the fastest kernels that run here are loaded, and plain ones when asked for", async () => {
  expect((await loadKernels({ kinds: ["simd"] })).kind).toBe("simd");
  expect((await loadKernels({ kinds: ["script"] })).kind).toBe("script");
  expect((await loadKernels()).kind).not.toBe("script");
});
