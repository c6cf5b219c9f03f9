import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { fences } from "virtual:doc-fences";
import { deleteVault, listVaults } from "../src/vault/catalog.ts";
import { openSession } from "../src/testing/scripted-session.ts";

const realFetch = globalThis.fetch;

/** The fences call a provider by its public address; here that leads to the scripted one. */
beforeAll(async () => {
  const session = openSession(inject("scriptedProvider"));
  await session.script({ text: "Soup." });
  globalThis.fetch = (input, init) => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    return realFetch(url.replace("https://api.openai.com/v1", session.baseURL), init);
  };
});

afterAll(async () => {
  globalThis.fetch = realFetch;
  for (const { name } of await listVaults()) await deleteVault(name).catch(() => undefined);
});

test("the docs have fences to run", () => {
  expect(fences.length).toBeGreaterThanOrEqual(7);
});

describe("every ts fence of the README, the docs and the doc comments runs as it stands", () => {
  for (const { name, run } of fences) test(name, async () => expect(await run()).toBeDefined());
});
