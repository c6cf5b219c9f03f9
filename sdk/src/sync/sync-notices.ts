import type { EngineStatus } from "./engine-port.ts";
import type { PlainProblem, PlainStatus } from "./sync-types.ts";

/** Ids that a problem names: enough to look at, and no list without end. */
const MOST_IDS = 20;

/** How sync stands, with what a user should know of though it stops nothing. What can be mended comes first. */
export function standing(
  { pending, lastSyncedAt, tooLarge, aside, unopened, copies, away }: EngineStatus,
  renewed = false,
): Pick<PlainStatus, "pending" | "lastSyncedAt" | "problem"> {
  return {
    pending,
    lastSyncedAt,
    problem:
      largeProblem(tooLarge) ??
      copiesProblem(copies) ??
      asideProblem(aside, unopened) ??
      awayProblem(away) ??
      forkedProblem(renewed),
  };
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

function asideProblem(count: number, unopened: readonly string[]): PlainProblem | null {
  if (count === 0) return null;
  const devices = [...new Set(unopened)].slice(0, MOST_IDS);
  return {
    code: "sync/set-aside",
    message:
      unopened.length > 0
        ? "Another device signed what does not open: it has a fault, or means harm. What is here stays as it is; details.devices names it."
        : "Another device wrote what this version of Alcove cannot read. It is kept, and read once this app is brought up to date.",
    retryable: false,
    details: { count, ...(unopened.length > 0 && { unopened: unopened.length, devices }) },
  };
}

function copiesProblem(count: number): PlainProblem | null {
  if (count === 0) return null;
  return {
    code: "sync/copies",
    message:
      "Memories left the vault that may be wanted: edited here and forgotten elsewhere, or written by a device after it was removed. sync.copies() lists them, sync.discard() lets them go.",
    retryable: false,
    details: { count },
  };
}

function awayProblem(away: boolean): PlainProblem | null {
  if (!away) return null;
  return {
    code: "sync/long-away",
    message:
      "This device was away for more than 180 days. It reads everything anew, and then sends what was written here meanwhile.",
    retryable: true,
    details: {},
  };
}

function forkedProblem(renewed: boolean): PlainProblem | null {
  if (!renewed) return null;
  return {
    code: "sync/device-forked",
    message:
      "A copy of this browser profile writes to the vault too. This device goes on as a device of its own; remove the other one if you do not know it.",
    retryable: false,
    details: {},
  };
}
