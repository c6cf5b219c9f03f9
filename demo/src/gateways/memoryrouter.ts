import type { Gateway } from "./gateway.ts";
import { openClient, textOf } from "./open-client.ts";
import { changed, inPage, plain, quoted, setup } from "./snippet-lines.ts";

const KEY = "mk_made_up_for_this_page";
const BASE = "https://api.memoryrouter.ai/v1";
const MODEL = "openai/gpt-5.5";

export const memoryRouter: Gateway = {
  name: "MemoryRouter",
  dialect: "memoryrouter",
  host: "api.memoryrouter.ai",
  hint: "One memory key for each person.",
  note: "The key selects whose memories they are. Of the key itself, only a one-way hash is kept.",
  snippet: (said) => [
    ...plain('import OpenAI from "openai";'),
    ...setup("openai"),
    ...plain("", "const client = new OpenAI({", `  apiKey: "${KEY}",`, `  baseURL: "${BASE}",`),
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
      apiKey: KEY,
      baseURL: BASE,
      fetch: memory.fetch,
    });
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: said }],
    });
    return textOf(answer);
  },
};
