/** One question as a client of each wire sends it. */
export interface BenchCall {
  readonly path: string;
  readonly body: string;
}

interface BenchWire {
  readonly name: string;
  readonly path: string;
  readonly bodyOf: (text: string) => object;
}

/** The wire that the plain figures are of. */
export const USUAL_WIRE: BenchWire = {
  name: "openai-chat",
  path: "/v1/chat/completions",
  bodyOf: (text) => ({ model: "bench", messages: [{ role: "user", content: text }] }),
};

export const OTHER_WIRES: readonly BenchWire[] = [
  {
    name: "openai-responses",
    path: "/v1/responses",
    bodyOf: (text) => ({ model: "bench", store: false, input: [{ role: "user", content: text }] }),
  },
  {
    name: "anthropic-messages",
    path: "/v1/messages",
    bodyOf: (text) => ({
      model: "bench",
      max_tokens: 100,
      messages: [{ role: "user", content: text }],
    }),
  },
  {
    name: "gemini-generate",
    path: "/v1beta/models/bench:generateContent",
    bodyOf: (text) => ({ contents: [{ role: "user", parts: [{ text }] }] }),
  },
  {
    name: "gemini-interactions",
    path: "/v1beta/interactions",
    bodyOf: (text) => ({ model: "bench", store: false, input: text }),
  },
  {
    name: "ollama-chat",
    path: "/api/chat",
    bodyOf: (text) => ({
      model: "bench",
      stream: false,
      messages: [{ role: "user", content: text }],
    }),
  },
];

export function callsOf(wire: BenchWire, texts: readonly string[]): readonly BenchCall[] {
  return texts.map((text) => ({ path: wire.path, body: JSON.stringify(wire.bodyOf(text)) }));
}
