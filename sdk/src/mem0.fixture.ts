import OpenAI from "openai";
import { type GatewayStage, PROVIDER_KEY } from "./dialects/gateway.fixture.ts";
import type { Mem0, Mem0Options } from "./mem0.ts";

export const MODEL = "gpt-4.1-nano-2025-04-14";

/** The app's own client, as it would be without memory. */
export function openAiOf({ provider }: GatewayStage, maxRetries = 0): OpenAI {
  return new OpenAI({
    apiKey: PROVIDER_KEY,
    baseURL: provider.baseURL,
    dangerouslyAllowBrowser: true,
    maxRetries,
  });
}

/** The two ways to a provider. */
export const WAYS: readonly (readonly [name: string, (on: GatewayStage) => Mem0Options])[] = [
  ["the app's own client", (on) => ({ memory: on.memory, client: openAiOf(on) })],
  ["the providers of the memory", (on) => ({ memory: on.memory })],
  [
    "providers of its own",
    (on) => ({
      memory: on.memory,
      providers: { openai: { apiKey: PROVIDER_KEY, baseURL: on.provider.baseURL } },
    }),
  ],
];

/** What a call takes besides its messages. */
export interface Mem0Fields {
  readonly user_id?: string;
  readonly agent_id?: string;
  readonly run_id?: string;
  readonly metadata?: Record<string, string | number>;
  readonly filters?: Record<string, unknown>;
  readonly limit?: number;
  readonly top_k?: number;
}

/** Says one thing and waits until it is stored. */
export async function tell(
  on: GatewayStage,
  mem0: Mem0,
  content: string,
  fields: Mem0Fields,
): Promise<void> {
  const stored = on.captured();
  await mem0.chat.completions.create({
    messages: [{ role: "user", content }],
    model: MODEL,
    ...fields,
    stream: false,
  });
  await stored;
}

/** Asks one thing of which nothing is kept, and gives what the answer says was remembered. */
export async function ask(
  mem0: Mem0,
  content: string,
  fields: Mem0Fields,
): Promise<readonly string[]> {
  const answer = await mem0.chat.completions.create(
    { messages: [{ role: "user", content }], model: MODEL, ...fields, stream: false },
    { headers: { "x-alcove-mode": "read" } },
  );
  return answer.metadata.memories.map(({ memory }) => memory);
}
