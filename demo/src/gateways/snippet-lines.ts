import type { SnippetLine } from "./gateway.ts";

/** Lines that were there before. */
export const plain = (...lines: readonly string[]): readonly SnippetLine[] =>
  lines.map((code) => ({ code }));

/** What an app does once to have Alcove, with the key of the provider that the gateway held until now. */
export const setup = (provider: string): readonly SnippetLine[] => [
  { code: 'import { createMemory } from "@alcove/sdk";', mark: "setup" },
  { code: "" },
  { code: "const memory = createMemory({", mark: "setup" },
  { code: `  providers: { ${provider}: { apiKey: providerKey } },`, mark: "setup" },
  { code: "});", mark: "setup" },
];

/** The same where the code holds the provider's key already. */
export const plainSetup: readonly SnippetLine[] = [
  { code: 'import { createMemory } from "@alcove/sdk";', mark: "setup" },
  { code: "" },
  { code: "const memory = createMemory();", mark: "setup" },
];

export const inPage: SnippetLine = { code: "  dangerouslyAllowBrowser: true,", mark: "page" };
export const changed: SnippetLine = { code: "  fetch: memory.fetch,", mark: "changed" };

export const quoted = (text: string): string => JSON.stringify(text);
