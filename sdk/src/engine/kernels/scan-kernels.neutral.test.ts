import { expect, test } from "vitest";
import { loadKernels } from "./load-kernels.ts";
import { scanKernelsContract } from "./scan-kernels.contract.ts";

scanKernelsContract("WASM with relaxed SIMD", () => loadKernels({ kinds: ["relaxed"] }));
scanKernelsContract("WASM with SIMD", () => loadKernels({ kinds: ["simd"] }));
scanKernelsContract("plain JavaScript", () => loadKernels({ kinds: ["script"] }));

test("the fastest kernels that run here are loaded, and plain ones when asked for", async () => {
  for (const kind of ["relaxed", "simd", "script"] as const)
    expect((await loadKernels({ kinds: [kind] })).kind).toBe(kind);
  expect((await loadKernels()).kind).toBe("relaxed");
});
