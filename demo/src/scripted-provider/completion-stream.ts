import type { ChatRequest } from "./chat-request.ts";

/** Milliseconds before the first piece, and between two: about the pace of a small hosted model. */
const FIRST_PIECE_MS = 160;
const PIECE_MS = 28;

/** A Chat Completions answer in one piece. */
export function completionJson(request: ChatRequest, text: string, now: number): string {
  return JSON.stringify({
    id: `chatcmpl-scripted-${now}`,
    object: "chat.completion",
    created: Math.floor(now / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text, refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: usageOf(request, text),
  });
}

/** The same answer as server-sent events, word by word. `ended` resolves when the stream is over, whoever ended it. */
export function completionStream(
  request: ChatRequest,
  text: string,
  now: number,
): { readonly body: ReadableStream<Uint8Array>; readonly ended: Promise<void> } {
  const encoder = new TextEncoder();
  const pieces = text.match(/\s*\S+/gu) ?? [];
  const chunk = (choices: unknown, extra: object = {}): Uint8Array =>
    encoder.encode(
      `data: ${JSON.stringify({
        id: `chatcmpl-scripted-${now}`,
        object: "chat.completion.chunk",
        created: Math.floor(now / 1000),
        model: request.model,
        choices,
        ...extra,
      })}\n\n`,
    );

  let end: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let at = -1;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (at < 0) {
        controller.enqueue(chunk(choice({ role: "assistant", content: "" })));
        at = 0;
        await wait(FIRST_PIECE_MS);
        return;
      }
      const piece = pieces[at];
      if (piece !== undefined) {
        at += 1;
        await wait(PIECE_MS);
        controller.enqueue(chunk(choice({ content: piece })));
        return;
      }
      controller.enqueue(chunk(choice({}, "stop")));
      if (request.includeUsage) controller.enqueue(chunk([], { usage: usageOf(request, text) }));
      controller.enqueue(encoder.encode("data: [DONE]\n\n"));
      controller.close();
      end();
    },
    cancel() {
      end();
    },
  });
  return { body, ended };
}

/** A chunk's one choice. */
function choice(delta: object, finish: "stop" | null = null): unknown {
  return [{ index: 0, delta, logprobs: null, finish_reason: finish }];
}

/** A rough count (four characters a token): this model has no tokenizer. */
function usageOf(request: ChatRequest, text: string): object {
  const prompt = Math.ceil(
    request.messages.reduce((sum, message) => sum + message.text.length, 0) / 4,
  );
  const completion = Math.ceil(text.length / 4);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
