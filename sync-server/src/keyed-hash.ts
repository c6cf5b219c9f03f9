import { createHmac } from "node:crypto";

/** Turns an id or an address into something that can be counted and logged, and not turned back without this server's secret. */
export type KeyedHash = (purpose: string, ...parts: readonly (Uint8Array | string)[]) => Buffer;

export function createKeyedHash(secret: Uint8Array): KeyedHash {
  return (purpose, ...parts) => {
    const hmac = createHmac("sha256", secret).update(`${purpose}\0`);
    for (const part of parts) {
      const bytes = typeof part === "string" ? Buffer.from(part) : part;
      hmac.update(`${bytes.length}:`).update(bytes);
    }
    return hmac.digest();
  };
}
