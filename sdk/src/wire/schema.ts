import * as z from "zod/mini";
import { decodedLength, isBase64url } from "./base64url.ts";
import type { Form, Shape } from "./shape.ts";

/** Checks a value from the other end. Unknown fields of an object are refused in inputs and left out of outputs. */
export interface Schema<T> {
  /** @throws a `ZodError` that names every field that is wrong */
  parse(value: unknown): T;
}

/** What a client sends. */
export function inputSchema<T>(shape: Shape<T>): Schema<T> {
  return zodOf(shape, z.strictObject) as unknown as Schema<T>;
}

/** What a server answers. */
export function outputSchema<T>(shape: Shape<T>): Schema<T> {
  return zodOf(shape, z.object) as unknown as Schema<T>;
}

/** One of several shapes that a client may send. */
export function inputSchemaOf<T>(...shapes: readonly Shape<T>[]): Schema<T> {
  return z.union(shapes.map((shape) => zodOf(shape, z.strictObject))) as unknown as Schema<T>;
}

type ObjectOf = (fields: Record<string, z.ZodMiniType>) => z.ZodMiniType;

function zodOf(form: Form, objectOf: ObjectOf): z.ZodMiniType {
  switch (form.kind) {
    case "nullable":
      return z.nullable(zodOf(form.of, objectOf));
    case "optional":
      return z.optional(zodOf(form.of, objectOf));
    case "list":
      return z.array(zodOf(form.of, objectOf)).check(z.minLength(form.min), z.maxLength(form.max));
    case "object":
      return objectOf(
        Object.fromEntries(
          Object.entries(form.fields).map(([name, field]) => [name, zodOf(field, objectOf)]),
        ),
      );
    case "int":
      return z.int().check(z.minimum(form.min), z.maximum(form.max));
    case "flag":
      return z.boolean();
    case "one-of":
      return z.literal([...form.values]);
    case "text":
      return z.string().check(z.regex(form.pattern));
    case "bytes":
      break;
  }
  return bytesText(form);
}

function bytesText({ min, max }: Extract<Form, { readonly kind: "bytes" }>): z.ZodMiniType {
  const fits = (length: number): boolean => length >= min && length <= max;
  return z.string().check(
    // The length first: a text of any length is not searched for a wrong character.
    z.minLength(charactersOf(min)),
    z.maxLength(charactersOf(max)),
    z.refine((text) => isBase64url(text) && fits(decodedLength(text.length))),
  );
}

const charactersOf = (bytes: number): number => Math.ceil((bytes * 4) / 3);
