import { expect, test } from "vitest";
import { entitiesOf } from "./entities.ts";

test("names, numbers with units, quoted strings, as written and in order", () => {
  expect(entitiesOf('Yesterday Anna Berg ran 12 km to Oslo and read "Moby Dick" for $20.')).toEqual(
    ["Anna Berg", "12 km", "Oslo", "Moby Dick", "$20"],
  );
});

test.each(["What is this?", "I think so", "Thanks", "My dog and I", "", "3f25 is a hash"])(
  "%s: none",
  (text) => expect(entitiesOf(text)).toEqual([]),
);

test("each once, and few", () => {
  expect(entitiesOf("we saw Rome, Rome and ROME")).toEqual(["Rome"]);
  const many = entitiesOf(Array.from({ length: 500 }, (_, i) => `see Person${i} now`).join(", "));
  expect(many.length).toBe(24);
});
