/**
 * Hosts that answer pages but refuse some of the headers that clients add by themselves: the browser then blocks the whole call
 * (CORS preflight). A client cannot know that; `memory.fetch` stands in the one place where it can be mended. Nothing that such a
 * host would act on is taken off.
 *
 * Sources: Niek/chatgpt-web, infio-copilot issue 146 (Mistral), chorus issue 43 (Perplexity), the arnes provider wiki (Fireworks).
 */
const REFUSED: readonly { readonly host: RegExp; readonly header: (name: string) => boolean }[] = [
  {
    host: /^api\.(?:mistral\.ai|perplexity\.ai)$/,
    header: (name) => name.startsWith("x-stainless-"),
  },
  {
    host: /^api\.fireworks\.ai$/,
    header: (name) => !["authorization", "content-type", "accept"].includes(name),
  },
];

/** Names of the headers among these that the host refuses from pages. */
export function refusedHeaders(url: URL, headers: Headers): readonly string[] {
  const rule = REFUSED.find(({ host }) => host.test(url.hostname));
  return rule === undefined ? [] : [...headers.keys()].filter((name) => rule.header(name));
}
