import { fieldsIn, listIn, textIn, type Wire } from "./wire.ts";

export const geminiGenerate: Wire = {
  label: "generateContent",
  framing: "events",
  request: ({ model, system, turns, apiKey }) => ({
    path: `/v1beta/models/${encodeURIComponent(model.replace(/^models\//u, ""))}:streamGenerateContent?alt=sse`,
    headers: apiKey === "" ? {} : { "x-goog-api-key": apiKey },
    body: {
      systemInstruction: { parts: [{ text: system }] },
      contents: turns.map(({ role, text }) => ({
        role: role === "user" ? "user" : "model",
        parts: [{ text }],
      })),
    },
  }),
  hear(event) {
    const problem = textIn(fieldsIn(event, "error"), "message");
    if (problem !== "") return { problem };
    const blocked = textIn(fieldsIn(event, "promptFeedback"), "blockReason");
    if (blocked !== "") return { problem: `The prompt was blocked: ${blocked}.` };
    const [candidate] = listIn(event, "candidates");
    if (candidate === undefined) return {};
    return {
      text: listIn(fieldsIn(candidate, "content"), "parts")
        .filter((part) => part["thought"] !== true)
        .map((part) => textIn(part, "text"))
        .join(""),
      ended: textIn(candidate, "finishReason") !== "",
    };
  },
};
