import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChatRequest } from "./chat-request.ts";
import { composeReply } from "./compose-reply.ts";
import { readEvidence } from "./read-evidence.ts";

interface Message {
  readonly role: string;
  readonly content: unknown;
}

function reply(messages: readonly Message[]): string {
  const request = readChatRequest(JSON.stringify({ model: "scripted", messages }));
  if (request === null) throw new Error("not a chat request");
  return composeReply(readEvidence(request));
}

const block = (...lines: readonly string[]): string =>
  ["<notes-x1>", "For reference:", ...lines, "</notes-x1>"].join("\n");

describe("the scripted model", () => {
  it("quotes the line of a block that shares words with the question, with its day", () => {
    const user = `${block("[2026-05-02]", "user: My canoe is painted yellow.", "user: I never drink tea.")}\n\nWhich colour has my canoe?`;
    const said = reply([{ role: "user", content: user }]);
    expect(said).toContain("on 2026-05-02: “My canoe is painted yellow.”");
    expect(said).not.toContain("tea");
  });

  it("quotes what was put beside the question even when no word is shared, the nearest block first", () => {
    const system = `Be kind.\n${block("- user: I never drink tea.")}`;
    const user = `${block("user: My canoe is painted yellow.")}\nAny ideas for July?`;
    const said = reply([
      { role: "system", content: system },
      { role: "user", content: [{ type: "text", text: user }] },
    ]);
    expect(said.indexOf("canoe")).toBeGreaterThan(-1);
    expect(said.indexOf("canoe")).toBeLessThan(said.indexOf("tea"));
  });

  it("prefers what people said to what a model answered", () => {
    const user = `${block("assistant: Your canoe might be yellow, red or blue canoe.", "user: My canoe is painted yellow.")}\nWhat about my canoe?`;
    expect(reply([{ role: "user", content: user }])).toMatch(
      /^You told me: “My canoe is painted yellow\.”/u,
    );
  });

  it("says that it knows nothing where nothing is given, and adds nothing to a statement", () => {
    expect(reply([{ role: "user", content: "Which colour has my canoe?" }])).toMatch(
      /^I know nothing about that/u,
    );
    expect(reply([{ role: "user", content: "My canoe is yellow." }])).not.toContain("canoe");
  });

  it("never quotes a word that does not stand in the request", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 60 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), text, (lines, question) => {
        const messages = [
          {
            role: "user",
            content: `${block(...lines.map((line) => `user: ${line}`))}\n${question}`,
          },
        ];
        const given = messages
          .map((message) => message.content)
          .join("\n")
          .replaceAll("“", "‘")
          .replaceAll("”", "’");
        for (const [, quoted] of reply(messages).matchAll(/“([^”]*)”/gu))
          expect(given).toContain(quoted);
      }),
    );
  });

  it("refuses what is no chat request", () => {
    for (const body of ["", "[]", "null", "{}", '{"messages":[]}', '{"messages":"hi"}', "{"])
      expect(readChatRequest(body)).toBeNull();
  });
});
