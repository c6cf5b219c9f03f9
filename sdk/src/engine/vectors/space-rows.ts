import { isMemoryError, MemoryError } from "../../domain/errors.ts";
import type { VectorSegmentHead, VectorStore } from "../../vault/vector-store.ts";
import { rowLayout } from "../kernels/row-layout.ts";
import { createChunkRowReader } from "./chunk-row-reader.ts";
import { FULL_SCAN_ROWS } from "./flat-vector-index.ts";
import { createFileRowReader } from "./file-row-reader.ts";
import type { RowFiles } from "./row-file.ts";
import type { RowReader } from "./row-reader.ts";

/** Decides whether the rows of a space are kept in memory, and reads them where they are not. */
export interface SpaceRows {
  readonly reader: RowReader;
  /**
   * Whether the rows of these segments are kept in memory. At an `opening` they are not yet, where the copy has them all: the first
   * search then waits for signatures alone.
   */
  stayResident(segments: readonly VectorSegmentHead[], opening: boolean): Promise<boolean>;
  /** Whether there is a copy, which has to follow what is stored. */
  hasCopy(): boolean;
  /** Brings the copy to what is stored, and wipes from it what was forgotten. Never rejects. */
  copy(): Promise<void>;
  close(): void;
}

export interface SpaceRowsDeps {
  readonly space: string;
  readonly dimensions: number;
  readonly store: VectorStore;
  readonly memoryBudget: number;
  readonly files?: RowFiles;
  readonly pause: () => Promise<void>;
  /** Rows of a stored segment; `null` where it is none of the space. */
  readonly rowsOf: (id: string) => number | null;
  readonly onDamaged: (id: string) => void;
  readonly onProblem: (error: MemoryError) => void;
}

/** Without a quick reader, memory is the lesser evil up to here: one search may ask for every chunk. */
const SLOW_READER_FACTOR = 5;
const CHUNK_CACHE_BYTES = 16 * 2 ** 20;
/** Keys and masks of a row. */
const BYTES_BESIDE = 12;

export function createSpaceRows(deps: SpaceRowsDeps): SpaceRows {
  const { space, dimensions, store, memoryBudget, files, pause, onProblem } = deps;
  const { int8Stride, bitStride } = rowLayout(dimensions);
  const chunks = createChunkRowReader({ ...deps, cacheBytes: CHUNK_CACHE_BYTES });
  let reader: RowReader = chunks;
  let asked: "nothing" | "discard" | "open" = "nothing";
  let copying: Promise<void> | null = null;
  let again = false;
  let closed = false;

  const openFile = async (): Promise<void> => {
    if (asked === "open" || files === undefined) return;
    asked = "open";
    const file = await files.open(space);
    if (file === null) return;
    if (closed) file.close();
    else
      reader = createFileRowReader({
        file,
        space,
        dimensions,
        store,
        fallback: chunks,
        lock: (work) => files.lock(space, work),
        pause,
      });
  };

  /** A copy that cannot be written cannot be wiped either, and it may hold what was to be forgotten: it goes as a whole. */
  const giveUpCopy = async (): Promise<void> => {
    const failed = reader;
    reader = chunks;
    if (failed !== chunks) failed.close();
    await files?.discard(space);
  };

  const run = async (): Promise<void> => {
    try {
      do {
        again = false;
        await reader.copy();
      } while (again);
    } catch (error) {
      if (closed) return;
      await giveUpCopy();
      onProblem(
        isMemoryError(error)
          ? error
          : new MemoryError(
              "vault/quota",
              "There is no room for a copy of the vectors that is quick to read. Searches read the vault, and take longer.",
              { cause: error, retryable: true },
            ),
      );
    } finally {
      copying = null;
    }
  };

  const holdsAll = (segments: readonly VectorSegmentHead[]): boolean =>
    reader.sketches(segments.map(({ id }) => id)).every((sketch) => sketch !== null);

  return {
    reader: {
      read: (wanted) => reader.read(wanted),
      sketches: (ids) => reader.sketches(ids),
      copy: () => reader.copy(),
      get residentBytes() {
        return reader.residentBytes;
      },
      close: () => undefined,
    },
    async stayResident(segments, opening) {
      const rows = segments.reduce((sum, head) => sum + head.rows, 0);
      const bytes = rows * (int8Stride + bitStride + BYTES_BESIDE);
      if (rows > FULL_SCAN_ROWS || bytes > memoryBudget) await openFile();
      else if (asked === "nothing") {
        asked = "discard";
        await files?.discard(space);
      }
      if (bytes > memoryBudget)
        return reader === chunks && bytes <= memoryBudget * SLOW_READER_FACTOR;
      return !opening || reader === chunks || !holdsAll(segments);
    },
    hasCopy: () => reader !== chunks,
    copy() {
      if (closed) return Promise.resolve();
      again = true;
      copying ??= run();
      return copying;
    },
    close() {
      closed = true;
      reader.close();
    },
  };
}
