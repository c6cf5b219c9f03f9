import workerUrl from "../worker/worker.ts?worker&url";

/** Workers as broken pages have them, for tests. */
export const brokenWorkers = {
  /** The script is not there. */
  missing: (): Worker =>
    new Worker(new URL("/no-such-folder/worker.js", location.href), { type: "module" }),
  /** The script throws while it is loaded. */
  throwing: (): Worker => fromSource("throw new Error('broken');"),
  /** The script runs and never answers. */
  silent: (): Worker => fromSource("export {};"),
  /** The page may have none. */
  forbidden: (): Worker => {
    throw new DOMException("Forbidden by the page's policy.", "SecurityError");
  },
} as const;

/** The real worker, in a realm that this code has changed before. */
export function workerAfter(code: string): Worker {
  return fromSource(
    `${code};\nawait import(${JSON.stringify(new URL(workerUrl, location.href).href)});`,
  );
}

function fromSource(code: string): Worker {
  return new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), {
    type: "module",
  });
}
