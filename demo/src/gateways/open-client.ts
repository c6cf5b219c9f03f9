import type OpenAI from "openai";
import type { ClientOptions } from "openai";

/** The client that the snippets import. It is the largest script of the page, and nothing else needs it. */
export async function openClient(options: ClientOptions): Promise<OpenAI> {
  const { default: Client } = await import("openai");
  return new Client({ ...options, dangerouslyAllowBrowser: true });
}

/** What the snippets go on with: the first choice's text. */
export function textOf(answer: {
  readonly choices: readonly { readonly message: { readonly content: string | null } }[];
}): string {
  return answer.choices[0]?.message.content ?? "";
}
