import { describe, expect, it } from "vitest";
import { anthropicMessages } from "./anthropic-messages.ts";
import { describeProviderAdapter } from "./provider-adapter.contract.ts";

const url = new URL("https://api.anthropic.com/v1/messages");
const event = (type: string, rest: object): string => JSON.stringify({ type, ...rest });

const toolLoop = {
  model: "claude-x",
  max_tokens: 100,
  messages: [
    { role: "user", content: "Weather in Oslo?" },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "Hm.", signature: "c2ln" },
        { type: "tool_use", id: "t1", name: "weather", input: { city: "Oslo" } },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "rain" }] },
  ],
};

describeProviderAdapter(anthropicMessages, {
  url: url.href,
  foreignUrls: [
    "https://api.anthropic.com/v1/messages/count_tokens",
    "https://api.anthropic.com/v1/messages/batches",
    "https://api.anthropic.com/v1/complete",
    "https://api.anthropic.com/v1/models",
  ],
  bodies: {
    "a plain string": {
      model: "claude-x",
      max_tokens: 10,
      messages: [{ role: "user", content: "Hello there" }],
    },
    "system string and history": {
      model: "claude-x",
      max_tokens: 10,
      system: "Be brief.",
      stream: true,
      messages: [
        { role: "user", content: "One?" },
        { role: "assistant", content: [{ type: "text", text: "Two." }] },
        { role: "user", content: [{ type: "text", text: "Three?" }] },
      ],
    },
    "cache markers, thinking and images": {
      model: "claude-x",
      max_tokens: 10,
      thinking: { type: "adaptive" },
      cache_control: { type: "ephemeral" },
      system: [{ type: "text", text: "Rules.", cache_control: { type: "ephemeral", ttl: "1h" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
            { type: "text", text: "What is it?", cache_control: { type: "ephemeral" } },
          ],
        },
      ],
    },
    "tool results before the user's own words": {
      model: "claude-x",
      max_tokens: 10,
      messages: [
        ...toolLoop.messages.slice(0, 2),
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: "rain" },
            { type: "text", text: "And tomorrow?" },
          ],
        },
      ],
    },
  },
  toolContinuation: toolLoop,
  answers: [
    {
      whole: {
        id: "msg_1",
        content: [
          { type: "thinking", thinking: "Let me see.", signature: "c2ln" },
          { type: "text", text: "It rains." },
          { type: "text", text: "Take a coat." },
        ],
        stop_reason: "end_turn",
      },
      events: [
        event("message_start", { message: { id: "msg_1", content: [] } }),
        event("content_block_start", {
          index: 0,
          content_block: { type: "thinking", thinking: "" },
        }),
        event("content_block_delta", {
          index: 0,
          delta: { type: "thinking_delta", thinking: "x" },
        }),
        event("content_block_stop", { index: 0 }),
        event("content_block_start", { index: 1, content_block: { type: "text", text: "" } }),
        event("content_block_delta", { index: 1, delta: { type: "text_delta", text: "It " } }),
        event("ping", {}),
        event("content_block_delta", { index: 1, delta: { type: "text_delta", text: "rains." } }),
        event("content_block_stop", { index: 1 }),
        event("content_block_start", { index: 2, content_block: { type: "text", text: "" } }),
        event("content_block_delta", {
          index: 2,
          delta: { type: "text_delta", text: "Take a coat." },
        }),
        event("message_delta", { delta: { stop_reason: "end_turn" } }),
        event("message_stop", {}),
      ],
      text: "It rains.\nTake a coat.",
      hasToolCalls: false,
    },
    {
      whole: {
        content: [
          { type: "text", text: "Looking." },
          { type: "tool_use", id: "t1", name: "weather", input: {} },
        ],
        stop_reason: "tool_use",
      },
      events: [
        event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
        event("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Looking." } }),
        event("content_block_start", {
          index: 1,
          content_block: { type: "tool_use", id: "t1", name: "weather", input: {} },
        }),
        event("content_block_delta", {
          index: 1,
          delta: { type: "input_json_delta", partial_json: "{}" },
        }),
        event("message_stop", {}),
      ],
      text: "Looking.",
      hasToolCalls: true,
    },
  ],
});

describe("placement in Anthropic Messages", () => {
  const blocks = { profile: "⟦profile⟧", recall: "⟦recall⟧", placement: "split" } as const;
  const augment = (body: unknown): Record<string, unknown> =>
    anthropicMessages.read(body, url)!.augment(blocks) as Record<string, unknown>;

  it("stands behind the tool results, which the API wants first, and before the user's words", () => {
    const messages = [
      ...toolLoop.messages.slice(0, 2),
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "t1", content: "rain" },
          { type: "text", text: "And tomorrow?" },
        ],
      },
    ];
    const last =
      (augment({ model: "m", messages })["messages"] as { content: { type: string }[] }[]).at(-1)
        ?.content ?? [];
    expect(last.map((block) => block.type)).toEqual(["tool_result", "text", "text"]);
    expect(last[1]).toEqual({ type: "text", text: "⟦recall⟧" });
  });

  it("puts the profile behind the app's cached blocks and adds no marker", () => {
    const system = [{ type: "text", text: "Rules.", cache_control: { type: "ephemeral" } }];
    const augmented = augment({ model: "m", system, messages: [{ role: "user", content: "Hi" }] });
    expect(augmented["system"]).toEqual([...system, { type: "text", text: "⟦profile⟧" }]);
  });

  it("knows a call that asks for a schema", () => {
    const messages = [{ role: "user", content: "Title?" }];
    const schema = { type: "json_schema", schema: {} };
    expect(
      anthropicMessages.read({ messages, output_config: { format: schema } }, url)
        ?.hasResponseSchema,
    ).toBe(true);
    expect(
      anthropicMessages.read({ messages, output_config: { effort: "low" } }, url)
        ?.hasResponseSchema,
    ).toBe(false);
  });
});
