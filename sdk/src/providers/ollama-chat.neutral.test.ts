import { expect, it } from "vitest";
import { ollamaChat } from "./ollama-chat.ts";
import { describeProviderAdapter } from "./provider-adapter.contract.ts";

const url = "http://localhost:11434/api/chat";
const line = (content: string, rest: object = {}): string =>
  JSON.stringify({ model: "m", message: { role: "assistant", content, ...rest }, done: false });
const call = { function: { name: "weather", arguments: { city: "Oslo" } } };

describeProviderAdapter(ollamaChat, {
  url,
  foreignUrls: [
    "http://localhost:11434/api/generate",
    "http://localhost:11434/api/embed",
    "http://localhost:11434/v1/chat/completions",
    "http://localhost:11434/api/chats",
  ],
  bodies: {
    "plain strings": { model: "m", messages: [{ role: "user", content: "Hello there" }] },
    "system, history and images": {
      model: "m",
      keep_alive: "5m",
      options: { num_ctx: 4096 },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "One?" },
        { role: "assistant", content: "Two.", thinking: "Hm." },
        { role: "user", content: "And this?", images: ["AAAA"] },
      ],
    },
  },
  toolContinuation: {
    model: "m",
    messages: [
      { role: "user", content: "Weather?" },
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", content: "rain", tool_name: "weather" },
    ],
  },
  answers: [
    {
      whole: { message: { role: "assistant", content: "It rains.", thinking: "Hm." }, done: true },
      events: [
        line("", { thinking: "Hm." }),
        line("It "),
        line("rains."),
        JSON.stringify({
          message: { role: "assistant", content: "" },
          done: true,
          done_reason: "stop",
        }),
      ],
      text: "It rains.",
      hasToolCalls: false,
    },
    {
      whole: {
        message: { role: "assistant", content: "Looking.", tool_calls: [call] },
        done: true,
      },
      events: [
        line("Look"),
        line("ing."),
        line("", { tool_calls: [call] }),
        JSON.stringify({ message: { content: "" }, done: true }),
      ],
      text: "Looking.",
      hasToolCalls: true,
    },
  ],
});

it("streams unless told otherwise, as lines of JSON", () => {
  const messages = [{ role: "user", content: "Hi" }];
  const read = (body: object): unknown => {
    const { stream, streamFormat, hasResponseSchema } = ollamaChat.read(body, new URL(url))!;
    return { stream, streamFormat, hasResponseSchema };
  };
  expect(read({ messages })).toEqual({
    stream: true,
    streamFormat: "ndjson",
    hasResponseSchema: false,
  });
  expect(read({ messages, stream: false, format: "json" })).toEqual({
    stream: false,
    streamFormat: "ndjson",
    hasResponseSchema: true,
  });
});
