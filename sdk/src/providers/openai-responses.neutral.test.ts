import { describe, expect, it } from "vitest";
import { openAiResponses } from "./openai-responses.ts";
import { describeProviderAdapter } from "./provider-adapter.contract.ts";

const url = new URL("https://api.openai.com/v1/responses");
const event = (type: string, rest: object): string => JSON.stringify({ type, ...rest });
const message = (text: string, rest: object = {}): object => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
  ...rest,
});
const call = { type: "function_call", call_id: "c1", name: "weather", arguments: "{}" };

describeProviderAdapter(openAiResponses, {
  url: url.href,
  foreignUrls: [
    "https://api.openai.com/v1/responses/resp_1",
    "https://api.openai.com/v1/responses/resp_1/cancel",
    "https://api.openai.com/v1/responses/input_tokens",
    "https://api.openai.com/v1/conversations",
    "https://api.openai.com/v1/chat/completions",
  ],
  bodies: {
    "a string": { model: "gpt-x", input: "Hello there" },
    "a string and instructions, not stored": {
      model: "gpt-x",
      input: "Hello there",
      instructions: "Be brief.",
      store: false,
    },
    "items with history": {
      model: "gpt-x",
      stream: true,
      input: [
        { role: "developer", content: "Rules." },
        { role: "user", content: "One?" },
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "AAAA" },
        message("Two."),
        {
          type: "message",
          role: "user",
          content: [
            { type: "input_text", text: "Three?" },
            { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "low" },
          ],
        },
      ],
    },
    "items of the future": {
      model: "gpt-x",
      future: { deep: [1, null] },
      input: [
        { type: "hologram", data: 7 },
        { role: "user", content: "Go on." },
      ],
    },
  },
  toolContinuation: {
    model: "gpt-x",
    input: [
      { role: "user", content: "Weather?" },
      call,
      { type: "function_call_output", call_id: "c1", output: "rain" },
    ],
  },
  answers: [
    {
      whole: {
        id: "resp_1",
        status: "completed",
        output: [
          { type: "reasoning", summary: [] },
          message("Let me look.", { phase: "commentary" }),
          message("It rains."),
        ],
      },
      events: [
        event("response.created", { response: { id: "resp_1", status: "in_progress" } }),
        event("response.output_item.added", { output_index: 0, item: { type: "reasoning" } }),
        event("response.output_item.added", {
          output_index: 1,
          item: { type: "message", phase: "commentary" },
        }),
        event("response.output_text.delta", { output_index: 1, delta: "Let me look." }),
        event("response.output_item.added", { output_index: 2, item: { type: "message" } }),
        event("response.content_part.added", { output_index: 2, content_index: 0 }),
        event("response.output_text.delta", { output_index: 2, content_index: 0, delta: "It " }),
        event("response.output_text.delta", { output_index: 2, content_index: 0, delta: "rains." }),
        event("response.output_text.done", { output_index: 2, text: "It rains." }),
        event("response.completed", { response: { id: "resp_1", status: "completed" } }),
      ],
      text: "It rains.",
      hasToolCalls: false,
      id: "resp_1",
    },
    {
      whole: { id: "resp_2", status: "completed", output: [call] },
      events: [
        event("response.created", { response: { id: "resp_2" } }),
        event("response.output_item.added", { output_index: 0, item: call }),
        event("response.function_call_arguments.delta", { output_index: 0, delta: "{}" }),
        event("response.completed", { response: { id: "resp_2" } }),
      ],
      text: "",
      hasToolCalls: true,
      id: "resp_2",
    },
  ],
});

describe("what Responses keep", () => {
  const blocks = { profile: "⟦profile⟧", recall: "⟦recall⟧", placement: "split" } as const;
  const augment = (body: object): Record<string, unknown> =>
    openAiResponses.read(body, url)!.augment(blocks) as Record<string, unknown>;

  it("puts nothing into an input that the server keeps", () => {
    for (const body of [
      { model: "g", input: "Hi", previous_response_id: "resp_1" },
      { model: "g", input: "Hi", conversation: { id: "conv_1" } },
      { model: "g", input: "Hi", instructions: "Be brief." },
    ]) {
      const augmented = augment(body);
      expect(augmented["input"]).toBe("Hi");
      expect(augmented["instructions"]).toMatch(/⟦profile⟧\n\n⟦recall⟧$/);
    }
  });

  it("keeps the instructions for the profile where the app sends its history itself", () => {
    const input = [
      { role: "user", content: "One?" },
      { role: "assistant", content: "Two." },
      { role: "user", content: "Three?" },
    ];
    expect(augment({ model: "g", input })).toEqual({
      model: "g",
      input: [...input.slice(0, 2), { role: "user", content: "⟦recall⟧\n\nThree?" }],
      instructions: "⟦profile⟧",
    });
  });

  it("names what it follows", () => {
    const follows = (rest: object): unknown =>
      openAiResponses.read({ model: "g", input: "Hi", ...rest }, url)?.follows;
    expect(follows({})).toBeUndefined();
    expect(follows({ previous_response_id: "resp_1" })).toEqual({ kind: "answer", id: "resp_1" });
    expect(follows({ conversation: "conv_1" })).toEqual({ kind: "conversation", id: "conv_1" });
  });
});
