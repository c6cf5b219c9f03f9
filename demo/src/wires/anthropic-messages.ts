import { fieldsIn, textIn, type Wire } from "./wire.ts";

/** The wire has no answer without a bound. */
const MAX_TOKENS = 4096;

export const anthropicMessages: Wire = {
  label: "Messages",
  framing: "events",
  request: ({ model, system, turns, apiKey }) => ({
    path: "/v1/messages",
    headers: {
      ...(apiKey === "" ? {} : { "x-api-key": apiKey }),
      "anthropic-version": "2023-06-01",
      // Without it the provider refuses calls from pages: it wants to be told that the key is the person's own.
      "anthropic-dangerous-direct-browser-access": "true",
    },
    body: {
      model,
      max_tokens: MAX_TOKENS,
      stream: true,
      system,
      messages: turns.map(({ role, text }) => ({ role, content: text })),
    },
  }),
  hear(event) {
    switch (event["type"]) {
      case "content_block_delta":
        return { text: textIn(fieldsIn(event, "delta"), "text") };
      case "message_stop":
        return { ended: true };
      case "error":
        return { problem: textIn(fieldsIn(event, "error"), "message") };
      default:
        return {};
    }
  },
};
