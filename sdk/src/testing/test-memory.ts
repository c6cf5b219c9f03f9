import { createMemory, type Memory } from "../memory.ts";
import type { MemoryOptions } from "../options.ts";
import { uuid } from "../random-id.ts";

/**
 * A real memory on a vault of its own, for tests of an app in a browser. Call `destroy()` when the test is over; nothing else
 * removes the vault.
 */
export function createTestMemory(options: Omit<MemoryOptions, "vault"> = {}): Memory {
  return createMemory({ ...options, vault: `test-${uuid()}` });
}
