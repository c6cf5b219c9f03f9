/**
 * What the provider answered instead of a completion, where no client of the app's own tells it. The fields are those of the `openai`
 * package's `APIError`.
 */
export class ProviderError extends Error {
  readonly status: number;
  readonly headers: Headers;
  /** The provider's own error object, or its text. */
  readonly error: unknown;
  readonly code: string | null;
  readonly type: string | null;

  constructor(response: Response, body: unknown) {
    const inner = isObject(body) && "error" in body ? body["error"] : body;
    const fields = isObject(inner) ? inner : {};
    const said = textOf(fields["message"]) ?? (typeof inner === "string" ? inner : "");
    super(`${response.status} ${said === "" ? "the provider refused the call" : said}`);
    this.name = "ProviderError";
    this.status = response.status;
    this.headers = response.headers;
    this.error = inner;
    this.code = textOf(fields["code"]);
    this.type = textOf(fields["type"]);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
