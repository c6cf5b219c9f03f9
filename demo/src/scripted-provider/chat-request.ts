/** The parts of a Chat Completions body that the scripted provider reads. */
export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** All text of the request, by role, in order. */
  readonly messages: readonly { readonly role: string; readonly text: string }[];
}

/** Reads a body. `null`: it is not a Chat Completions request. */
export function readChatRequest(body: string): ChatRequest | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(value) || !Array.isArray(value["messages"]) || value["messages"].length === 0)
    return null;
  const streamOptions = value["stream_options"];
  return {
    model: typeof value["model"] === "string" ? value["model"] : "scripted",
    stream: value["stream"] === true,
    includeUsage: isObject(streamOptions) && streamOptions["include_usage"] === true,
    messages: value["messages"].filter(isObject).map((message) => ({
      role: typeof message["role"] === "string" ? message["role"] : "",
      text: textOf(message["content"]),
    })),
  };
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
