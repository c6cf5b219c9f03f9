import { fieldsIn, isFields, textIn } from "./wire.ts";

const LONGEST = 300;

/** What a provider says when it answers with an error status, in one line. */
export async function refusalOf(response: Response, host: string): Promise<string> {
  const text = await response.text().catch(() => "");
  const told = messageIn(text);
  const status = `${host} answered ${response.status}`;
  return told === "" ? `${status}.` : `${status}: ${told.slice(0, LONGEST)}`;
}

function messageIn(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A page of HTML says nothing to a person.
    return /^\s*</u.test(text) ? "" : text.trim();
  }
  // Google puts the errors of streams into a list.
  const body = Array.isArray(value) ? (value as readonly unknown[])[0] : value;
  if (!isFields(body)) return "";
  const inside = textIn(fieldsIn(body, "error"), "message");
  return inside || textIn(body, "error") || textIn(body, "message") || textIn(body, "detail");
}
