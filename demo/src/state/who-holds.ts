import type { SyncDevice, SyncStatus } from "@alcove/sdk";

/** Where copies of the memories are, in a sentence that is true whatever sync does. `devices`: `null` where nobody has asked yet. */
export function whoHolds(
  { state, problem }: Pick<SyncStatus, "state" | "problem">,
  devices: readonly SyncDevice[] | null,
): string {
  if (state === "off" || state === "unavailable")
    return "Sync is off, so it goes to no other device.";
  if (problem?.code === "sync/removed")
    return "This device was removed from the vault it shared: nothing new comes or goes.";
  const stopped = state === "stopped" ? " Sync has stopped, so what is new stays here." : "";
  if (devices === null)
    return `The devices that share the vault hold a copy; the sync server holds ciphertext.${stopped}`;
  const present = devices.filter(({ removed }) => !removed).length;
  const removed = devices.length - present;
  const copies =
    present <= 1
      ? "No other device holds a copy yet; the sync server holds ciphertext."
      : `${present} devices hold a copy, this one among them; the sync server holds ciphertext.`;
  const kept =
    removed === 0
      ? ""
      : removed === 1
        ? " A removed device keeps what it had."
        : ` ${removed} removed devices keep what they had.`;
  return `${copies}${kept}${stopped}`;
}
