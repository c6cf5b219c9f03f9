import { fieldsIn, listIn, textIn, type Wire } from "./wire.ts";

/** OpenAI Chat Completions, and all that is compatible with it. */
export const openAiChat: Wire = {
  label: "Chat Completions",
  framing: "events",
  request: ({ model, system, turns, apiKey }) => ({
    path: "/chat/completions",
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
    const problem = textIn(fieldsIn(event, "error"), "message");
    if (problem !== "") return { problem };
    const [choice] = listIn(event, "choices");
    if (choice === undefined) return {};
    return {
      text: textIn(fieldsIn(choice, "delta"), "content"),
      ended: textIn(choice, "finish_reason") !== "",
    };
  },
};
