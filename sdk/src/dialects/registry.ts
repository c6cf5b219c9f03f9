import type { Dialect } from "./dialect.ts";
import { isHostOf } from "./gateway-hosts.ts";
import { mastraGateway } from "./mastra.ts";
import { mem0 } from "./mem0.ts";
import { memoryRouter } from "./memoryrouter.ts";
import { supermemoryRouter } from "./supermemory.ts";
import { unifiedMemory } from "./unified-memory.ts";

/** Every dialect that goes over HTTP. */
export const DIALECTS: readonly Dialect[] = [
  memoryRouter,
  supermemoryRouter,
  mastraGateway,
  unifiedMemory,
  mem0,
];

/** Names that `createMemory({ dialects })` takes. */
export const DIALECT_NAMES: readonly string[] = DIALECTS.map(({ name }) => name);

export function findDialect(url: URL): Dialect | null {
  return DIALECTS.find(({ hosts }) => isHostOf(url, hosts)) ?? null;
}
