import { MemoryError } from "./domain/errors.ts";

/** Checks values at the door and gathers every problem, so that one error names them all. `undefined` always passes. */
export interface Check {
  object(
    path: string,
    value: unknown,
    fields: Readonly<Record<string, (path: string, value: unknown) => void>>,
  ): void;
  record(path: string, value: unknown, each: (path: string, value: unknown) => void): void;
  string(path: string, value: unknown): void;
  /** A string of 1 to `max` characters. */
  text(path: string, value: unknown, max: number): void;
  strings(path: string, value: unknown): void;
  pattern(path: string, value: unknown, pattern: RegExp, says: string): void;
  number(path: string, value: unknown, min: number, max: number): void;
  oneOf(path: string, value: unknown, values: readonly string[]): void;
  callable(path: string, value: unknown): void;
  /** Epoch milliseconds or an ISO date. */
  time(path: string, value: unknown): void;
  boolean(path: string, value: unknown): void;
  problem(path: string, must: string): void;
  /** @throws {@link MemoryError} with all problems, if there are any. */
  finish(code?: "usage/invalid-option" | "usage/invalid-input"): void;
}

export function createCheck(where: string): Check {
  const problems: string[] = [];

  const problem = (path: string, must: string): void => {
    problems.push(`${path === "" ? "the options" : `\`${path}\``} must be ${must}`);
  };
  const unless = (holds: boolean, path: string, must: string): void => {
    if (!holds) problem(path, must);
  };
  const given = (value: unknown): boolean => value !== undefined;

  const check: Check = {
    object(path, value, fields) {
      if (!given(value)) return;
      if (!isPlainObject(value)) return problem(path, "an object");
      for (const [name, field] of Object.entries(value)) {
        const at = path === "" ? name : `${path}.${name}`;
        const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (known) known(at, field);
        else problems.push(`\`${at}\` is not known; known here: ${Object.keys(fields).join(", ")}`);
      }
    },
    record(path, value, each) {
      if (!given(value)) return;
      if (!isPlainObject(value)) return problem(path, "an object");
      for (const [name, field] of Object.entries(value)) each(`${path}.${name}`, field);
    },
    string: (path, value) => given(value) && unless(typeof value === "string", path, "a string"),
    text: (path, value, max) =>
      given(value) &&
      unless(
        typeof value === "string" && value !== "" && value.length <= max,
        path,
        `a string of 1 to ${max} characters`,
      ),
    strings: (path, value) =>
      given(value) &&
      unless(
        Array.isArray(value) && value.every((item) => typeof item === "string"),
        path,
        "an array of strings",
      ),
    pattern: (path, value, pattern, says) =>
      given(value) && unless(typeof value === "string" && pattern.test(value), path, says),
    number: (path, value, min, max) =>
      given(value) &&
      unless(
        typeof value === "number" && value >= min && value <= max,
        path,
        `a number from ${min} to ${max}`,
      ),
    oneOf: (path, value, values) =>
      given(value) &&
      unless(
        values.includes(value as string),
        path,
        `one of ${values.map((one) => `"${one}"`).join(", ")}`,
      ),
    callable: (path, value) =>
      given(value) && unless(typeof value === "function", path, "a function"),
    time: (path, value) =>
      given(value) &&
      unless(
        (typeof value === "number" && Number.isFinite(value)) ||
          (typeof value === "string" && !Number.isNaN(Date.parse(value))),
        path,
        "epoch milliseconds or an ISO date",
      ),
    boolean: (path, value) =>
      given(value) && unless(typeof value === "boolean", path, "true or false"),
    problem,
    finish(code = "usage/invalid-option") {
      if (problems.length === 0) return;
      throw new MemoryError(code, `${where}: ${problems.join("; ")}.`, { details: { problems } });
    },
  };
  return check;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
