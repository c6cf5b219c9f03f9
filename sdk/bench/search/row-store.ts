import { plainLoop } from "./plain-loop.ts";

/** One IndexedDB row a memory: its text, where it belongs and its vector. Opening reads them all. */
export interface RowStore {
  write(first: number, vectors: Float32Array): Promise<void>;
  open(): Promise<{
    search(query: Float32Array): readonly number[];
    heldBytes(): number;
    notes(): Readonly<Record<string, never>>;
  }>;
}

interface Row {
  readonly id: number;
  readonly scope: string;
  readonly at: number;
  readonly text: string;
  readonly vector: Float32Array;
}

const K = 10;
const READ_AT_ONCE = 5_000;
/** As long as a message is. */
const TEXT =
  "What was said in a chat and is worth keeping, with its names, its days and its reasons. ";

export function createRowStore(name: string, dimensions: number): RowStore {
  return {
    async write(first, vectors) {
      const database = await openDatabase(name);
      const transaction = database.transaction("rows", "readwrite", { durability: "relaxed" });
      const rows = transaction.objectStore("rows");
      for (let row = 0; row < vectors.length / dimensions; row += 1) {
        const id = first + row;
        rows.put({
          id,
          scope: `scope-${id % 5}`,
          at: id * 1_000,
          text: TEXT + TEXT + String(id),
          vector: vectors.slice(row * dimensions, (row + 1) * dimensions),
        } satisfies Row);
      }
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () =>
          reject(transaction.error ?? new Error("The write was aborted."));
      });
      database.close();
    },
    async open() {
      const database = await openDatabase(name);
      const blocks: Float32Array[] = [];
      for (let last = -1, more = true; more;) {
        const rows: readonly Row[] = await answerOf(
          database
            .transaction("rows")
            .objectStore("rows")
            .getAll(IDBKeyRange.lowerBound(last, true), READ_AT_ONCE),
        );
        const block = new Float32Array(rows.length * dimensions);
        rows.forEach(({ vector }, at) => block.set(vector, at * dimensions));
        blocks.push(block);
        last = rows.at(-1)?.id ?? last;
        more = rows.length === READ_AT_ONCE;
      }
      return {
        search: (query) => plainLoop(blocks, dimensions, query, K),
        heldBytes: () => blocks.reduce((sum, block) => sum + block.byteLength, 0),
        notes: () => ({}),
      };
    },
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("rows", { keyPath: "id" });
  return answerOf(request);
}

function answerOf<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The request failed."));
  });
}
