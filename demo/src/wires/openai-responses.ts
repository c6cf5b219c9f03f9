import { fieldsIn, textIn, type Wire } from "./wire.ts";

/** OpenAI Responses. The page sends the whole conversation each time, so that the provider need not store it. */
export const openAiResponses: Wire = {
  label: "Responses",
  framing: "events",
  request: ({ model, system, turns, apiKey }) => ({
    path: "/responses",
    headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
    body: {
      model,
      stream: true,
      store: false,
      instructions: system,
      input: turns.map(({ role, text }) => ({ role, content: text })),
    },
  }),
  hear(event) {
    switch (event["type"]) {
      case "response.output_text.delta":
      case "response.refusal.delta":
        return { text: textIn(event, "delta") };
      case "response.completed":
      case "response.incomplete":
        return { ended: true };
      case "response.failed":
        return { problem: textIn(fieldsIn(fieldsIn(event, "response"), "error"), "message") };
      case "error":
        return { problem: textIn(event, "message") };
      default:
        return {};
    }
  },
};
