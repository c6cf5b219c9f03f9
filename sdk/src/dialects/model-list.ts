import type { LocalAnswer, LocalTools } from "./dialect.ts";
import { authorize, providerBase, type Providers } from "./provider-route.ts";
import { isRecord } from "../providers/openai-chat-content.ts";

/** A provider that does not answer is left out after this. */
const WAIT_MS = 5_000;

/**
 * The models of every provider that the app has named, asked of the providers themselves: a gateway's own catalogue is not known
 * here. Names come with their provider, as they are given to a call.
 */
export async function listModels(providers: Providers, tools: LocalTools): Promise<LocalAnswer> {
  const names = Object.keys(providers);
  const lists = await Promise.all(names.map((name) => modelsOf(name, providers, tools)));
  const available = names.flatMap((name, at) => {
    const models = lists[at] ?? [];
    return models.length === 0 ? [] : [{ provider: name, models }];
  });
  const models = available.flatMap((one) => one.models);
  return {
    status: 200,
    body: {
      object: "list",
      data: available.flatMap(({ provider, models: ids }) =>
        ids.map((id) => ({ id, object: "model", created: 0, owned_by: provider })),
      ),
      providers: available,
      models,
      default: models[0] ?? null,
    },
  };
}

async function modelsOf(
  provider: string,
  providers: Providers,
  { fetch, signal }: LocalTools,
): Promise<readonly string[]> {
  const base = providerBase(provider, providers);
  if (base === null) return [];
  const headers = new Headers({ accept: "application/json" });
  authorize(
    headers,
    provider,
    provider === "anthropic" ? "anthropic" : "openai",
    providers[provider]?.apiKey ?? null,
  );
  const waiting = AbortSignal.timeout(WAIT_MS);
  try {
    const response = await fetch(new URL("models", base).href, {
      headers,
      // Where a redirect leads, the provider's key is not to go.
      redirect: "error",
      signal: signal === null ? waiting : AbortSignal.any([signal, waiting]),
    });
    const body: unknown = response.ok ? await response.json() : null;
    const list: unknown = isRecord(body) ? body["data"] : null;
    if (!Array.isArray(list)) return [];
    return list.flatMap((model: unknown) =>
      isRecord(model) && typeof model["id"] === "string"
        ? [`${provider}/${model["id"].replace(/^models\//, "")}`]
        : [],
    );
  } catch {
    return [];
  }
}
