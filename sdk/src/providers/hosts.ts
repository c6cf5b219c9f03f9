/**
 * Host patterns: `api.example.com`, `*.example.com` (any subdomain, not the domain itself), each with an optional `:port`.
 * Without a port any port matches.
 */
export interface HostRules {
  /** For `memory.fetch`: only these (none: every https or loopback host). For `intercept()`: these besides the known ones. */
  readonly allow?: readonly string[];
  /** Never these; wins over `allow`. */
  readonly deny?: readonly string[];
}

/** The hosts that `intercept()` serves by itself: public model APIs, and the usual ports of local model servers. */
export const KNOWN_PROVIDER_HOSTS: readonly string[] = [
  "api.openai.com",
  "*.api.openai.com",
  "*.openai.azure.com",
  "*.services.ai.azure.com",
  "api.anthropic.com",
  "generativelanguage.googleapis.com",
  "openrouter.ai",
  "api.mistral.ai",
  "api.x.ai",
  "api.deepseek.com",
  "api.groq.com",
  "api.perplexity.ai",
  "api.together.xyz",
  "api.together.ai",
  "api.fireworks.ai",
  "api.cerebras.ai",
  "api.minimax.io",
  "localhost:11434",
  "127.0.0.1:11434",
  "localhost:1234",
  "127.0.0.1:1234",
];

/** Whether `memory.fetch` may put memory into a call to this URL. Plain http is refused except on the device itself. */
export function isServedHost(url: URL, rules: HostRules): boolean {
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))
    return false;
  if (matchesAny(url, rules.deny ?? [])) return false;
  return rules.allow === undefined || rules.allow.length === 0 || matchesAny(url, rules.allow);
}

/** Whether `intercept()` hands a call to this URL to memory. */
export function isInterceptedHost(url: URL, rules: HostRules): boolean {
  const known = matchesAny(url, KNOWN_PROVIDER_HOSTS) || matchesAny(url, rules.allow ?? []);
  return known && isServedHost(url, rules.deny === undefined ? {} : { deny: rules.deny });
}

/** `localhost` and its subdomains, 127.0.0.0/8 and ::1, as `URL.hostname` spells them. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}

function matchesAny(url: URL, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesHost(url, pattern.trim().toLowerCase()));
}

function matchesHost(url: URL, pattern: string): boolean {
  const port = /:(\d+)$/.exec(pattern);
  const name = port === null ? pattern : pattern.slice(0, port.index);
  if (port !== null && port[1] !== (url.port === "" ? defaultPort(url) : url.port)) return false;
  return name.startsWith("*.")
    ? url.hostname.endsWith(name.slice(1)) && url.hostname.length > name.length - 1
    : url.hostname === name;
}

function defaultPort(url: URL): string {
  return url.protocol === "https:" ? "443" : "80";
}
