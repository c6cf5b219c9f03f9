import { fieldsIn, textIn, type Wire } from "./wire.ts";

/** Ollama's own API. */
export const ollamaChat: Wire = {
  label: "Ollama",
  framing: "lines",
  request: ({ model, system, turns, apiKey }) => ({
    path: "/api/chat",
    headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
    body: {
      model,
      stream: true,
      messages: [
        { role: "system", content: system },
        ...turns.map(({ role, text }) => ({ role, content: text })),
      ],
    },
  }),
  hear(event) {
    const problem = textIn(event, "error");
    if (problem !== "") return { problem };
    return {
      text: textIn(fieldsIn(event, "message"), "content"),
      ended: event["done"] === true,
    };
  },
};
