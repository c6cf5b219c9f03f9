/// <reference lib="webworker" />
import { measureAll } from "./measure.ts";
import type { FromBenchWorker, ToBenchWorker } from "./messages.ts";

/** The bench's thread: the command's page and the demo's page both run this file. */
const port = globalThis as unknown as DedicatedWorkerGlobalScope;
const tell = (message: FromBenchWorker): void => port.postMessage(message);

let answered: (residentBytes: number | null) => void = () => undefined;

port.addEventListener("message", ({ data }: MessageEvent<ToBenchWorker>) => {
  if (data.type === "marked") answered(data.residentBytes);
  else
    measureAll(data.options, {
      progress: (progress) => tell({ type: "progress", progress }),
      outcome: (outcome) => tell({ type: "outcome", outcome }),
      reference: (reference) => tell({ type: "reference", reference }),
      residentBytes: () => (data.options.marks ? askPage() : Promise.resolve(null)),
    }).then(
      (timerMs) => tell({ type: "done", timerMs }),
      (error: unknown) => tell({ type: "failed", message: String(error) }),
    );
});

/** The page looks when no garbage is left, where the browser lets it be collected (`--js-flags=--expose-gc`). */
function askPage(): Promise<number | null> {
  (globalThis as { gc?: () => void }).gc?.();
  return new Promise((resolve) => {
    answered = resolve;
    tell({ type: "mark" });
  });
}
