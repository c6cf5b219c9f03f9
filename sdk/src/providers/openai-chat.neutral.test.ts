import { describe, expect, it } from "vitest";
import { describeProviderAdapter } from "./provider-adapter.contract.ts";
import { findAdapter } from "./registry.ts";
import { openAiChat } from "./openai-chat.ts";
import type { ProviderCall } from "./provider-adapter.ts";

const url = new URL("https://api.openai.com/v1/chat/completions");
const chunk = (delta: unknown, finish: string | null = null): string =>
  JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }], obfuscation: "ab" });

const toolLoop = {
  model: "gpt-x",
  messages: [
    { role: "developer", content: "You plan trips." },
    { role: "user", content: "Weather in Oslo and Rome?" },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
        { id: "b", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "rain" },
    { role: "tool", tool_call_id: "b", content: "sun" },
  ],
};

describeProviderAdapter(openAiChat, {
  url: url.href,
  foreignUrls: [
    "https://api.openai.com/v1/embeddings",
    "https://api.openai.com/v1/responses",
    "https://api.openai.com/v1/chat/completions/chatcmpl-1/messages",
    "https://api.openai.com/v1/files",
    "https://api.openai.com/v1/chat/completionsx",
    "https://api.openai.com/",
  ],
  bodies: {
    "plain strings": { model: "gpt-x", messages: [{ role: "user", content: "Hello there" }] },
    "system and history": {
      model: "gpt-x",
      temperature: 0.25,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "One?" },
        { role: "assistant", content: "Two." },
        { role: "user", content: "Three?", name: "ada" },
      ],
      stream: true,
      stream_options: { include_usage: true },
    },
    "parts with cache markers": {
      model: "gpt-x",
      messages: [
        {
          role: "developer",
          content: [
            {
              type: "text",
              text: "Rules.",
              prompt_cache_breakpoint: { mode: "explicit", ttl: "30m" },
            },
          ],
        },
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          ],
        },
      ],
    },
    "unknown roles and fields of the future": {
      model: "gpt-x",
      future_option: { deep: [1, 2, { three: null }] },
      messages: [
        { role: "critic", content: "hm", weight: 3 },
        { role: "user", content: "Go on.", audit: { id: 7 } },
      ],
    },
  },
  toolContinuation: toolLoop,
  answers: [
    {
      text: "Hello wörld 🦦",
      hasToolCalls: false,
      whole: {
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Hello wörld 🦦", refusal: null },
            finish_reason: "stop",
          },
        ],
      },
      events: [
        chunk({ role: "assistant", content: "" }),
        chunk({ content: "Hello " }),
        chunk({ content: "wörld 🦦" }),
        chunk({}, "stop"),
        "[DONE]",
      ],
    },
    {
      text: "I cannot help with that.",
      hasToolCalls: false,
      whole: {
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: null, refusal: "I cannot help with that." },
            finish_reason: "stop",
          },
        ],
      },
      events: [
        chunk({ role: "assistant", content: null, refusal: "" }),
        chunk({ refusal: "I cannot " }),
        chunk({ refusal: "help with that." }),
        chunk({}, "stop"),
      ],
    },
    {
      text: "",
      hasToolCalls: true,
      whole: {
        choices: [
          {
            index: 0,
            message: {
              role: "assistant",
              content: null,
              tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
            },
            finish_reason: "tool_calls",
          },
        ],
      },
      events: [
        chunk({ role: "assistant", content: null }),
        chunk({
          tool_calls: [
            { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
          ],
        }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] }),
        chunk({}, "tool_calls"),
        JSON.stringify({ choices: [], usage: { total_tokens: 3 } }),
        "[DONE]",
      ],
    },
  ],
});

function read(body: unknown): ProviderCall {
  const call = openAiChat.read(body, url);
  if (call === null) throw new Error("not read");
  return call;
}

function messagesOf(
  augmented: unknown,
): readonly { readonly role: string; readonly content: unknown }[] {
  return (
    augmented as {
      readonly messages: readonly { readonly role: string; readonly content: unknown }[];
    }
  ).messages;
}

