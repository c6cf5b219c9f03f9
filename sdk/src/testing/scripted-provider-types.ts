/** How the scripted provider answers one chat call. Everything is optional; `{}` is a short plain answer. */
export interface ScriptedAnswer {
  readonly text?: string;
  /** All texts of the request's messages instead of `text`, as a model may repeat them: as they are, or in a form of its own. */
  readonly echo?: "plain" | "json" | "html" | "quote" | "spaced";
  readonly refusal?: string;
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
  }[];
  /** Default: `tool_calls` where there are some, else `stop`. */
  readonly finishReason?: string;
  /** Streams only: a last chunk with `usage` and no choices. */
  readonly usage?: boolean;
  /** Default 200. From 400 on the body is `error`, else `{"error":{"message":"scripted"}}`. */
  readonly status?: number;
  readonly error?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole body, verbatim, instead of a chat answer. */
  readonly raw?: { readonly body: string; readonly contentType: string };
  readonly delayMs?: number;
  /** Characters of text per event of a stream. Default 4. */
  readonly piece?: number;
  /** Bytes per write, to cut the wire anywhere. Default: one event per write. */
  readonly chunkBytes?: number;
  readonly chunkDelayMs?: number;
  readonly newline?: "\n" | "\r\n";
  /** Never answer at all, or stop in the middle of the body and keep the line open. */
  readonly hang?: "headers" | "body";
  /** Tear the connection down: before any answer, or in the middle of the body. */
  readonly drop?: "headers" | "body";
  readonly redirectTo?: string;
}

/** A request as it came over the wire. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, without the session's prefix. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes as latin1, so that nothing is lost; `length` is their number. */
  readonly bodyLatin1: string;
  /** The client left before the answer was complete. */
  readonly aborted: boolean;
  readonly answered: boolean;
}

declare module "vitest" {
  export interface ProvidedContext {
    /** Origin of the scripted provider, e.g. `http://127.0.0.1:41234`. */
    readonly scriptedProvider: string;
  }
}
