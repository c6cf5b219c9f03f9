import type { Gateway } from "./gateway.ts";
import { plain, quoted } from "./snippet-lines.ts";

const KEY = "m0-made-up-for-this-page";
const MODEL = "gpt-5.5";
const USER = "person-31";

export const mem0: Gateway = {
  name: "Mem0 client",
  dialect: "mem0",
  host: "api.mem0.ai",
  hint: "A client of its own, with user_id in each call.",
  note: "The original client is one for Python; this is the same call in TypeScript. The memories that were used stand in metadata.memories of the answer. On this page the client is also given the vault of this screen.",
  snippet: (said) => [
    { code: 'import { Mem0 } from "@alcove/sdk/mem0";', mark: "changed" },
    ...plain("", "const client = new Mem0({", `  apiKey: "${KEY}",`),
    { code: "  providers: { openai: { apiKey: providerKey } },", mark: "setup" },
    ...plain(
      "});",
      "",
      "const answer = await client.chat.completions.create({",
      `  model: "${MODEL}",`,
      `  messages: [{ role: "user", content: ${quoted(said)} }],`,
      `  user_id: "${USER}",`,
      "});",
    ),
  ],
  async run({ said, memory }) {
    const { Mem0 } = await import("@alcove/sdk/mem0");
    const client = new Mem0({ apiKey: KEY, memory });
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: said }],
      user_id: USER,
    });
    return answer.choices[0]?.message.content ?? "";
  },
};
