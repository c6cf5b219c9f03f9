import type { EngineStatus } from "./engine-port.ts";
import type { PlainProblem, PlainStatus } from "./sync-types.ts";

/** Ids that a problem names: enough to look at, and no list without end. */
const MOST_IDS = 20;

/** How sync stands, with what a user should know of though it stops nothing. What can be mended comes first. */
export function standing({
  pending,
  lastSyncedAt,
  tooLarge,
  aside,
}: EngineStatus): Pick<PlainStatus, "pending" | "lastSyncedAt" | "problem"> {
  return { pending, lastSyncedAt, problem: largeProblem(tooLarge) ?? asideProblem(aside) };
}

function largeProblem(ids: readonly string[]): PlainProblem | null {
  if (ids.length === 0) return null;
  return {
    code: "sync/too-large",
    message:
      "Memories are too large to be sent, and stay on this device: shorten them, or split them in several. All others are sent.",
    retryable: false,
    details: { count: ids.length, ids: ids.slice(0, MOST_IDS) },
  };
}

function asideProblem(count: number): PlainProblem | null {
  if (count === 0) return null;
  return {
    code: "sync/set-aside",
    message:
      "Another device wrote what this version of Alcove cannot read. It is kept, and read once this app is brought up to date.",
    retryable: false,
    details: { count },
  };
}
