/** One message of a conversation, whatever the wire calls it. */
export interface ChatTurn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** What a model is asked. */
export interface Question {
  readonly model: string;
  readonly system: string;
  /** Never empty; the user's turn is the last. */
  readonly turns: readonly ChatTurn[];
  /** Empty where the provider asks for none. */
  readonly apiKey: string;
}

export interface WireRequest {
  /** What follows the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** What one event of a streamed answer says. */
export interface Heard {
  readonly text?: string;
  /** The provider says that the answer is whole, or as long as it may get. */
  readonly ended?: boolean;
  /** The provider's own words about a fault. */
  readonly problem?: string;
}

/** A way of speaking to a model: how one asks for a streamed answer, and how it is read. */
export interface Wire {
  readonly label: string;
  /** How the stream is cut into events: server-sent events, or one JSON object a line. */
  readonly framing: "events" | "lines";
  request(question: Question): WireRequest;
  /** `event` is JSON, already parsed. */
  hear(event: Fields): Heard;
}

export type WireName =
  | "openai-chat"
  | "openai-responses"
  | "anthropic-messages"
  | "gemini-generate"
  | "ollama-chat";

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of `name` where it is an object, else an empty one. */
export function fieldsIn(value: Fields, name: string): Fields {
  const found = value[name];
  return isFields(found) ? found : {};
}

export function listIn(value: Fields, name: string): readonly Fields[] {
  const found = value[name];
  return Array.isArray(found) ? found.filter(isFields) : [];
}

export function textIn(value: Fields, name: string): string {
  const found = value[name];
  return typeof found === "string" ? found : "";
}
