import { useEffect, useState } from "preact/hooks";
import type { Memory, MemoryRecord } from "@alcove/sdk";

/** The newest memories, followed; `null`: not read yet. */
export function useNewest(
  memory: Pick<Memory, "list" | "on">,
  limit: number,
): readonly MemoryRecord[] | null {
  const [records, setRecords] = useState<readonly MemoryRecord[] | null>(null);
  useEffect(() => {
    let gone = false;
    const read = (): void => {
      memory.list({}, { limit }).then(
        (page) => !gone && setRecords(page.records),
        () => undefined,
      );
    };
    read();
    const stop = memory.on("changed", read);
    return () => {
      gone = true;
      stop();
    };
  }, [memory]);
  return records;
}
