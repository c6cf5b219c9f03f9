import type { Gateway } from "./gateway.ts";
import { mastra } from "./mastra.ts";
import { mem0 } from "./mem0.ts";
import { memoryRouter } from "./memoryrouter.ts";
import { supermemory } from "./supermemory.ts";
import { unifiedMemory } from "./unifiedmemory.ts";

export const GATEWAYS = {
  memoryrouter: memoryRouter,
  supermemory,
  mastra,
  mem0,
  unifiedmemory: unifiedMemory,
} as const satisfies Readonly<Record<string, Gateway>>;

export type GatewayName = keyof typeof GATEWAYS;
export const GATEWAY_NAMES = Object.keys(GATEWAYS) as readonly GatewayName[];

export function gatewayOf(name: GatewayName): Gateway {
  return GATEWAYS[name];
}
