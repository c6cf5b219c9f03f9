import { expect, test } from "vitest";

/** What `loadKernels` gives in a page of its own under that policy. */
function kindUnder(policy: string): Promise<unknown> {
  const module = JSON.stringify(new URL("./load-kernels.ts", import.meta.url).href);
  const frame = document.createElement("iframe");
  frame.srcdoc =
    `<meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<script type="module">
       const { loadKernels } = await import(${module});
       const kernels = await loadKernels();
       const space = kernels.createSpace(64);
       const block = space.createBlock(1, { int8: true });
       const vector = new Float32Array(64).fill(0.125);
       block.write(0, { int8: space.quantizeInt8(vector) });
       const [score] = space.scanInt8(vector, [{ block, firstRow: 0, to: 1 }], 1).scores;
       parent.postMessage({ kind: kernels.kind, score: Math.round(score * 100) }, "*");
     </script>`;
  const answer = new Promise<unknown>((resolve) => {
    addEventListener("message", ({ data, source }) => {
      if (source === frame.contentWindow) resolve(data);
    });
  });
  document.body.append(frame);
  return answer.finally(() => frame.remove());
}

test("a page that forbids WASM gets plain kernels, one that allows it gets compiled ones", async () => {
  expect(await kindUnder("script-src 'self' 'unsafe-inline'")).toEqual({
    kind: "script",
    score: 100,
  });
  expect(await kindUnder("script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'")).toEqual({
    kind: "relaxed",
    score: 100,
  });
});
