import { describe, expect, it } from "vitest";
import { geminiInteractions } from "./gemini-interactions.ts";
import { describeProviderAdapter } from "./provider-adapter.contract.ts";

const url = new URL("https://generativelanguage.googleapis.com/v1/interactions");
const event = (event_type: string, rest: object): string => JSON.stringify({ event_type, ...rest });
const text = (value: string): object => ({ type: "text", text: value });
const call = { type: "function_call", id: "c1", name: "weather", arguments: { city: "Oslo" } };

describeProviderAdapter(geminiInteractions, {
  url: url.href,
  foreignUrls: [
    "https://generativelanguage.googleapis.com/v1/interactions/int_1",
    "https://generativelanguage.googleapis.com/v1/interactions/int_1/cancel",
    "https://generativelanguage.googleapis.com/v1/models",
    "https://example.com/interactions",
  ],
  bodies: {
    "a string": { model: "gemini-x", input: "Hello there" },
    "contents of one turn": {
      model: "gemini-x",
      store: false,
      input: [text("What is it?"), { type: "image", data: "AAAA", mime_type: "image/png" }],
    },
    "steps and system": {
      model: "gemini-x",
      system_instruction: "Be brief.",
      stream: true,
      input: [
        { type: "user_input", content: [text("One?")] },
        { type: "thought", signature: "c2ln" },
        { type: "model_output", content: [text("Two.")] },
        { type: "user_input", content: [text("Three?")] },
      ],
    },
    "one content": { agent: "deep-x", background: true, input: text("Look it up") },
  },
  toolContinuation: {
    model: "gemini-x",
    previous_interaction_id: "int_1",
    input: [{ type: "function_result", call_id: "c1", result: "rain" }],
  },
  answers: [
    {
      whole: {
        id: "int_2",
        status: "completed",
        steps: [
          { type: "thought", signature: "c2ln" },
          { type: "model_output", content: [text("It rains.")] },
        ],
      },
      events: [
        event("interaction.created", { interaction: { id: "int_2", status: "in_progress" } }),
        event("step.start", { index: 0, step: { type: "model_output" } }),
        event("step.delta", { index: 0, delta: text("It ") }),
        event("step.delta", { index: 0, delta: text("rains.") }),
        event("step.stop", { index: 0 }),
        event("interaction.completed", { interaction: { id: "int_2", status: "completed" } }),
      ],
      text: "It rains.",
      hasToolCalls: false,
      id: "int_2",
    },
    {
      whole: {
        id: "int_3",
        status: "requires_action",
        steps: [{ type: "model_output", content: [text("Looking.")] }, call],
      },
      events: [
        event("interaction.created", { interaction: { id: "int_3" } }),
        event("step.start", {
          index: 0,
          step: { type: "model_output", content: [text("Looking.")] },
        }),
        event("step.start", { index: 1, step: call }),
        event("interaction.completed", { interaction: { id: "int_3", status: "requires_action" } }),
      ],
      text: "Looking.",
      hasToolCalls: true,
      id: "int_3",
    },
  ],
});

describe("what Interactions keep", () => {
  const blocks = { profile: "⟦profile⟧", recall: "⟦recall⟧", placement: "split" } as const;
  it("puts nothing into an input that the server keeps", () => {
    for (const body of [
      { model: "g", input: "Hi", previous_interaction_id: "int_1", store: false },
      { model: "g", input: "Hi" },
    ]) {
      const augmented = geminiInteractions.read(body, url)!.augment(blocks) as Record<
        string,
        unknown
      >;
      expect(augmented["input"]).toBe("Hi");
      expect(augmented["system_instruction"]).toBe("⟦profile⟧\n\n⟦recall⟧");
    }
  });

  it("names the interaction that it follows", () => {
    const body = { model: "g", input: "Hi", previous_interaction_id: "int_1" };
    expect(geminiInteractions.read(body, url)?.follows).toEqual({ kind: "answer", id: "int_1" });
  });
});
