import { hashText } from "../text/hash.ts";
import { normalizeText } from "../text/normalize.ts";

/** Equal for texts that read the same to a person; never equal between two users. */
export function textHashOf(text: string, user: string | undefined): string {
  return hashText(`${saltOf(user)}t\n${normalizeText(text)}`);
}

/** The user's id as JSON: no id, and no missing id, can be mistaken for another by where it ends. */
export function saltOf(user: string | undefined): string {
  return `${JSON.stringify(user ?? null)}\n`;
}
