import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANSWERS } from "./answer-shapes.ts";
import { toBase64url } from "./base64url.ts";
import { PROBLEM_CODES, problemShape } from "./problem.ts";
import { readShape } from "./read-shape.ts";
import { outputSchema } from "./schema.ts";
import type { Form, Shape } from "./shape.ts";
import { WireError } from "./wire-error.ts";

const b64u = (length: number, fill = 1): string => toBase64url(new Uint8Array(length).fill(fill));

const STATUS = {
  storeId: b64u(16),
  head: 0,
  heads: [{ deviceId: b64u(16), batchNo: 1, hash: b64u(32) }],
  generation: 0,
  logLen: 1,
  logHash: b64u(32),
  minEpoch: 1,
  bytes: 0,
  maxBytes: 1,
  entries: 0,
  maxEntries: 1,
};

test("what the protocol describes is taken as it is", () => {
  expect(readShape(ANSWERS["vault.status"], STATUS)).toEqual(STATUS);
  expect(readShape(ANSWERS["snapshot.latest"], { snapshot: null })).toEqual({ snapshot: null });
});

test("fields that an answer does not know are left out, so that servers can say more", () => {
  const heads = [{ ...STATUS.heads[0], later: 1 }];
  expect(readShape(ANSWERS["vault.status"], { ...STATUS, heads, later: 1 })).toEqual(STATUS);
});

test("a problem is one of the known codes", () => {
  for (const code of PROBLEM_CODES) expect(readShape(problemShape, { code })).toEqual({ code });
  const gap = { code: "gap", expected: 3 };
  expect(readShape(problemShape, gap)).toEqual(gap);
  expect(() => readShape(problemShape, { code: "odd" })).toThrow('"code"');
  expect(() => readShape(problemShape, { code: "limit", retryAfterMs: -1 })).toThrow(
    '"retryAfterMs"',
  );
});

test.each([
  ["head", { ...STATUS, head: -1 }],
  ["head", { ...STATUS, head: 0.5 }],
  ["head", { ...STATUS, head: "0" }],
  ["head", { ...STATUS, head: 2 ** 53 }],
  ["generation", { ...STATUS, generation: 2 ** 32 }],
  ["logLen", { ...STATUS, logLen: 0 }],
  ["logHash", { ...STATUS, logHash: b64u(31) }],
  ["logHash", { ...STATUS, logHash: `${b64u(32)}=` }],
  ["logHash", { ...STATUS, logHash: `${b64u(32).slice(0, -1)}F` }],
  ["heads", { ...STATUS, heads: {} }],
  ["heads", { ...STATUS, heads: { length: 0 } }],
  ["heads", { ...STATUS, heads: Array.from({ length: 256 }, () => STATUS.heads[0]) }],
  ["hash", { ...STATUS, heads: [{ ...STATUS.heads[0], hash: null }] }],
  ["answer", null],
  ["answer", [STATUS]],
  ["answer", JSON.stringify(STATUS)],
])("a wrong field is refused by its name: %s", (name, value) => {
  const read = (): unknown => readShape(ANSWERS["vault.status"], value);
  expect(read).toThrow(WireError);
  expect(read).toThrow(`"${name}"`);
});

// One description, two readers: what the server's library takes the client takes, and nothing else.
describe.each([...Object.entries(ANSWERS), ["a problem", problemShape] as const])(
  "%s",
  (_, shape) => {
    const schema = outputSchema(shape as Shape<unknown>);
    const byClient = (value: unknown) => outcome(() => readShape<unknown>(shape, value));
    const byServer = (value: unknown) => outcome(() => schema.parse(value));

    test("is taken by both readers where it is right", () => {
      fc.assert(
        fc.property(valuesOf(shape), (value) => {
          expect(byClient(value)).toEqual({ taken: value });
          expect(byServer(value)).toEqual({ taken: value });
        }),
      );
    });

    test("is taken or refused alike by both readers where something in it was changed", () => {
      let refused = 0;
      fc.assert(
        fc.property(valuesOf(shape), fc.nat(), HOSTILE, (value, at, other) => {
          const changed = replaced(value, at, other);
          const read = byClient(changed);
          expect(read).toEqual(byServer(changed));
          if (read === "refused") refused += 1;
        }),
        { numRuns: 400 },
      );
      expect(refused).toBeGreaterThan(100);
    });
  },
);

const HOSTILE = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    "",
    0,
    -0,
    -1,
    1,
    0.5,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "constructor",
    "true",
    "malformed",
    "ABCDEFGI",
    "ABCDEFG\n",
    "A",
    "AA==",
    "\0".repeat(43),
    b64u(15),
    b64u(16),
    b64u(17),
    b64u(32),
    b64u(60),
    b64u(81),
    b64u(8_193),
    [],
    {},
    [null],
    { length: 1 },
  ),
  fc.jsonValue(),
);

/** Values that a shape describes. */
function valuesOf(form: Form): fc.Arbitrary<unknown> {
  switch (form.kind) {
    case "nullable":
      return fc.option(valuesOf(form.of));
    case "optional":
      return fc.option(valuesOf(form.of), { nil: undefined });
    case "list":
      return fc.array(valuesOf(form.of), {
        minLength: form.min,
        maxLength: Math.min(form.max, form.min + 3),
      });
    case "object":
      return fc
        .record(
          Object.fromEntries(
            Object.entries(form.fields).map(([name, field]) => [name, valuesOf(field)]),
          ),
        )
        .map((fields) =>
          Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
        );
    case "int":
      return fc.oneof(
        fc.integer({ min: form.min, max: Math.min(form.max, 2 ** 31 - 1) }),
        fc.constantFrom(form.min, form.max),
      );
    case "flag":
      return fc.boolean();
    case "one-of":
      return fc.constantFrom(...form.values);
    case "text":
      return fc.stringMatching(form.pattern);
    case "bytes":
      break;
  }
  return fc
    .uint8Array({ minLength: form.min, maxLength: Math.min(form.max, form.min + 40) })
    .map(toBase64url);
}

/** The value with its part of that number, or the whole of it, replaced; `undefined` in the place of a field removes it. */
function replaced(value: unknown, at: number, other: unknown): unknown {
  const places = placesOf(value, []);
  const place = places[at % places.length] ?? [];
  return put(value, place, other);
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, above: Place): readonly Place[] {
  if (typeof value !== "object" || value === null) return [above];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [
    above,
    ...keys.flatMap((key) =>
      placesOf((value as Record<string | number, unknown>)[key], [...above, key]),
    ),
  ];
}

function put(value: unknown, [first, ...rest]: Place, other: unknown): unknown {
  if (first === undefined) return other;
  if (Array.isArray(value))
    return value.map((item, i) => (i === first ? put(item, rest, other) : item));
  const fields = value as Readonly<Record<string, unknown>>;
  const { [first]: changed, ...others } = fields;
  const next = put(changed, rest, other);
  return next === undefined ? others : { ...others, [first]: next };
}

function outcome(read: () => unknown): { readonly taken: unknown } | "refused" {
  try {
    return { taken: read() };
  } catch {
    return "refused";
  }
}
