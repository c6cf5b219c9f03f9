import { decodedLength, isBase64url } from "./base64url.ts";
import type { Form, Shape } from "./shape.ts";
import { WireError } from "./wire-error.ts";

/**
 * A value from the other end, as far as its shape describes it: fields that the shape does not name are left out.
 *
 * @throws {WireError} that names the field which is wrong
 */
export function readShape<T>(shape: Shape<T>, value: unknown): T {
  return read(shape, value, "answer") as T;
}

function read(form: Form, value: unknown, name: string): unknown {
  switch (form.kind) {
    case "nullable":
      return value === null ? null : read(form.of, value, name);
    case "optional":
      return value === undefined ? undefined : read(form.of, value, name);
    case "list":
      if (Array.isArray(value) && inRange(value.length, form))
        return value.map((item) => read(form.of, item, name));
      break;
    case "object":
      if (typeof value === "object" && value !== null && !Array.isArray(value))
        return readFields(form.fields, value as Readonly<Record<string, unknown>>);
      break;
    case "int":
      if (Number.isSafeInteger(value) && inRange(value as number, form)) return value;
      break;
    case "flag":
      if (typeof value === "boolean") return value;
      break;
    case "one-of":
      if (form.values.includes(value as string)) return value;
      break;
    case "text":
      if (typeof value === "string" && form.pattern.test(value)) return value;
      break;
    case "bytes":
      // The length first: a text of any length is not searched for a wrong character.
      if (
        typeof value === "string" &&
        inRange(decodedLength(value.length), form) &&
        isBase64url(value)
      )
        return value;
      break;
  }
  throw new WireError(`The field "${name}" is not what the protocol says.`);
}

function readFields(
  fields: Readonly<Record<string, Form>>,
  from: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const out: Record<string, unknown> = {};
  for (const [name, form] of Object.entries(fields)) {
    const value = read(form, from[name], name);
    if (value !== undefined) out[name] = value;
  }
  return out;
}

function inRange(
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): boolean {
  return value >= min && value <= max;
}
