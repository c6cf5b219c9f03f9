import OpenAI from "openai";
import { MemoryError } from "../domain/errors.ts";
import { afterEach, describe, expect, inject, it } from "vitest";
import {
  createFetchHarness,
  type FetchHarness,
  type FetchHarnessOptions,
} from "../testing/fetch-harness.ts";
import { openSession, type ScriptedSession } from "../testing/scripted-session.ts";

type Messages = OpenAI.ChatCompletionMessageParam[];

const session = (): ScriptedSession => openSession(inject("scriptedProvider"));

/** A host that has one profile line and recalls a block that names its fence, so that two recalls never look the same. */
const REMEMBERS: FetchHarnessOptions = {
  profile: "[profile: is vegetarian]",
  recall: (request) => `[recalled ${request.fenceId}: likes Oslo]`,
};

const harnesses: FetchHarness[] = [];
function harness(options: FetchHarnessOptions = REMEMBERS): FetchHarness {
  const made = createFetchHarness(options);
  harnesses.push(made);
  return made;
}
afterEach(async () => {
  for (const made of harnesses.splice(0)) await made.path.close();
});

function client(provider: ScriptedSession, fetch: typeof globalThis.fetch, maxRetries = 0): OpenAI {
  return new OpenAI({
    apiKey: "sk-test-not-a-real-key",
    baseURL: provider.baseURL,
    dangerouslyAllowBrowser: true,
    maxRetries,
    fetch,
  });
}

