import type { LocalAnswer } from "./dialect.ts";

/** The three families of APIs, each with its own shape of errors. */
export type ErrorFamily = "openai" | "anthropic" | "gemini";

const GOOGLE_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  422: "INVALID_ARGUMENT",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found",
  413: "request_too_large",
  422: "invalid_request_error",
  503: "service_unavailable",
};

export function anthropicError(status: number, message: string): LocalAnswer {
  const type = status === 404 ? "not_found_error" : errorType(status);
  return { status, body: { type: "error", error: { type, message } } };
}

export function googleError(status: number, message: string): LocalAnswer {
  return {
    status,
    body: { error: { code: status, message, status: GOOGLE_STATUS[status] ?? "UNKNOWN" } },
  };
}

export function errorType(status: number): string {
  return ERROR_TYPES[status] ?? "api_error";
}

/** Which family a path of a gateway belongs to. */
export function familyOf(url: URL): ErrorFamily {
  if (/\/messages(?:\/count_tokens)?\/?$/.test(url.pathname) && !url.pathname.includes("/memory/"))
    return "anthropic";
  return /\/models\/[^/]+:\w+$/.test(url.pathname) ? "gemini" : "openai";
}

/** A header may hold no other characters; an id that does is told as it would stand in a URL. */
export function headerText(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);
}
