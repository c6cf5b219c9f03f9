import OpenAI from "openai";
import type { GatewayStage } from "./gateway.fixture.ts";

export const KEY = "mk_xxxxxxxxxxxxxxxx";
export const BASE = "https://api.memoryrouter.ai/v1";
/** What must never leave the page in these tests. */
export const SECRETS: readonly string[] = [
  KEY,
  "mk_other",
  "memory_mode",
  "memory_store",
  "session_id",
];

export function clientOf({ memory }: GatewayStage, apiKey = KEY): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: BASE,
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
    fetch: memory.fetch,
  });
}

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "model" | "messages">;

export async function say(
  on: GatewayStage,
  content: string,
  how: {
    readonly key?: string;
    readonly headers?: Record<string, string>;
    readonly body?: object;
    readonly query?: string;
  } = {},
): Promise<OpenAI.ChatCompletion> {
  return clientOf(on, how.key).chat.completions.create(
    { model: "openai/gpt-5.5", messages: [{ role: "user", content }], ...(how.body as Body) },
    {
      headers: how.headers ?? {},
      query: Object.fromEntries(new URLSearchParams(how.query ?? "")),
    },
  );
}

export const raw = (on: GatewayStage, path: string, init: RequestInit = {}): Promise<Response> =>
  on.memory.fetch(`${BASE}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${KEY}`, ...(init.headers as Record<string, string>) },
  });
