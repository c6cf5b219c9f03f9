/**
 * What a value from the other end has to look like, as plain data, from which each end makes its checks: the server with zod, by
 * `schemaOf`; the client by `readShape`, since zod would be an eighth of all that sync brings into a page.
 */
export type Shape<T> = Form & {
  /** Never there: it carries the type. */
  readonly type?: () => T;
};

export type Form =
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  | { readonly kind: "text"; readonly pattern: RegExp }
  /** A text in base64url that stands for so many bytes. */
  | { readonly kind: "bytes"; readonly min: number; readonly max: number }
  | { readonly kind: "flag" }
  | { readonly kind: "one-of"; readonly values: readonly (string | true)[] }
  | { readonly kind: "list"; readonly of: Form; readonly min: number; readonly max: number }
  | { readonly kind: "object"; readonly fields: Readonly<Record<string, Form>> }
  | { readonly kind: "nullable" | "optional"; readonly of: Form };

type TypeOf<S> = S extends { readonly type?: () => infer T } ? T : never;

export const int = (min: number, max = Number.MAX_SAFE_INTEGER): Shape<number> => ({
  kind: "int",
  min,
  max,
});

export const text = (pattern: RegExp): Shape<string> => ({ kind: "text", pattern });

export const bytes = (min: number, max = min): Shape<string> => ({ kind: "bytes", min, max });

export const flag: Shape<boolean> = { kind: "flag" };

export const oneOf = <const T extends string | true>(...values: readonly T[]): Shape<T> => ({
  kind: "one-of",
  values,
});

export const list = <T>(of: Shape<T>, max: number, min = 0): Shape<readonly T[]> => ({
  kind: "list",
  of,
  min,
  max,
});

export const object = <Fields extends Readonly<Record<string, Shape<unknown>>>>(
  fields: Fields,
): Shape<{ readonly [Name in keyof Fields]: TypeOf<Fields[Name]> }> => ({ kind: "object", fields });

export const nullable = <T>(of: Shape<T>): Shape<T | null> => ({ kind: "nullable", of });

export const optional = <T>(of: Shape<T>): Shape<T | undefined> => ({ kind: "optional", of });
