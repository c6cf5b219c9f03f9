import type { Gateway } from "./gateway.ts";
import { openClient, textOf } from "./open-client.ts";
import { changed, inPage, plain, quoted, setup } from "./snippet-lines.ts";

const KEY = "msk_made_up_for_this_page";
const BASE = "https://gateway-api.mastra.ai/v1";
const MODEL = "google/gemini-3.5-flash";
const HEADERS = { "x-resource-id": "person-12", "x-thread-id": "kitchen-talk" };

export const mastra: Gateway = {
  name: "Mastra gateway",
  dialect: "mastra",
  host: "gateway-api.mastra.ai",
  hint: "A resource and a thread in the headers of each call.",
  note: "The code sends the new message only. What was said in this thread before comes from this device.",
  snippet: (said) => [
    ...plain('import OpenAI from "openai";'),
    ...setup("google"),
    ...plain("", "const client = new OpenAI({", `  apiKey: "${KEY}",`, `  baseURL: "${BASE}",`),
    inPage,
    changed,
    ...plain(
      "});",
      "",
      "const answer = await client.chat.completions.create(",
      "  {",
      `    model: "${MODEL}",`,
      `    messages: [{ role: "user", content: ${quoted(said)} }],`,
      "  },",
      "  {",
      "    headers: {",
      ...Object.entries(HEADERS).map(([name, value]) => `      "${name}": "${value}",`),
      "    },",
      "  },",
      ");",
    ),
  ],
  async run({ said, memory }) {
    const client = await openClient({
      apiKey: KEY,
      baseURL: BASE,
      fetch: memory.fetch,
    });
    const answer = await client.chat.completions.create(
      { model: MODEL, messages: [{ role: "user", content: said }] },
      { headers: HEADERS },
    );
    return textOf(answer);
  },
};
