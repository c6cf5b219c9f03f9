/** Hosts of the gateways whose dialects are spoken here. Nothing is ever sent to one of them. */
export const GATEWAY_HOSTS = {
  memoryrouter: ["api.memoryrouter.ai"],
  supermemory: ["api.supermemory.ai"],
  mastra: ["gateway-api.mastra.ai", "gateway.mastra.ai"],
  unifiedmemory: ["edge-api.jithendranara.dev"],
  mem0: ["api.mem0.ai"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export function isGatewayHost(url: URL): boolean {
  return Object.values(GATEWAY_HOSTS).some((hosts) => isHostOf(url, hosts));
}

/** A name with a dot at its end is the same host. */
export function isHostOf(url: URL, hosts: readonly string[]): boolean {
  return hosts.includes(url.hostname.replace(/\.$/, ""));
}

/** Whether a header or a parameter holds a gateway's key, whatever it is called. */
export function holdsGatewayKey(value: string): boolean {
  return /^\s*(?:Bearer\s+)?(?:mk[_-]|msk_|m0-\S{8}|sm_\S{20})/i.test(value);
}

/** Keys of gateways, by their beginnings: they may stand where a provider's key is meant to, and go to no provider. */
export function isGatewayKey(value: string): boolean {
  return /^(?:mk[_-]|msk_|m0-|sm_)/.test(value.trim());
}
