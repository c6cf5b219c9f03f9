import type { Turn } from "../domain/chat.ts";
import { createAnswerText, parseJson } from "./answer-text.ts";
import { isRecord } from "./openai-chat-content.ts";
import type {
  AnswerReader,
  MemoryBlocks,
  ProviderAdapter,
  ProviderCall,
} from "./provider-adapter.ts";

/** Gemini `generateContent` and `streamGenerateContent`, in every API version, on the Gemini API and on Vertex. */
export const geminiGenerate: ProviderAdapter = {
  wire: "gemini-generate",
  matches: (url) => /\/[^/]+:(?:generateContent|streamGenerateContent)$/.test(url.pathname),
  read(body, url) {
    if (!isRecord(body)) return null;
    const contents = contentsOf(body["contents"]);
    if (contents === null) return null;
    const config = body["generationConfig"] ?? body["generation_config"];
    const call: ProviderCall = {
      turns: contents.flatMap(turnOf),
      system: partsText(body[systemKey(body)]),
      last: readLast(contents),
      hasResponseSchema: asksForSchema(config),
      stream: url.pathname.endsWith(":streamGenerateContent"),
      streamFormat: url.searchParams.get("alt") === "sse" ? "sse" : "json-array",
      model: /([^/]+):[^:/]+$/.exec(url.pathname)?.[1] ?? "",
      augment: (blocks) => withMemory(body, contents, blocks),
      createAnswerReader: createGeminiAnswerReader,
    };
    return call;
  },
};

/** One content may stand without its list. */
function contentsOf(contents: unknown): readonly unknown[] | null {
  if (Array.isArray(contents)) return contents.some(hasParts) ? contents : null;
  return hasParts(contents) ? [contents] : null;
}

function hasParts(content: unknown): content is Readonly<Record<string, unknown>> {
  return isRecord(content) && Array.isArray(content["parts"]);
}

/** The API takes both spellings. */
function systemKey(body: Readonly<Record<string, unknown>>): string {
  return "system_instruction" in body ? "system_instruction" : "systemInstruction";
}

function cachedContent(body: Readonly<Record<string, unknown>>): unknown {
  return body["cachedContent"] ?? body["cached_content"];
}

function turnOf(content: unknown): readonly Turn[] {
  if (!hasParts(content)) return [];
  const text = partsText(content);
  if (text.trim() === "") return [];
  return [{ role: content["role"] === "model" ? "assistant" : "user", text }];
}

/** Thoughts are no words of the answer; media keep a place. */
function partsText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!hasParts(content)) return "";
  return (content["parts"] as readonly unknown[])
    .map((part) => {
      if (!isRecord(part) || part["thought"] === true) return "";
      if (typeof part["text"] === "string") return part["text"];
      const media =
        part["inlineData"] ?? part["inline_data"] ?? part["fileData"] ?? part["file_data"];
      return media === undefined ? "" : "[file]";
    })
    .filter((text) => text !== "")
    .join("\n");
}

function readLast(contents: readonly unknown[]): ProviderCall["last"] {
  const content = contents.findLast(hasParts);
  if (content === undefined) return "none";
  if (content["role"] === "model") return "assistant";
  const last = (content["parts"] as readonly unknown[]).at(-1);
  return isToolResult(last) ? "tool" : "user";
}

function isToolResult(part: unknown): boolean {
  return isRecord(part) && ("functionResponse" in part || "function_response" in part);
}

function asksForSchema(config: unknown): boolean {
  if (!isRecord(config)) return false;
  return ["responseSchema", "response_schema", "responseJsonSchema", "response_json_schema"].some(
    (name) => isRecord(config[name]),
  );
}

/** A request that names cached content may bring no system text of its own: then the profile goes beside the user's turn. */
function withMemory(
  body: Readonly<Record<string, unknown>>,
  contents: readonly unknown[],
  { profile, recall, placement }: MemoryBlocks,
): unknown {
  const split = placement === "split" && cachedContent(body) === undefined;
  const beside = (split ? [recall] : [profile, recall]).filter((text) => text !== "").join("\n\n");
  const next =
    beside === ""
      ? body
      : { ...body, contents: besideLastUserTurn(body["contents"], contents, beside) };
  if (!split || profile === "") return next;
  const key = systemKey(body);
  const own = body[key];
  const part = { text: profile };
  if (typeof own === "string") return { ...next, [key]: { parts: [{ text: own }, part] } };
  return {
    ...next,
    [key]: hasParts(own)
      ? { ...own, parts: [...(own["parts"] as readonly unknown[]), part] }
      : { parts: [part] },
  };
}

/** The first part of the user's last content that is not an answer of a function. */
function besideLastUserTurn(own: unknown, contents: readonly unknown[], text: string): unknown {
  const at = contents.findLastIndex((content) => hasParts(content) && content["role"] !== "model");
  const content = contents[at];
  if (!hasParts(content)) return own;
  const parts = content["parts"] as readonly unknown[];
  const after = parts.findLastIndex(isToolResult) + 1;
  const changed = { ...content, parts: parts.toSpliced(after, 0, { text }) };
  return Array.isArray(own) ? contents.with(at, changed) : changed;
}

function createGeminiAnswerReader(): AnswerReader {
  const text = createAnswerText();
  let complete = false;
  let hasToolCalls = false;
  const take = (chunk: unknown): void => {
    if (!isRecord(chunk) || !Array.isArray(chunk["candidates"])) return;
    const [candidate] = chunk["candidates"] as readonly unknown[];
    if (!isRecord(candidate)) return;
    const content = candidate["content"];
    if (hasParts(content))
      for (const part of content["parts"] as readonly unknown[]) {
        if (!isRecord(part)) continue;
        if ("functionCall" in part || "function_call" in part) hasToolCalls = true;
        else if (part["thought"] !== true && typeof part["text"] === "string")
          text.add(part["text"]);
      }
    const reason = candidate["finishReason"] ?? candidate["finish_reason"];
    if (typeof reason === "string" && reason !== "FINISH_REASON_UNSPECIFIED") complete = true;
  };
  return {
    readWhole(body) {
      // A stream without `alt=sse` that came as one piece.
      for (const chunk of Array.isArray(body) ? (body as readonly unknown[]) : [body]) take(chunk);
    },
    readEvent: (data) => take(parseJson(data)),
    answer: () => ({ text: text.read(), complete, hasToolCalls }),
  };
}