describe("openAiChat", () => {
  it("is found for every host that speaks the wire", () => {
    for (const known of [
      "https://openrouter.ai/api/v1/chat/completions",
      "https://me.openai.azure.com/openai/deployments/gpt-x/chat/completions?api-version=2026-01-01",
      "https://me.openai.azure.com/openai/v1/chat/completions",
      "http://localhost:1234/v1/chat/completions",
    ]) {
      expect(findAdapter(new URL(known))?.wire, known).toBe("openai-chat");
    }
    expect(findAdapter(new URL("https://api.openai.com/v1/embeddings"))).toBeNull();
  });

  it("takes the model of an Azure deployment from the path", () => {
    const azure = new URL(
      "https://me.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=1",
    );
    expect(openAiChat.read({ messages: [{ role: "user", content: "x" }] }, azure)?.model).toBe(
      "my-gpt",
    );
  });

  it("reads turns as text: no system texts, no tool results, no empty messages, markers for what is no text", () => {
    const call = read({
      messages: [
        { role: "system", content: "S1" },
        { role: "developer", content: [{ type: "text", text: "S2" }] },
        {
          role: "user",
          name: "ada",
          content: [
            { type: "text", text: "Look" },
            { type: "image_url", image_url: { url: "x" } },
          ],
        },
        { role: "assistant", content: null, refusal: "No." },
        { role: "assistant", content: "", tool_calls: [] },
        { role: "tool", tool_call_id: "1", content: "payload" },
        { role: "user", content: [{ type: "input_audio", input_audio: {} }] },
        null,
        "stray",
      ],
    });
    expect(call.turns).toEqual([
      { role: "user", text: "Look\n[image]", name: "ada" },
      { role: "assistant", text: "No." },
      { role: "user", text: "[audio]" },
    ]);
    expect(call.system).toBe("S1\n\nS2");
    expect(call.last).toBe("user");
  });

  it("sees the last item of the conversation through a trailing system reminder", () => {
    expect(
      read({
        messages: [
          { role: "user", content: "x" },
          { role: "system", content: "Reminder." },
        ],
      }).last,
    ).toBe("user");
    expect(read({ messages: [{ role: "system", content: "only" }] }).last).toBe("none");
    expect(
      read({
        messages: [
          { role: "user", content: "x" },
          { role: "assistant", content: "pre" },
        ],
      }).last,
    ).toBe("assistant");
  });

  it("detects a response schema", () => {
    const messages = [{ role: "user", content: "x" }];
    expect(
      read({ messages, response_format: { type: "json_schema", json_schema: {} } })
        .hasResponseSchema,
    ).toBe(true);
    expect(read({ messages, response_format: { type: "json_object" } }).hasResponseSchema).toBe(
      true,
    );
    expect(read({ messages, response_format: { type: "text" } }).hasResponseSchema).toBe(false);
    expect(read({ messages }).hasResponseSchema).toBe(false);
  });

  it("puts the profile at the end of the first system text and the recall before the user's own text", () => {
    const body = {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "system", content: "Second." },
        { role: "user", content: "Hi" },
      ],
    };
    expect(
      messagesOf(read(body).augment({ profile: "P", recall: "R", placement: "split" })),
    ).toEqual([
      { role: "system", content: "Be brief.\n\nP" },
      { role: "system", content: "Second." },
      { role: "user", content: "R\n\nHi" },
    ]);
  });

  it("makes a system message where there is none, and only for a profile", () => {
    const body = { messages: [{ role: "user", content: "Hi" }] };
    expect(
      messagesOf(read(body).augment({ profile: "P", recall: "", placement: "split" })),
    ).toEqual([
      { role: "system", content: "P" },
      { role: "user", content: "Hi" },
    ]);
    expect(
      messagesOf(read(body).augment({ profile: "", recall: "R", placement: "split" })),
    ).toEqual([{ role: "user", content: "R\n\nHi" }]);
  });

  it("adds text parts to messages of parts and leaves the app's own markers on their parts", () => {
    const marked = { type: "text", text: "Rules.", cache_control: { type: "ephemeral" } };
    const image = { type: "image_url", image_url: { url: "x" } };
    const body = {
      messages: [
        { role: "developer", content: [marked] },
        { role: "user", content: [image] },
      ],
    };
    expect(
      messagesOf(read(body).augment({ profile: "P", recall: "R", placement: "split" })),
    ).toEqual([
      { role: "developer", content: [marked, { type: "text", text: "P" }] },
      { role: "user", content: [{ type: "text", text: "R" }, image] },
    ]);
  });

  it("never comes between a tool call and its results", () => {
    const augmented = messagesOf(
      read(toolLoop).augment({ profile: "P", recall: "R", placement: "split" }),
    );
    expect(augmented.map((message) => message.role)).toEqual([
      "developer",
      "user",
      "assistant",
      "tool",
      "tool",
    ]);
    expect(augmented[1]?.content).toBe("R\n\nWeather in Oslo and Rome?");
    expect(augmented.slice(2)).toEqual(toolLoop.messages.slice(2));
  });

  it("reads choice 0 only", () => {
    const reader = read({ n: 2, messages: [{ role: "user", content: "x" }] }).createAnswerReader();
    reader.readEvent(
      JSON.stringify({ choices: [{ index: 1, delta: { content: "no" }, finish_reason: "stop" }] }),
    );
    reader.readEvent(
      JSON.stringify({
        choices: [
          { index: 1, delta: { content: "no" } },
          { index: 0, delta: { content: "yes" } },
        ],
      }),
    );
    expect(reader.answer()).toEqual({ text: "yes", complete: false, hasToolCalls: false });
  });

  it("leaves reasoning out", () => {
    const reader = read({ messages: [{ role: "user", content: "x" }] }).createAnswerReader();
    reader.readEvent(chunk({ reasoning: "secret", reasoning_content: "secret" }));
    reader.readEvent(
      chunk({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "secret" }] },
          { type: "text", text: "said" },
        ],
      }),
    );
    expect(reader.answer().text).toBe("said");
  });
});
