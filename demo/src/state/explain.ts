import { isMemoryError } from "@alcove/sdk";

export interface Explanation {
  /** The SDK's code, or `null` for a fault of another kind. */
  readonly code: string | null;
  readonly text: string;
}

/** A fault in words for the person in front of the page. */
export function explain(error: unknown): Explanation {
  if (isMemoryError(error)) return { code: error.code, text: error.message };
  if (error instanceof DOMException && error.name === "AbortError")
    return { code: null, text: "Stopped." };
  return { code: null, text: error instanceof Error ? error.message : String(error) };
}

/** What to do about a vault that cannot be used, by code. */
export function remedy(code: string): string {
  switch (code) {
    case "vault/unavailable":
      return "This window does not let pages keep data. Private windows and strict cookie settings do that: open the page in a normal window to have memory.";
    case "vault/blocked":
      return "Another tab holds an older version of the vault open. Close the other tabs of this page, then reload.";
    case "vault/quota":
      return "The disk space that the browser gives this page is used up. Export and forget what you no longer need, or free space on the device.";
    case "vault/evicted":
      return "The browser cleared this page's data. Import your last export to get your memories back, and ask for protected storage under Storage & privacy.";
    case "vault/newer":
      return "A newer version of this page wrote the vault. Reload to get that version.";
    case "engine/load-failed":
    case "engine/timeout":
    case "engine/crashed":
      return "The memory engine did not start. Reload the page; if it stays so, an extension may be blocking it.";
    default:
      return "Reload the page to try again.";
  }
}