describe("what an app may say about a call", () => {
  it("takes controls from headers, and no provider ever sees them", async () => {
    const provider = session();
    const memory = harness();
    const openai = client(provider, memory.fetch);
    const messages: Messages = [{ role: "user", content: "x" }];
    await openai.chat.completions.create(
      { model: "gpt-x", messages },
      {
        headers: {
          "x-alcove-user": "ada",
          "x-alcove-thread": "t-1",
          "x-alcove-budget": "120",
          "x-alcove-mode": "read",
          "x-alcove-agent": "a",
          "x-alcove-run": "r",
          "x-alcove-container": "c",
        },
      },
    );
    expect(memory.host.plans[0]).toMatchObject({
      scope: { user: "ada", thread: "t-1", agent: "a", run: "r", container: "c" },
      budgetTokens: 120,
      capture: false,
    });
    await openai.embeddings.create(
      { model: "e", input: "text", encoding_format: "float" },
      { headers: { "x-alcove-user": "ada" } },
    );
    const seen = [...(await provider.requests()), ...(await provider.preflights())];
    expect(JSON.stringify(seen)).not.toContain("x-alcove");
    await memory.path.flush();
    expect(memory.host.log).toEqual(["plan recall -"]);
  });

  it("ignores a bad control, says so once, and the call goes through", async () => {
    const provider = session();
    const memory = harness();
    const openai = client(provider, memory.fetch);
    for (let time = 0; time < 2; time++) {
      await openai.chat.completions.create(
        { model: "gpt-x", messages: [{ role: "user", content: `x${time}` }] },
        {
          headers: {
            "x-alcove-mode": "sometimes",
            "x-alcove-budget": "-5",
            "x-alcove-colour": "red",
          },
        },
      );
    }
    expect(
      memory
        .told("error")
        .map((error) => `${error.code} ${String(error.details["header"])}`)
        .toSorted(),
    ).toEqual([
      "usage/invalid-input x-alcove-budget",
      "usage/invalid-input x-alcove-colour",
      "usage/invalid-input x-alcove-mode",
    ]);
    expect(memory.host.plans[0]?.budgetTokens).toBe(1_000);
    expect(JSON.stringify(await provider.requests())).not.toContain("x-alcove");
  });

  it("stores nothing of a call that asks for a schema before anybody has answered, unless told to", async () => {
    const provider = session();
    const memory = harness();
    const openai = client(provider, memory.fetch);
    const format = {
      type: "json_schema" as const,
      json_schema: { name: "title", schema: { type: "object" } },
    };
    const messages: Messages = [{ role: "user", content: "A title for this chat?" }];
    await openai.chat.completions.create({ model: "gpt-x", messages, response_format: format });
    await memory.path.flush();
    expect(memory.host.threads).toEqual([]);
    expect(memory.host.plans[0]).toMatchObject({ capture: false, recall: true });

    await openai.chat.completions.create(
      { model: "gpt-x", messages, response_format: format },
      { headers: { "x-alcove-mode": "on" } },
    );
    await openai.chat.completions.create({
      model: "gpt-x",
      response_format: format,
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
      ],
    });
    await memory.path.flush();
    expect(memory.host.threads.length).toBe(2);
  });

  it("asks before it stores when told to ask", async () => {
    const provider = session();
    await provider.script(
      { toolCalls: [{ id: "a", name: "f", arguments: "{}" }] },
      { text: "Done." },
    );
    const memory = harness({ ...REMEMBERS, settings: { capture: "ask" } });
    const openai = client(provider, memory.fetch);
    const first: Messages = [{ role: "user", content: "Do it" }];
    const step = await openai.chat.completions.create({ model: "gpt-x", messages: first });
    const message = step.choices[0]?.message;
    if (message === undefined) throw new Error("no message");
    const { response } = await openai.chat.completions
      .create({
        model: "gpt-x",
        messages: [...first, message, { role: "tool", tool_call_id: "a", content: "ok" }],
      })
      .withResponse();

    const pending = await memory.next("pending");
    expect(pending.turns).toEqual([
      { role: "user", text: "Do it" },
      { role: "assistant", text: "Done." },
    ]);
    expect(memory.traces.trace(response)?.captured.state).toBe("asked");
    expect(memory.host.threads).toEqual([]);
    expect(memory.told("pending").length).toBe(1);

    expect(await pending.accept()).toEqual(["r0", "r1"]);
    expect(await pending.accept()).toEqual(["r0", "r1"]);
    pending.discard();
    expect(memory.host.threads.length).toBe(1);
    expect(memory.told("captured").length).toBe(1);

    await openai.chat.completions.create({
      model: "gpt-x",
      messages: [{ role: "user", content: "Another" }],
    });
    const left = await memory.next("pending");
    await memory.path.close();
    expect(memory.host.threads.length).toBe(1);
    await expect(left.accept()).rejects.toMatchObject({ code: "usage/invalid-input" });
    expect(memory.host.log.at(-1)).toBe("drop");
  });

  it("goes by its mode", async () => {
    const provider = session();
    const memory = harness();
    const say = (fetch: typeof globalThis.fetch, content: string) =>
      client(provider, fetch)
        .chat.completions.create({ model: "gpt-x", messages: [{ role: "user", content }] })
        .withResponse();

    const off = await say(memory.withSettings({ mode: "off" }), "off");
    expect(off.response.headers.has("x-alcove-trace")).toBe(false);
    expect(memory.host.log).toEqual([]);

    const write = await say(memory.withSettings({ mode: "write" }), "write");
    expect(write.response.headers.get("x-alcove-skipped")).toBe("write-only");
    await say(memory.withSettings({ mode: "read" }), "read");
    await say(memory.withSettings({ capture: "off" }), "no capture");
    await memory.path.flush();
    expect(memory.host.threads.map((thread) => thread[0]?.text)).toEqual(["write"]);
    const bodies = (await provider.requests()).map((request) =>
      request.body.includes("likes Oslo"),
    );
    expect(bodies).toEqual([false, false, true, true]);
  });

  it("drops remembered blocks when something is forgotten", async () => {
    const provider = session();
    await provider.script({ toolCalls: [{ id: "a", name: "f", arguments: "{}" }] });
    const memory = harness();
    const openai = client(provider, memory.fetch);
    const messages: Messages = [{ role: "user", content: "Do it" }];
    await openai.chat.completions.create({ model: "gpt-x", messages });
    memory.forget();
    await openai.chat.completions.create({ model: "gpt-x", messages });
    const [before, after] = (await provider.requests()).map((request) => request.body);
    expect(before).toContain("likes Oslo");
    expect(after).not.toBe(before);
  });

  it("recalls nothing new for a tool result whose turn is not known any more", async () => {
    const provider = session();
    const memory = harness();
    await client(provider, memory.fetch).chat.completions.create({
      model: "gpt-x",
      messages: [
        { role: "user", content: "Look" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "a", content: "seen" },
      ],
    });
    expect(memory.host.plans).toMatchObject([{ continuation: true, recall: true }]);
    const [request] = await provider.requests();
    expect(request?.body).toContain("is vegetarian");
    expect(request?.body).not.toContain("likes Oslo");
  });

  it("tells what it recalled with the first call that leaves, where one before was aborted", async () => {
    const provider = session();
    const memory = harness({
      ...REMEMBERS,
      beforePlan: () => new Promise((resolve) => setTimeout(resolve, 60)),
    });
    const openai = client(provider, memory.fetch);
    const body = { model: "gpt-x", messages: [{ role: "user" as const, content: "x" }] };
    const controller = new AbortController();
    const first = openai.chat.completions.create(body, { signal: controller.signal });
    const second = openai.chat.completions.create(body).withResponse();
    setTimeout(() => controller.abort(), 10);
    await expect(first).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const { response } = await second;
    expect(memory.told("recalled").map((event) => event.traceId)).toEqual([
      response.headers.get("x-alcove-trace"),
    ]);
  });

  it("says by accept() that it could not store, and the call was not harmed", async () => {
    const provider = session();
    const quota = new MemoryError("vault/quota", "The disk is full.");
    const memory = harness({
      ...REMEMBERS,
      settings: { capture: "ask" },
      beforeBegin: () => Promise.reject(quota),
    });
    await client(provider, memory.fetch).chat.completions.create({
      model: "gpt-x",
      messages: [{ role: "user", content: "x" }],
    });
    const pending = await memory.next("pending");
    await expect(pending.accept()).rejects.toMatchObject({ code: "vault/quota" });
    expect(memory.traces.trace(pending.traceId)?.captured.state).toBe("failed");
  });
});
