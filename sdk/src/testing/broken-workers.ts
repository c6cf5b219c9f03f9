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

/** What breaks IndexedDB in the worker's realm. */
export const brokenDatabases = {
  "is denied when it is opened":
    "const deny = () => { throw new DOMException('denied', 'SecurityError'); }; Object.defineProperty(self, 'indexedDB', { value: { open: deny, deleteDatabase: deny, databases: deny, cmp: deny } })",
  "is denied when it is looked at":
    "Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } })",
  "fails to open, as in a private window":
    "IDBFactory.prototype.open = function () { const request = new EventTarget(); request.error = new DOMException('private', 'InvalidStateError'); request.addEventListener('error', (event) => request.onerror?.(event)); setTimeout(() => request.dispatchEvent(new Event('error', { cancelable: true })), 5); return request; }",
  "is not there": "Object.defineProperty(self, 'indexedDB', { value: undefined })",
  "never answers": "IDBFactory.prototype.open = () => new EventTarget()",
  "has no room for anything":
    "for (const write of ['put', 'add']) IDBObjectStore.prototype[write] = () => { throw new DOMException('full', 'QuotaExceededError'); }",
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
