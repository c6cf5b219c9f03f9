import type { Gateway } from "./gateway.ts";
import { openClient, textOf } from "./open-client.ts";
import { changed, inPage, plain, plainSetup, quoted } from "./snippet-lines.ts";

const BASE = "https://api.supermemory.ai/v3/https://api.openai.com/v1";
const PROVIDER_KEY = "made-up-provider-key";
const MODEL = "gpt-5.5";
const HEADERS = {
  "x-supermemory-api-key": "sm_made_up_for_this_page",
  "x-sm-user-id": "person-7",
  "x-sm-conversation-id": "trip-notes",
};

export const supermemory: Gateway = {
  name: "supermemory router",
  dialect: "supermemory",
  host: "api.supermemory.ai",
  hint: "The provider’s own address behind a prefix, ids in headers.",
  note: "The code sends the new message only. What was said in this conversation before comes from this device.",
  snippet: (said) => [
    ...plain('import OpenAI from "openai";'),
    ...plainSetup,
    ...plain(
      "",
      "const client = new OpenAI({",
      `  apiKey: "${PROVIDER_KEY}",`,
      `  baseURL: "${BASE}",`,
      "  defaultHeaders: {",
      ...Object.entries(HEADERS).map(([name, value]) => `    "${name}": "${value}",`),
      "  },",
    ),
    inPage,
    changed,
    ...plain(
      "});",
      "",
      "const answer = await client.chat.completions.create({",
      `  model: "${MODEL}",`,
      `  messages: [{ role: "user", content: ${quoted(said)} }],`,
      "});",
    ),
  ],
  async run({ said, memory }) {
    const client = await openClient({
      apiKey: PROVIDER_KEY,
      baseURL: BASE,
      defaultHeaders: HEADERS,
      fetch: memory.fetch,
    });
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: said }],
    });
    return textOf(answer);
  },
};
