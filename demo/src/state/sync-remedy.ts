/** What the person can do about a problem of sync; `null`: nothing, it passes by itself or the message says it all. */
export function syncRemedy(code: string): string | null {
  return REMEDIES[code] ?? null;
}

const REMEDIES: Readonly<Record<string, string>> = {
  "sync/offline":
    "Check the address, and whether the server runs. Changes wait and are sent when it answers again.",
  "sync/busy": "Try again in a moment.",
  "sync/server": "Check the address: something else answers there.",
  "sync/refused": "Ask whoever runs the server for an invitation.",
  "sync/not-found": "Check the words and the address. If the server was wiped, fill it anew.",
  "sync/removed": "Turn sync off here. After that this device can be linked again, as a new one.",
  "sync/full": "Forget memories, remove devices, or ask whoever runs the server for more room.",
  "vault/quota": "Make room for this site in the browser, then sync now. What is here is unharmed.",
  "sync/keys-lost":
    "Turn sync off here, then link this device again or join with the recovery words.",
  "sync/vault-fork":
    "Do not trust this server as it is. If you run it and know why, fill it anew from this device.",
  "sync/vault-rollback":
    "If a backup of the server was restored, fill it anew from this device. If not, do not trust it.",
  "sync/vault-withheld":
    "Try later. If it stays so, fill the server anew from the device that has most.",
  "sync/gap": "Fill the server anew from this device.",
  "sync/link-digits":
    "Should it happen twice with digits typed rightly, somebody may stand between the devices.",
  "sync/link-forged": "Begin again. If it happens twice, do not use this server.",
  "sync/unavailable":
    "Sync needs a normal window (not a private one) and a page that was served over HTTPS or from this machine.",
};

const FILLED_ANEW: ReadonlySet<string> = new Set([
  "sync/not-found",
  "sync/vault-fork",
  "sync/vault-rollback",
  "sync/vault-withheld",
  "sync/gap",
]);

/** Whether filling the server anew from this device is a way out. */
export function canReseed(code: string): boolean {
  return FILLED_ANEW.has(code);
}
