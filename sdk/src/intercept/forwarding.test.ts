import { afterAll, beforeAll, expect, it } from "vitest";
import { createForwardingFetch } from "./memory-fetch.ts";
import { createMemory } from "../memory.ts";
import { openSession } from "../testing/scripted-session.ts";
import { readOptions } from "../options.ts";
import { type ScriptedProvider, startScriptedProvider } from "../testing/scripted-provider.ts";

let server: ScriptedProvider;
beforeAll(async () => {
  server = await startScriptedProvider();
});
afterAll(() => server.close());

it("forwards calls on a server as they are, less the controls", async () => {
  const body = '{"messages":[{"role":"user","content":"x"}]}';
  const forwarding = createForwardingFetch(
    () => globalThis.fetch,
    { providers: {} },
    readOptions({}),
  );
  for (const fetch of [forwarding, createMemory().fetch]) {
    const provider = openSession(server.origin);
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
  }
});
