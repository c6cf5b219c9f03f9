import type OpenAI from "openai";
import type { Gateway } from "./gateway.ts";
import { openClient, textOf } from "./open-client.ts";
import { changed, inPage, plain, quoted, setup } from "./snippet-lines.ts";

const KEY = "um_made_up_for_this_page";
const BASE = "https://edge-api.jithendranara.dev/v1";
const MODEL = "minimax/MiniMax-M2.7";
const MEMORY = { container_tag: "workshop", trust_policy: "balanced", max_context_tokens: 600 };

export const unifiedMemory: Gateway = {
  name: "UnifiedMemory",
  dialect: "unifiedmemory",
  host: "edge-api.jithendranara.dev",
  hint: "A memory object in the body names a container.",
  note: "What is said in a container stays in it. The answer has a memory block of its own, as the code may expect.",
  snippet: (said) => [
    ...plain('import OpenAI from "openai";'),
    ...setup("minimax"),
    ...plain("", "const client = new OpenAI({", `  apiKey: "${KEY}",`, `  baseURL: "${BASE}",`),
    inPage,
    changed,
    ...plain(
      "});",
      "",
      "const answer = await client.chat.completions.create({",
      `  model: "${MODEL}",`,
      `  messages: [{ role: "user", content: ${quoted(said)} }],`,
      "  memory: {",
      ...Object.entries(MEMORY).map(([name, value]) => `    ${name}: ${JSON.stringify(value)},`),
      "  },",
      "});",
    ),
  ],
  async run({ said, memory }) {
    const client = await openClient({ apiKey: KEY, baseURL: BASE, fetch: memory.fetch });
    const body: OpenAI.ChatCompletionCreateParamsNonStreaming & { readonly memory: object } = {
      model: MODEL,
      messages: [{ role: "user", content: said }],
      memory: MEMORY,
    };
    return textOf(await client.chat.completions.create(body));
  },
};
