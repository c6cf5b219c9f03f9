import type { WireName } from "../wires/wire.ts";

/** The parts of a chat request that the scripted provider reads, whichever wire it came by. */
export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** All text of the request, by role, in order. */
  readonly messages: readonly { readonly role: string; readonly text: string }[];
}

export interface Endpoint {
  readonly wire: WireName;
  /** Gemini names both in the path. */
  readonly model?: string;
  readonly stream?: boolean;
}

/** What a path below the provider's root asks for; `null`: nothing that it has. */
export function endpointOf(path: string): Endpoint | null {
  switch (path) {
    case "v1/chat/completions":
    // Google's door for clients of OpenAI's shape.
    case "v1beta/openai/chat/completions":
      return { wire: "openai-chat" };
    case "v1/responses":
      return { wire: "openai-responses" };
    case "v1/messages":
      return { wire: "anthropic-messages" };
    case "api/chat":
      return { wire: "ollama-chat" };
    default: {
      const gemini = /^v1(?:beta)?\/models\/([^/:]+):(generate|streamGenerate)Content$/u.exec(path);
      if (gemini?.[1] === undefined) return null;
      const stream = gemini[2] === "streamGenerate";
      return { wire: "gemini-generate", model: decodeURIComponent(gemini[1]), stream };
    }
  }
}

/** Reads a body. `null`: it is not a request of that wire. */
export function readChatRequest(
  body: string,
  { wire, model, stream }: Endpoint = { wire: "openai-chat" },
): ChatRequest | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(value)) return null;
  const said = listOf(wire, value);
  if (said.length === 0) return null;
  const streamOptions = value["stream_options"];
  const named = value["model"];
  return {
    model: model ?? (typeof named === "string" ? named : "scripted"),
    // Ollama streams unless it is told not to.
    stream:
      stream ?? (wire === "ollama-chat" ? value["stream"] !== false : value["stream"] === true),
    includeUsage: isObject(streamOptions) && streamOptions["include_usage"] === true,
    messages: [...systemOf(value), ...said].filter(isObject).map((message) => ({
      role: typeof message["role"] === "string" ? message["role"] : "",
      text: textOf(message["content"] ?? message["parts"]),
    })),
  };
}

function listOf(wire: WireName, value: Fields): readonly unknown[] {
  const name =
    wire === "openai-responses" ? "input" : wire === "gemini-generate" ? "contents" : "messages";
  const list = value[name];
  if (name === "input" && typeof list === "string") return [{ role: "user", content: list }];
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}

/** The system text where it stands beside the messages. */
function systemOf(value: Fields): readonly unknown[] {
  const content = value["instructions"] ?? value["system"] ?? value["systemInstruction"];
  if (content === undefined) return [];
  return [{ role: "system", content: isObject(content) ? (content["parts"] ?? content) : content }];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter(isObject)
    .map((part) => (typeof part["text"] === "string" ? part["text"] : ""))
    .filter((text) => text !== "")
    .join("\n");
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
