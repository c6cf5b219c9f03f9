import { expect, it } from "vitest";
import { refusedHeaders } from "./refused-headers.ts";

const headers = new Headers({
  authorization: "Bearer k",
  "content-type": "application/json",
  accept: "application/json",
  "x-stainless-lang": "js",
  "x-stainless-retry-count": "0",
  "x-title": "My app",
});
const refused = (url: string): readonly string[] => refusedHeaders(new URL(url), headers);

it("takes off what a host is known to refuse, and nothing on any other", () => {
  expect(refused("https://api.mistral.ai/v1/chat/completions")).toEqual([
    "x-stainless-lang",
    "x-stainless-retry-count",
  ]);
  expect(refused("https://api.fireworks.ai/inference/v1/chat/completions")).toEqual([
    "x-stainless-lang",
    "x-stainless-retry-count",
    "x-title",
  ]);
  for (const url of [
    "https://api.openai.com/v1/chat/completions",
    "https://mistral.ai.example.com/v1/chat/completions",
    "https://openrouter.ai/api/v1/chat/completions",
  ])
    expect(refused(url)).toEqual([]);
});
