import { afterEach, describe, expect, inject, it } from "vitest";
import { createFetchHarness } from "../testing/fetch-harness.ts";
import { openSession } from "../testing/scripted-session.ts";
import { patchGlobalFetch } from "./patch-global.ts";
import { realFetch } from "./real-fetch.ts";

const BODY = JSON.stringify({ messages: [{ role: "user", content: "Hello" }] });
const before = Object.getOwnPropertyDescriptor(globalThis, "fetch");
const undos: (() => void)[] = [];
afterEach(() => {
  for (const undo of undos.splice(0)) undo();
  if (before !== undefined) Object.defineProperty(globalThis, "fetch", before);
});
const patched = (...args: Parameters<typeof patchGlobalFetch>): (() => void) => {
  const undo = patchGlobalFetch(...args);
  undos.push(undo);
  return undo;
};

describe("patchGlobalFetch", () => {
  it("serves allowed hosts through memory, without end in itself, and nobody else", async () => {
    const provider = openSession(inject("scriptedProvider"));
    const memory = createFetchHarness({ recall: () => "[recalled]", deps: { realFetch } });
    const url = `${provider.baseURL}/chat/completions`;

    const undo = patched(memory.fetch, {});
    await (await fetch(url, { method: "POST", body: BODY })).text();
    undo();
    patched(memory.fetch, { allow: ["127.0.0.1"] });
    const response = await fetch(new Request(url, { method: "POST", body: BODY }));
    await response.text();
    expect(response.headers.get("x-alcove-skipped")).toBeNull();
    expect(
      (await provider.requests()).map((request) => request.body.includes("[recalled]")),
    ).toEqual([false, true]);
  });

  it("does not loop when another library wraps the patched fetch", async () => {
    const provider = openSession(inject("scriptedProvider"));
    const memory = createFetchHarness({ deps: { realFetch } });
    patched(memory.fetch, { allow: ["127.0.0.1"] });
    const ours = globalThis.fetch;
    let wrapped = 0;
    globalThis.fetch = (input, init) => {
      wrapped++;
      return ours(input, init);
    };
    await (
      await fetch(`${provider.baseURL}/chat/completions`, { method: "POST", body: BODY })
    ).text();
    expect(wrapped).toBe(1);
    expect((await provider.requests()).length).toBe(1);
  });

  it("refuses a second patch and restores the exact descriptor", () => {
    const undo = patched(globalThis.fetch, {});
    expect(() => patchGlobalFetch(globalThis.fetch, {})).toThrow(
      expect.objectContaining({ code: "usage/invalid-input" }) as Error,
    );
    undo();
    undo();
    expect(Object.getOwnPropertyDescriptor(globalThis, "fetch")).toEqual(before);
    patched(globalThis.fetch, {});
  });

  it("leaves a later wrapper in place and lets everything through", async () => {
    const provider = openSession(inject("scriptedProvider"));
    const memory = createFetchHarness({ recall: () => "[recalled]", deps: { realFetch } });
    const undo = patched(memory.fetch, { allow: ["127.0.0.1"] });
    const ours = globalThis.fetch;
    const wrapper: typeof fetch = (input, init) => ours(input, init);
    globalThis.fetch = wrapper;
    undo();
    expect(globalThis.fetch).toBe(wrapper);
    await fetch(`${provider.baseURL}/chat/completions`, { method: "POST", body: BODY });
    expect((await provider.requests())[0]?.body).toBe(BODY);
  });
});
