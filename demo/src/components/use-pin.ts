import type { MemoryRecord } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";

/** Pins or unpins a record and says what that means for it. */
export function usePin(): (record: MemoryRecord) => void {
  const { memory, notices } = useApp();
  return (record) => {
    const instruction = record.tags.includes("slot:instruction");
    memory.update(record.id, { pinned: !record.pinned }).then(
      (after) => {
        if (!after.pinned) notices.tell("Unpinned");
        else
          notices.tell(
            instruction
              ? "Pinned. You confirmed this instruction: models may now follow it in every chat."
              : "Pinned. It now weighs more whenever it is relevant.",
          );
      },
      (error: unknown) => notices.tell(`Not changed: ${explain(error).text}`, { tone: "problem" }),
    );
  };
}
