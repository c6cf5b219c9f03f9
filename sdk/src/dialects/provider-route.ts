import { MODEL_FAMILIES, PROVIDER_ALIASES, PROVIDERS } from "./provider-table.ts";
import { isGatewayHost, isGatewayKey } from "./gateway-hosts.ts";

/** Keys and base URLs, as `createMemory({ providers })` names them. */
export type Providers = Readonly<
  Record<string, { readonly apiKey?: string; readonly baseURL?: string }>
>;

/** The API that a request speaks: `openai` is Chat Completions, Responses and everything else below an OpenAI base. */
export type GatewayWire = "openai" | "anthropic" | "gemini";

export interface RouteQuestion {
  readonly wire: GatewayWire;
  /** As the app names it: `provider/model`, or a bare name. */
  readonly model: string;
  /** What follows the base: `chat/completions`, `messages`, `models/{model}:generateContent`. `{model}` stands for the name. */
  readonly path: string;
  readonly providers: Providers;
  /** The provider's key where the request itself carries it. */
  readonly key?: string | null;
}

export interface ProviderRoute {
  readonly provider: string;
  readonly url: URL;
  /** The name by which this provider knows the model. */
  readonly model: string;
  /** Puts the provider's key in place. */
  authorize(headers: Headers): void;
}

/** There is no way to the model: a sentence that says what is missing. */
export interface NoRoute {
  readonly problem: string;
}

/** Finds the provider of a model and the way to it. */
export function routeModel(question: RouteQuestion): ProviderRoute | NoRoute {
  const { providers } = question;
  const { provider, model } = splitModel(question.model, providers);
  const { apiKey, baseURL: given } = own(providers, provider) ?? {};
  const key = question.key ?? apiKey ?? null;
  const known = own(PROVIDERS, provider);
  const reachable = given !== undefined || known?.base !== undefined;
  const allowed = key !== null || given !== undefined || known?.keyless === true;
  if (reachable && allowed && speaks(provider, question.wire))
    return routeTo(provider, model, key, question);
  const relay = own(providers, "openrouter");
  if (provider !== "openrouter" && relay?.apiKey !== undefined && question.wire !== "gemini") {
    const author = known?.author ?? provider;
    return routeTo("openrouter", `${author}/${model}`, relay.apiKey, question);
  }
  return { problem: whatIsMissing(provider, { reachable, allowed }) };
}

/** The base URL of a provider's OpenAI-compatible API, and the key, for what is asked without a model. */
export function providerBase(provider: string, providers: Providers): URL | null {
  const base = own(providers, provider)?.baseURL ?? own(PROVIDERS, provider)?.base;
  if (base === undefined || !URL.canParse(base)) return null;
  const { plain } = splitQuery(base);
  const url = new URL(`${openAiBase(provider, plain)}/`);
  return isGatewayHost(url) ? null : url;
}

/** A URL of a provider's own, at the address that the app has for that provider, and which provider it is. */
export function atProvider(
  url: URL,
  providers: Providers,
): { readonly provider: string | null; readonly url: URL } {
  for (const [provider, { base }] of Object.entries(PROVIDERS)) {
    if (base === undefined || new URL(base).host !== url.host) continue;
    const given = own(providers, provider)?.baseURL;
    const rooted = provider === "anthropic" || provider === "google";
    const from = rooted ? withoutVersion(base) : base;
    if (given === undefined || !url.href.startsWith(from)) return { provider, url };
    const { plain, query } = splitQuery(given);
    const to = rooted ? withoutVersion(plain) : plain.replace(/\/+$/, "");
    return { provider, url: withQuery(new URL(to + url.href.slice(from.length)), query) };
  }
  const named = Object.entries(providers).find(
    ([, { baseURL }]) => baseURL !== undefined && new URL(baseURL).host === url.host,
  );
  return { provider: named?.[0] ?? null, url };
}

/** Puts a provider's key where its API looks for it. */
export function authorize(
  headers: Headers,
  provider: string,
  wire: GatewayWire,
  key: string | null,
): void {
  for (const name of ["authorization", "x-api-key", "x-goog-api-key", "api-key"])
    headers.delete(name);
  const given = Array.from(headers.keys());
  if (provider !== "openai" && provider !== "azure")
    for (const name of given)
      // A provider that does not know them may refuse them from a page (CORS).
      if (
        name.startsWith("openai-") ||
        (provider !== "anthropic" && name.startsWith("x-stainless-"))
      )
        headers.delete(name);
  if (provider === "anthropic") {
    if (!headers.has("anthropic-version")) headers.set("anthropic-version", "2023-06-01");
    headers.set("anthropic-dangerous-direct-browser-access", "true");
  }
  if (key === null) return;
  if (wire === "gemini") headers.set("x-goog-api-key", key);
  else if (provider === "azure") headers.set("api-key", key);
  else if (wire === "anthropic" && provider === "anthropic") headers.set("x-api-key", key);
  else headers.set("authorization", `Bearer ${key}`);
}

