import { expect, inject, it } from "vitest";
import { createForwardingFetch } from "./memory-fetch.ts";
import { openSession } from "../testing/scripted-session.ts";

it("forwards calls without a vault as they are, less the controls", async () => {
  const provider = openSession(inject("scriptedProvider"));
  const fetch = createForwardingFetch(() => globalThis.fetch);
  const body = '{"messages":[{"role":"user","content":"x"}]}';
  const url = `${provider.baseURL}/chat/completions`;
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "x-alcove-user": "ada", "x-kept": "1" },
  });
  expect(response.headers.has("x-alcove-trace")).toBe(false);
  await fetch(new Request(url, { method: "POST", body, headers: { "x-alcove-thread": "t" } }));
  const requests = await provider.requests();
  expect(requests.map((request) => request.body)).toEqual([body, body]);
  expect(requests[0]?.headers["x-kept"]).toBe("1");
  expect(JSON.stringify(requests)).not.toContain("x-alcove");
});
