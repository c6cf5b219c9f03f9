import { describe, expect, it } from "vitest";
import { geminiGenerate } from "./gemini-generate.ts";
import { describeProviderAdapter } from "./provider-adapter.contract.ts";

const host = "https://generativelanguage.googleapis.com";
const url = new URL(`${host}/v1/models/gemini-x:generateContent`);
const chunk = (parts: readonly object[], finishReason?: string): object => ({
  candidates: [{ content: { role: "model", parts }, ...(finishReason ? { finishReason } : {}) }],
});
const call = {
  functionCall: { name: "weather", args: { city: "Oslo" } },
  thoughtSignature: "c2ln",
};

describeProviderAdapter(geminiGenerate, {
  url: url.href,
  foreignUrls: [
    `${host}/v1/models/gemini-x:countTokens`,
    `${host}/v1/models/gemini-x:embedContent`,
    `${host}/v1beta/cachedContents`,
    `${host}/v1/models`,
    `${host}/v1/interactions`,
  ],
  bodies: {
    "one content": { contents: [{ role: "user", parts: [{ text: "Hello there" }] }] },
    "system and history": {
      systemInstruction: { role: "user", parts: [{ text: "Be brief." }] },
      generationConfig: { temperature: 0.2 },
      contents: [
        { role: "user", parts: [{ text: "One?" }] },
        {
          role: "model",
          parts: [
            { text: "Hm.", thought: true },
            { text: "Two.", thoughtSignature: "c2ln" },
          ],
        },
        {
          role: "user",
          parts: [{ inlineData: { mimeType: "image/png", data: "AAAA" } }, { text: "Three?" }],
        },
      ],
    },
    "snake case": {
      system_instruction: { parts: [{ text: "Rules." }] },
      contents: [{ parts: [{ text: "No role?" }] }],
    },
    "a content without a list": { contents: { role: "user", parts: [{ text: "Alone?" }] } },
  },
  toolContinuation: {
    contents: [
      { role: "user", parts: [{ text: "Weather?" }] },
      { role: "model", parts: [call] },
      {
        role: "user",
        parts: [{ functionResponse: { name: "weather", response: { out: "rain" } } }],
      },
    ],
  },
  answers: [
    {
      whole: chunk([{ text: "Hm.", thought: true }, { text: "It " }, { text: "rains." }], "STOP"),
      events: [
        JSON.stringify(chunk([{ text: "Hm.", thought: true }])),
        JSON.stringify(chunk([{ text: "It " }])),
        JSON.stringify(chunk([{ text: "rains." }], "STOP")),
      ],
      text: "It rains.",
      hasToolCalls: false,
    },
    {
      whole: chunk([{ text: "Looking." }, call], "STOP"),
      events: [
        JSON.stringify(chunk([{ text: "Look" }])),
        JSON.stringify(chunk([{ text: "ing." }])),
        JSON.stringify(chunk([call], "STOP")),
      ],
      text: "Looking.",
      hasToolCalls: true,
    },
  ],
});

describe("Gemini", () => {
  const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
  const read = (path: string, body: object = { contents }) => {
    const at = new URL(host + path);
    return geminiGenerate.matches(at) ? geminiGenerate.read(body, at) : null;
  };

  it("reads model and kind of stream from the path", () => {
    for (const version of ["v1", "v1beta", "v1alpha"])
      expect(read(`/${version}/models/gemini-x:generateContent`)?.stream).toBe(false);
    expect(read("/v1/models/gemini-x:streamGenerateContent?alt=sse")).toMatchObject({
      stream: true,
      streamFormat: "sse",
      model: "gemini-x",
    });
    expect(read("/v1beta/models/g:streamGenerateContent?key=k")?.streamFormat).toBe("json-array");
    expect(
      read("/v1/projects/p/locations/l/publishers/google/models/gemini-x:generateContent")?.model,
    ).toBe("gemini-x");
  });

  it("leaves the system text alone where the request names cached content", () => {
    const body = { cachedContent: "cachedContents/1", contents };
    const augmented = read("/v1/models/g:generateContent", body)!.augment({
      profile: "⟦profile⟧",
      recall: "⟦recall⟧",
      placement: "split",
    });
    expect(augmented).toEqual({
      cachedContent: "cachedContents/1",
      contents: [{ role: "user", parts: [{ text: "⟦profile⟧\n\n⟦recall⟧" }, { text: "Hi" }] }],
    });
  });

  it("stands behind a function's answer when the user adds words to it", () => {
    const result = { functionResponse: { name: "w", response: {} } };
    const body = { contents: [{ role: "user", parts: [result, { text: "Now?" }] }] };
    expect(
      read("/v1/models/g:generateContent", body)!.augment({
        profile: "",
        recall: "⟦recall⟧",
        placement: "split",
      }),
    ).toEqual({
      contents: [{ role: "user", parts: [result, { text: "⟦recall⟧" }, { text: "Now?" }] }],
    });
  });
});
