import { anthropicMessages } from "./anthropic-messages.ts";
import { geminiGenerate } from "./gemini-generate.ts";
import { ollamaChat } from "./ollama-chat.ts";
import { openAiChat } from "./openai-chat.ts";
import { openAiResponses } from "./openai-responses.ts";
import type { Wire, WireName } from "./wire.ts";

export const WIRES: Readonly<Record<WireName, Wire>> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  "anthropic-messages": anthropicMessages,
  "gemini-generate": geminiGenerate,
  "ollama-chat": ollamaChat,
};