/** The token of an `Authorization: Bearer` header; `null` where there is none. */
export function bearerOf(value: string | null): string | null {
  const token = /^Bearer\s+(\S+)\s*$/i.exec(value ?? "")?.[1];
  return token ?? null;
}

/** The same, unless it is a gateway's. */
export function providerBearer(value: string | null): string | null {
  const token = bearerOf(value);
  return token === null || isGatewayKey(token) ? null : token;
}

function splitModel(
  name: string,
  providers: Providers,
): { readonly provider: string; readonly model: string } {
  const at = name.indexOf("/");
  if (at > 0) {
    const prefix = name.slice(0, at).toLowerCase();
    const rest = name.slice(at + 1);
    const provider = Object.hasOwn(providers, prefix)
      ? prefix
      : (own(PROVIDER_ALIASES, prefix) ?? prefix);
    // OpenRouter has models under its own name (`openrouter/auto`).
    if (provider === "openrouter" && !rest.includes("/")) return { provider, model: name };
    return { provider, model: rest };
  }
  const family = MODEL_FAMILIES.find(([pattern]) => pattern.test(name))?.[1];
  if (family !== undefined) return { provider: family, model: name };
  const [only, ...others] = Object.keys(providers);
  return { provider: only !== undefined && others.length === 0 ? only : "openai", model: name };
}

function speaks(provider: string, wire: GatewayWire): boolean {
  if (wire === "openai") return true;
  if (wire === "gemini") return provider === "google";
  return provider === "anthropic" || provider === "openrouter";
}

function routeTo(
  provider: string,
  model: string,
  key: string | null,
  { wire, path, providers }: RouteQuestion,
): ProviderRoute | NoRoute {
  const base = own(providers, provider)?.baseURL ?? own(PROVIDERS, provider)?.base ?? "";
  if (!URL.canParse(base))
    return { problem: `The option providers.${provider}.baseURL is no absolute URL.` };
  // Anthropic's names have no dots; gateways write `claude-opus-4.8`.
  const name = provider === "anthropic" ? model.replace(/(\d)\.(\d)/g, "$1-$2") : model;
  const { plain, query } = splitQuery(base);
  const root = wire === "gemini" ? `${withoutVersion(plain)}/v1beta` : openAiBase(provider, plain);
  // A function: in a text `$` would stand for parts of what is replaced.
  const at = path.replace("{model}", () => encodeURIComponent(name));
  const url = withQuery(new URL(`${root}/${at}`), query);
  if (isGatewayHost(url))
    return {
      problem: `The option providers.${provider}.baseURL names a memory gateway; name the provider's own address.`,
    };
  return {
    provider,
    url,
    model: name,
    authorize: (headers) => authorize(headers, provider, wire, key),
  };
}

/** A name may be any text, also that of something that every object has. */
function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** A base URL may bring a query (Azure's `api-version`), which belongs behind what follows the base. */
function splitQuery(base: string): { readonly plain: string; readonly query: URLSearchParams } {
  const url = new URL(base);
  const query = new URLSearchParams(url.search);
  url.search = "";
  url.hash = "";
  return { plain: url.href, query };
}

function withQuery(url: URL, query: URLSearchParams): URL {
  for (const [name, value] of query)
    if (!url.searchParams.has(name)) url.searchParams.append(name, value);
  return url;
}

/** Clients of Anthropic and Google add the version themselves, so that their base URLs may come with it and without. */
function openAiBase(provider: string, base: string): string {
  if (provider === "anthropic") return `${withoutVersion(base)}/v1`;
  if (provider === "google") return `${withoutVersion(base)}/v1beta/openai`;
  return base.replace(/\/+$/, "");
}

function withoutVersion(base: string): string {
  return base.replace(/\/+$/, "").replace(/\/v1(?:beta|alpha)?(?:\/openai)?$/, "");
}

function whatIsMissing(
  provider: string,
  { reachable, allowed }: { readonly reachable: boolean; readonly allowed: boolean },
): string {
  const missing = [
    ...(allowed ? [] : ['apiKey: "..."']),
    ...(reachable ? [] : ['baseURL: "https://..."']),
  ];
  if (missing.length === 0)
    return `The provider "${provider}" has no API of this shape. Give the key of OpenRouter, which has: createMemory({ providers: { openrouter: { apiKey: "..." } } }).`;
  return `The provider "${provider}" is not known well enough. Name it once in the option providers: createMemory({ providers: { ${JSON.stringify(provider)}: { ${missing.join(", ")} } } }).`;
}
