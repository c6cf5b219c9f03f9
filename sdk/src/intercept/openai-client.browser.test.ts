import OpenAI from "openai";
import { afterEach, describe, expect, inject, it } from "vitest";
import {
  createFetchHarness,
  type FetchHarness,
  type FetchHarnessOptions,
} from "../testing/fetch-harness.ts";
import {
  openSession,
  type ScriptedSession,
  type SeenRequest,
} from "../testing/scripted-session.ts";

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

function messagesOf(
  request: SeenRequest | undefined,
): readonly { readonly role: string; readonly content: unknown }[] {
  if (request === undefined) throw new Error("there was no such request");
  return (
    request.json as {
      readonly messages: readonly { readonly role: string; readonly content: unknown }[];
    }
  ).messages;
}

describe("the openai client through memory.fetch", () => {
  it("gets its answer, with memory in the prompt, and the exchange is stored", async () => {
    const provider = session();
    await provider.script({ text: "Try the fjord." });
    const memory = harness();
    const answer = await client(provider, memory.fetch).chat.completions.create({
      model: "gpt-x",
      messages: [
        { role: "system", content: "You plan trips." },
        { role: "user", content: "Where to go?" },
      ],
    });
    expect(answer.choices[0]?.message.content).toBe("Try the fjord.");

    const [request] = await provider.requests();
    const [system, user] = messagesOf(request);
    expect(system?.content).toBe("You plan trips.\n\n[profile: is vegetarian]");
    expect(user?.content).toMatch(/^\[recalled \w{8}: likes Oslo\]\n\nWhere to go\?$/);
    expect(request?.headers["authorization"]).toBe("Bearer sk-test-not-a-real-key");

    await memory.next("captured");
    expect(memory.host.threads).toEqual([
      [
        { role: "user", text: "Where to go?" },
        { role: "assistant", text: "Try the fjord." },
      ],
    ]);
    expect(memory.told("recalled").length).toBe(1);
    expect(memory.told("error")).toEqual([]);
  });

  it("streams the same events as without memory, in strings and in parts", async () => {
    const provider = session();
    await provider.script({ text: "Grüße aus Tromsø 🦦, bis bald.", usage: true });
    const memory = harness();
    const collect = async (fetch: typeof globalThis.fetch): Promise<unknown[]> => {
      const stream = await client(provider, fetch).chat.completions.create({
        model: "gpt-x",
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: [{ type: "text", text: "Say hello" }] }],
      });
      const chunks = [];
      for await (const chunk of stream) chunks.push({ ...chunk, id: "" });
      return chunks;
    };
    expect(await collect(memory.fetch)).toEqual(await collect(globalThis.fetch.bind(globalThis)));
    const [request] = await provider.requests();
    expect(messagesOf(request)[1]?.content).toEqual([
      { type: "text", text: expect.stringContaining("likes Oslo") as unknown },
      { type: "text", text: "Say hello" },
    ]);
    await memory.next("captured");
    expect(memory.host.threads[0]?.at(-1)).toEqual({
      role: "assistant",
      text: "Grüße aus Tromsø 🦦, bis bald.",
    });
  });

  it("keeps the text whole at every chunk size, with either line end", async () => {
    for (const [chunkBytes, newline] of [
      [1, "\r\n"],
      [2, "\n"],
      [3, "\r\n"],
      [7, "\n"],
      [64, "\r\n"],
    ] as const) {
      const provider = session();
      await provider.script({ text: "åß🦦 ok", chunkBytes, newline, usage: true });
      const memory = harness();
      const stream = client(provider, memory.fetch).chat.completions.stream({
        model: "gpt-x",
        messages: [{ role: "user", content: "x" }],
      });
      expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe("åß🦦 ok");
      await memory.next("captured");
      expect(memory.host.outcomes, `${chunkBytes} bytes`).toEqual([
        { kind: "answer", text: "åß🦦 ok", complete: true, hasToolCalls: false },
      ]);
    }
  });

  it("runs a tool loop of five steps with one recall, and every request begins with all of the one before", async () => {
    const provider = session();
    const call = (id: string) => ({ id, name: "look", arguments: '{"at":"map"}' });
    await provider.script(
      { toolCalls: [call("a"), call("b")] },
      { text: "Looking on.", toolCalls: [call("c")] },
      { toolCalls: [call("d")] },
      { toolCalls: [call("e")] },
      { text: "Found it." },
    );
    const memory = harness();
    const openai = client(provider, memory.fetch);
    const messages: Messages = [
      { role: "system", content: "Use tools." },
      { role: "user", content: "Find the hut." },
    ];
    for (let step = 0; step < 5; step++) {
      const { data, response } = await openai.chat.completions
        .create({
          model: "gpt-x",
          messages,
          tools: [{ type: "function", function: { name: "look" } }],
        })
        .withResponse();
      expect(response.headers.get("x-alcove-tokens")).not.toBe("0");
      const message = data.choices[0]?.message;
      if (message === undefined) throw new Error("no message");
      messages.push(message);
      for (const toolCall of message.tool_calls ?? [])
        messages.push({ role: "tool", tool_call_id: toolCall.id, content: "nothing yet" });
    }
    const requests = await provider.requests();
    expect(requests.length).toBe(5);
    for (const [at, request] of requests.entries()) {
      const before = requests[at - 1];
      if (before !== undefined)
        expect(
          JSON.stringify(messagesOf(request)).startsWith(
            JSON.stringify(messagesOf(before)).slice(0, -1),
          ),
        ).toBe(true);
    }
    expect(memory.host.plans.filter((plan) => plan.recall).length).toBe(1);
    expect(memory.told("recalled").length).toBe(1);
    await memory.path.flush();
    expect(memory.host.threads.map((thread) => thread.map((turn) => turn.text))).toEqual([
      ["Find the hut.", "Looking on.", "Found it."],
    ]);
  });

  it("recalls anew for the next turn, and keeps everything before that turn byte for byte", async () => {
    const provider = session();
    await provider.script({ text: "One." }, { text: "Two." });
    const memory = harness();
    const openai = client(provider, memory.fetch);
    const messages: Messages = [
      { role: "system", content: "S" },
      { role: "user", content: "first" },
    ];
    await openai.chat.completions.create({ model: "gpt-x", messages });
    await openai.chat.completions.create({
      model: "gpt-x",
      messages: [
        ...messages,
        { role: "assistant", content: "One." },
        { role: "user", content: "second" },
      ],
    });
    const [first, second] = (await provider.requests()).map(messagesOf);
    expect(second?.[0]).toEqual(first?.[0]);
    // A block of an earlier turn is not put in again.
    expect(second?.[1]?.content).toBe("first");
    expect(second?.[3]?.content).toMatch(/likes Oslo\]\n\nsecond$/);
    expect(memory.host.plans.filter((plan) => plan.recall).length).toBe(2);
  });

  it("sends the same bytes again on the client's retries, after a 503 and after a broken line, and stores once", async () => {
    const provider = session();
    await provider.script(
      { status: 503, headers: { "retry-after-ms": "5" } },
      { drop: "headers" },
      { text: "At last." },
    );
    const memory = harness();
    const answer = await client(provider, memory.fetch, 3).chat.completions.create({
      model: "gpt-x",
      messages: [{ role: "user", content: "Please" }],
    });
    expect(answer.choices[0]?.message.content).toBe("At last.");
    const requests = await provider.requests();
    // The browser may itself repeat a request whose connection broke before any answer.
    expect(requests.length).toBeGreaterThanOrEqual(3);
    expect(new Set(requests.map((request) => request.body)).size).toBe(1);
    expect(requests[0]?.body).toContain("likes Oslo");
    expect(memory.host.plans.filter((plan) => plan.recall).length).toBe(1);
    await memory.path.flush();
    expect(memory.host.outcomes.at(-1)).toEqual({
      kind: "answer",
      text: "At last.",
      complete: true,
      hasToolCalls: false,
    });
    expect(memory.host.threads).toEqual([
      [
        { role: "user", text: "Please" },
        { role: "assistant", text: "At last." },
      ],
    ]);
  });

  it("passes a provider's error on, byte for byte, and marks the turn unanswered", async () => {
    const provider = session();
    const error = {
      error: {
        message: "No such model",
        type: "invalid_request_error",
        code: "model_not_found",
        param: null,
      },
    };
    await provider.script({ status: 404, error, headers: { "x-ratelimit-remaining": "7" } });
    const memory = harness();
    const failure: unknown = await client(provider, memory.fetch)
      .chat.completions.create({ model: "gpt-none", messages: [{ role: "user", content: "x" }] })
      .catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(OpenAI.NotFoundError);
    expect((failure as InstanceType<typeof OpenAI.APIError>).code).toBe("model_not_found");
    expect(
      (failure as InstanceType<typeof OpenAI.APIError>).headers?.get("x-ratelimit-remaining"),
    ).toBe("7");
    const raw = await memory.fetch(`${provider.baseURL}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ messages: [{ role: "user", content: "x" }] }),
    });
    expect(raw.status).toBe(404);
    expect(await raw.text()).toBe(JSON.stringify(error));
    await memory.path.flush();
    expect(memory.host.outcomes).toEqual([{ kind: "failed" }, { kind: "failed" }]);
  });

  it("lets an abort in mid-stream reach the provider and keeps what was said", async () => {
    const provider = session();
    await provider.script({ text: "word ".repeat(200), chunkDelayMs: 10 });
    const memory = harness();
    const stream = await client(provider, memory.fetch).chat.completions.create({
      model: "gpt-x",
      stream: true,
      messages: [{ role: "user", content: "Talk" }],
    });
    let heard = "";
    for await (const chunk of stream) {
      heard += chunk.choices[0]?.delta.content ?? "";
      if (heard.length > 20) break;
    }
    await provider.until(([request]) => request?.aborted === true);
    await memory.next("captured");
    const [outcome] = memory.host.outcomes;
    expect(outcome).toMatchObject({ kind: "answer", complete: false });
    expect(outcome?.kind === "answer" && outcome.text.startsWith("word word")).toBe(true);
    expect(outcome?.kind === "answer" && outcome.text.length).toBeLessThan(500);
  });

  it("rejects with the client's own abort error when aborted while recalling, and sends nothing", async () => {
    const provider = session();
    const memory = harness({ ...REMEMBERS, beforePlan: () => new Promise(() => undefined) });
    const controller = new AbortController();
    const pending = client(provider, memory.fetch).chat.completions.create(
      { model: "gpt-x", messages: [{ role: "user", content: "x" }] },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 30);
    await expect(pending).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(await provider.requests()).toEqual([]);
    await memory.path.flush();
    expect(memory.host.log).toEqual(["plan recall capture", "drop"]);
  });

  it("shows its trace by withResponse(), by id and by header", async () => {
    const provider = session();
    const memory = harness();
    const body = { model: "gpt-x", messages: [{ role: "user" as const, content: "Where to?" }] };
    const { response } = await client(provider, memory.fetch)
      .chat.completions.create(body, { query: { key: "sk-in-query" } })
      .withResponse();
    const trace = memory.traces.trace(response);
    expect(trace?.injected.recall).toContain("likes Oslo");
    expect(trace?.request?.before).toBe(JSON.stringify(body));
    expect(trace?.request?.after).toBe((await provider.requests())[0]?.body);
    expect(memory.traces.trace(response.headers.get("x-alcove-trace") ?? "")).toBe(trace);
    expect(response.headers.get("x-alcove-ms")).toMatch(/^\d+\.\d$/);
    expect(response.headers.get("x-request-id")).toMatch(/^req-\d+$/);
    expect(response.url).toBe(`${provider.baseURL}/chat/completions?key=sk-in-query`);
    expect(JSON.stringify(trace)).not.toContain("sk-");
    await memory.next("captured");
    expect(memory.traces.trace(response)?.captured.state).toBe("stored");
  });

  it("leaves every other endpoint alone", async () => {
    const provider = session();
    const memory = harness();
    const openai = client(provider, memory.fetch);
    await openai.embeddings.create({ model: "e", input: "text", encoding_format: "float" });
    await openai.models.list();
    await openai.files.create({ file: new File(["a,b\n"], "a.csv"), purpose: "assistants" });
    const requests = await provider.requests();
    expect(requests.map((request) => `${request.method} ${request.url}`)).toEqual([
      "POST /v1/embeddings",
      "GET /v1/models",
      "POST /v1/files",
    ]);
    expect(requests[2]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(requests[2]?.body).toContain("a,b\n");
    expect(memory.host.log).toEqual([]);
  });
});
