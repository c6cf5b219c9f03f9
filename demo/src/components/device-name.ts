import type { SyncDevice } from "@alcove/sdk";

/** What a device is called on this page. */
export function nameOf({ id, name }: Pick<SyncDevice, "id" | "name">): string {
  return name === null || name === "" ? `Device ${id.slice(0, 6)}` : name;
}
