import { expect, test } from "vitest";
import { isMemoryError, type MemoryError } from "./domain/errors.ts";
import { createMemory } from "./memory.ts";
import { readOptions, readRequestOptions, type MemoryOptions } from "./options.ts";

const refusal = (work: () => unknown): MemoryError => {
  try {
    work();
  } catch (error) {
    if (isMemoryError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};

test("lists every problem of the options in one error, with field and fix", () => {
  const options = {
    vault: "no spaces, please",
    mode: "onn",
    recall: { budgetTokens: -1, placement: "middle", minscore: 0.2 },
    scope: { user: "", tenant: "x" },
    countTokens: 4,
    hosts: { allow: "api.example.com" },
    embeder: "builtin",
  } as unknown as MemoryOptions;
  const error = refusal(() => createMemory(options));
  expect(error.code).toBe("usage/invalid-option");
  for (const field of [
    "vault",
    "mode",
    "recall.budgetTokens",
    "recall.placement",
    "recall.minscore",
    "scope.user",
    "scope.tenant",
    "countTokens",
    "hosts.allow",
    "embeder",
  ]) {
    expect(error.message, field).toContain(`\`${field}\``);
  }
  expect(error.details["problems"]).toHaveLength(10);
});

test("an inherited name is no option", () => {
  expect(refusal(() => readOptions({ toString: 1 } as unknown as MemoryOptions)).message).toContain(
    "toString",
  );
});

test("defaults are those of the contract", () => {
  expect(readOptions({})).toEqual({
    mode: "on",
    capture: "auto",
    scope: {},
    hosts: { allow: [], deny: [] },
    recall: {
      budgetTokens: 1000,
      deadlineMs: 250,
      coldDeadlineMs: 1000,
      strategy: "full",
      placement: "split",
    },
  });
});

test("with() refuses what it does not know and keeps the rest of the settings", () => {
  const settings = readOptions({ recall: { budgetTokens: 500 } });
  expect(readRequestOptions(settings, {}, { recall: { limit: 3 } }).recall).toMatchObject({
    budgetTokens: 500,
    limit: 3,
  });
  expect(
    refusal(() => readRequestOptions(settings, {}, { vault: "x" } as never)).message,
  ).toContain("options.vault");
});

test("without IndexedDB fetch forwards untouched and everything else rejects with vault/unavailable", async () => {
  const memory = createMemory();
  await expect(memory.ready()).rejects.toMatchObject({ code: "vault/unavailable" });
  await expect(memory.prepare("anything")).rejects.toMatchObject({ code: "vault/unavailable" });
  await expect(memory.list()).rejects.toMatchObject({ code: "vault/unavailable" });
  await expect(memory.stats()).rejects.toMatchObject({ code: "vault/unavailable" });
  await expect(
    memory.fetch("data:text/plain,ok").then((response) => response.text()),
  ).resolves.toBe("ok");
  await memory.close();
});
