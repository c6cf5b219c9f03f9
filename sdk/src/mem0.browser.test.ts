import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import {
  messagesOf,
  promptOf,
  PROVIDER_KEY,
  stage,
  watchWhatLeaves,
} from "./dialects/gateway.fixture.ts";
import { DIALECT_CALLS, DIALECT_SECRETS } from "./dialects/dialect-calls.fixture.ts";
import { gatewayFaults } from "./dialects/gateway-faults.contract.ts";
import { isMemoryError } from "./domain/errors.ts";
import { Mem0, type Mem0ChatCompletion, type Mem0Options, ProviderError } from "./mem0.ts";
import { ask, type Mem0Fields, MODEL, openAiOf, tell, WAYS } from "./mem0.fixture.ts";

watchWhatLeaves([
  ...DIALECT_SECRETS,
  "m0-xxx",
  "user_id",
  "agent_id",
  "run_id",
  "qdrant",
  "x-mem0",
]);

describe.each(WAYS)("the pages of Mem0, through %s", (_name, optionsOf) => {
  it("conformance: run the first call, and the provider gets its own request only", async () => {
    const on = await stage();
    await on.provider.script({ text: "Noted." });
    const client = new Mem0({ ...optionsOf(on), apiKey: "m0-xxx" });
    const messages = [
      {
        role: "user",
        content: "I love Indian food but I cannot eat pizza since I'm allergic to cheese.",
      },
    ];
    const completion = await client.chat.completions.create({
      messages,
      model: "gpt-4.1-nano-2025-04-14",
      user_id: "alice",
    });
    expect(completion.choices[0]?.message.content).toBe("Noted.");
    expect(completion.metadata).toEqual({ memories: [] });
    const [request] = await on.requests();
    expect(request?.url).toBe("/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(request?.json).toEqual({ messages, model: MODEL });
  });

  it("conformance: run without an id as a plain call, of which nothing is kept", async () => {
    const on = await stage();
    const told: string[] = [];
    on.memory.on("error", ({ message }) => told.push(message));
    const config = {
      vector_store: { provider: "qdrant", config: { host: "localhost", port: 6333 } },
    };
    const client = new Mem0({ ...optionsOf(on), config });
    for (let i = 0; i < 2; i += 1) {
      const completion = await client.chat.completions.create({
        messages: [{ role: "user", content: "What's the capital of France?" }],
        model: "gpt-4.1-nano-2025-04-14",
      });
      expect(completion.metadata.memories).toEqual([]);
    }
    expect((await on.memory.stats()).records).toBe(0);
    // Each is told once, however many calls are made.
    expect(told.filter((message) => message.includes("`config`")).length).toBe(1);
    expect(told.filter((message) => message.includes("user_id, agent_id, run_id")).length).toBe(1);
  });

  it("conformance: recommend a restaurant from what was said before", async () => {
    const on = await stage();
    const client = new Mem0({ ...optionsOf(on), apiKey: "m0-xxx" });
    await tell(on, client, "I love Indian food but I'm allergic to cheese.", { user_id: "alice" });
    const response = await client.chat.completions.create({
      messages: [{ role: "user", content: "Suggest dinner options in San Francisco." }],
      model: "gpt-4.1-nano-2025-04-14",
      user_id: "alice",
    });
    const [, second] = await on.requests();
    expect(promptOf(second)).toContain("I love Indian food but I'm allergic to cheese.");
    expect(response.metadata.memories).toEqual([
      {
        id: expect.any(String) as string,
        memory: "I love Indian food but I'm allergic to cheese.",
        score: expect.any(Number) as number,
        user_id: "alice",
        agent_id: null,
        run_id: null,
        created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
    ]);
  });
});

describe("ids", () => {
  it("conformance: keep users, agents and runs apart", async () => {
    const on = await stage();
    const client = new Mem0({ memory: on.memory });
    const who = [
      { user_id: "mara" },
      { user_id: "jon" },
      { user_id: "mara", agent_id: "cook" },
      { user_id: "mara", run_id: "r1" },
      { agent_id: "guide" },
      { run_id: "r1" },
    ];
    for (const [at, ids] of who.entries())
      await tell(on, client, `My locker at the pool has the number ${at}${at}${at}.`, ids);
    const question = "Which number has my locker at the pool?";
    const seen = async (ids: Mem0Fields): Promise<string> =>
      (await ask(client, question, ids))
        .flatMap((text) => /the number (\d)/.exec(text)?.[1] ?? [])
        .toSorted()
        .join("");
    // Who is asked for by user alone is known by all that the user said, to any agent and in any run.
    expect(await seen({ user_id: "mara" })).toBe("023");
    expect(await seen({ user_id: "jon" })).toBe("1");
    expect(await seen({ user_id: "jon", agent_id: "cook" })).toBe("");
    expect(await seen({ user_id: "mara", agent_id: "cook" })).toBe("2");
    expect(await seen({ user_id: "mara", run_id: "r1" })).toBe("3");
    expect(await seen({ agent_id: "guide" })).toBe("4");
    expect(await seen({ run_id: "r1" })).toBe("5");
    expect(await seen({ run_id: "r2" })).toBe("");
  });

  it("keep lasting facts apart as well", async () => {
    const on = await stage();
    const client = new Mem0({ memory: on.memory });
    const say = (fields: Mem0Fields): Promise<void> => tell(on, client, "Plan my lunch.", fields);
    await tell(on, client, "I'm allergic to walnuts.", { user_id: "mara", run_id: "r1" });
    await say({ user_id: "mara", run_id: "r1" });
    await say({ user_id: "mara", run_id: "r2" });
    await say({ user_id: "mara", filters: { topic: "lunch" } });
    await say({ user_id: "mara" });
    const prompts = (await on.requests()).slice(1).map(promptOf);
    expect(prompts.map((prompt) => prompt.includes("walnuts"))).toEqual([true, false, false, true]);
  });

  it("may be of any script", async () => {
    const on = await stage();
    const client = new Mem0({ memory: on.memory, client: openAiOf(on) });
    await tell(on, client, "My tent is the orange one.", { user_id: "Zoë 🦦/#1" });
    expect(await ask(client, "Which tent is mine?", { user_id: "Zoë 🦦/#1" })).toContain(
      "My tent is the orange one.",
    );
    expect(await ask(client, "Which tent is mine?", { user_id: "Zoë" })).toEqual([]);
  });
});

describe("metadata, filters and limit", () => {
  it("conformance: keeps metadata with every turn and recalls what the filters name", async () => {
    const on = await stage();
    const client = new Mem0({ memory: on.memory });
    const say = (content: string, metadata: Record<string, string | number>): Promise<void> =>
      tell(on, client, content, { user_id: "mara", metadata });
    await say("The spare key hangs in the boathouse.", { topic: "home", rank: 1 });
    await say("The spare key of the office is with Theo.", { topic: "work", rank: 2 });
    await say("The spare key of the van is in the toolbox.", { topic: "van", rank: 3 });
    const { records } = await on.memory.with({ user: "mara" }).list();
    expect(records).toHaveLength(6);
    expect(records.every(({ metadata }) => typeof metadata["topic"] === "string")).toBe(true);
    const find = async (filters: Record<string, unknown>): Promise<string> =>
      (await ask(client, "Where is the spare key?", { user_id: "mara", filters }))
        .filter((text) => text.includes("spare key"))
        .flatMap((text) => /boathouse|office|van/.exec(text)?.[0] ?? [])
        .toSorted()
        .join(" ");
    expect(await find({})).toBe("boathouse office van");
    expect(await find({ topic: "work" })).toBe("office");
    expect(await find({ OR: [{ topic: "work" }, { rank: { gte: 3 } }] })).toBe("office van");
    expect(await find({ AND: [{ NOT: [{ topic: "work" }] }, { rank: { lt: 3 } }] })).toBe(
      "boathouse",
    );
    expect(await find({ topic: { in: ["home"] }, user_id: "mara" })).toBe("boathouse");
    expect(await find({ topic: "*", created_at: { lt: "2001-01-01" } })).toBe("");
    const requests = await on.requests();
    expect(requests.every(({ json }) => !Object.hasOwn(json as object, "metadata"))).toBe(true);
  });

  it("conformance: recalls at most as many as are asked for", async () => {
    const on = await stage();
    const client = new Mem0({ memory: on.memory });
    for (const day of ["Monday", "Tuesday", "Wednesday", "Thursday"])
      await tell(on, client, `On ${day} the choir rehearses in the old mill.`, { user_id: "mara" });
    const count = async (fields: Mem0Fields): Promise<number> =>
      (await ask(client, "When does the choir rehearse?", { user_id: "mara", ...fields })).length;
    expect(await count({ limit: 2 })).toBe(2);
    expect(await count({ top_k: 1 })).toBe(1);
    expect(await count({ limit: 0 })).toBe(0);
    expect(await count({})).toBeGreaterThanOrEqual(4);
  });

  it.each([
    [{ user_id: "" }, "user_id"],
    [{ user_id: { id: 1 } }, "user_id"],
    [{ user_id: "mara", limit: -1 }, "limit"],
    [{ user_id: "mara", metadata: "x" }, "metadata"],
    [{ user_id: "mara", filters: { rank: { near: 3 } } }, "filters.rank.near"],
    [{ user_id: "mara", filters: { created_at: "soon" } }, "filters.created_at"],
  ])("refuses %j", async (fields, named) => {
    const on = await stage();
    const messages = [{ role: "user" as const, content: "Hello" }];
    const own = new Mem0({ memory: on.memory });
    const failure: unknown = await own.chat.completions
      .create({ messages, model: MODEL, ...(fields as object) })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect((failure as Error).message).toContain(named);
    const over = new Mem0({ memory: on.memory, client: openAiOf(on) });
    await expect(
      over.chat.completions.create({ messages, model: MODEL, ...(fields as object) }),
    ).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    expect(await on.requests()).toEqual([]);
  });
});

describe.each(WAYS)("calls through %s", (name, optionsOf) => {
  it("conformance: change nothing that the caller handed over", async () => {
    const on = await stage();
    const client = new Mem0(optionsOf(on));
    await tell(on, client, "I am allergic to walnuts.", { user_id: "mara" });
    const request = {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Suggest a cake." }] },
      ],
      model: MODEL,
      user_id: "mara",
      metadata: { at: "home" },
      temperature: 0.5,
      a_future_field: { kept: true },
    };
    const before = structuredClone(request);
    await client.chat.completions.create(freeze(request));
    expect(request).toEqual(before);
    const sent = (await on.requests())[1];
    expect(sent?.json).toMatchObject({ temperature: 0.5, a_future_field: { kept: true } });
    expect(JSON.stringify(messagesOf(sent))).toContain("walnuts");
  });

  it("stream, and the stream says what was remembered", async () => {
    const on = await stage();
    await on.provider.script({ text: "Tea, then. 🍵" });
    const client = new Mem0(optionsOf(on));
    await tell(on, client, "I never drink coffee, only tea.", { user_id: "mara" });
    const stored = on.captured();
    const stream = await client.chat.completions.create({
      messages: [{ role: "user", content: "What shall I drink, coffee or tea?" }],
      model: MODEL,
      user_id: "mara",
      stream: true,
    });
    expect(stream.metadata.memories[0]?.memory).toBe("I never drink coffee, only tea.");
    let heard = "";
    for await (const chunk of stream) heard += chunk.choices[0]?.delta.content ?? "";
    expect(heard).toBe("Tea, then. 🍵");
    await stored;
    const { records } = await on.memory.with({ user: "mara" }).list({ kinds: ["turn"] });
    expect(records.some(({ role, text }) => role === "assistant" && text === heard)).toBe(true);
  });

  it("end the provider's answer when the caller stops listening", async () => {
    const on = await stage();
    await on.provider.script({ text: "word ".repeat(200), chunkDelayMs: 10 });
    const stream = await new Mem0(optionsOf(on)).chat.completions.create({
      messages: [{ role: "user", content: "Talk" }],
      model: MODEL,
      user_id: "mara",
      stream: true,
    });
    let chunks = 0;
    for await (const _ of stream) if ((chunks += 1) > 5) break;
    await on.provider.until(([request]) => request?.aborted === true);
  });

  it("go through a tool loop with one recall", async () => {
    const on = await stage();
    const client = new Mem0(optionsOf(on));
    await tell(on, client, "My boat is called the Heron.", { user_id: "mara" });
    await on.provider.script(
      { toolCalls: [{ id: "a", name: "tide", arguments: '{"boat":"Heron"}' }] },
      { text: "At six." },
    );
    const messages: { role: string; content?: unknown; tool_call_id?: string }[] = [
      { role: "user", content: "When can my boat leave?" },
    ];
    const step = () =>
      client.chat.completions.create({
        messages,
        model: MODEL,
        user_id: "mara",
        tools: [{ type: "function", function: { name: "tide", parameters: {} } }],
      });
    const message = (await step()).choices[0]?.message;
    expect(message?.tool_calls?.[0]?.function.arguments).toBe('{"boat":"Heron"}');
    messages.push(message!, { role: "tool", tool_call_id: "a", content: "high at six" });
    expect((await step()).choices[0]?.message.content).toBe("At six.");
    const [, first, second] = await on.requests();
    expect(promptOf(first)).toContain("the Heron");
    expect(messagesOf(second).slice(0, 1)).toEqual(messagesOf(first));
  });

  it("pass the provider's errors on", async () => {
    const on = await stage();
    const error = { error: { message: "Slow down", type: "rate_limit_error", code: "rate" } };
    await on.provider.script({ status: 429, error });
    const failure: unknown = await new Mem0(optionsOf(on)).chat.completions
      .create({ messages: [{ role: "user", content: "x" }], model: MODEL, user_id: "mara" })
      .catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(
      name === "the app's own client" ? OpenAI.RateLimitError : ProviderError,
    );
    expect(failure).toMatchObject({ status: 429, code: "rate", type: "rate_limit_error" });
    expect((failure as Error).message).toContain("Slow down");
  });

  it("reject with the caller's abort", async () => {
    const on = await stage();
    await on.provider.script({ hang: "headers" });
    const controller = new AbortController();
    const call = new Mem0(optionsOf(on)).chat.completions.create(
      { messages: [{ role: "user", content: "x" }], model: MODEL, user_id: "mara" },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 50);
    const failure: unknown = await call.catch((reason: unknown) => reason);
    if (name === "the app's own client") expect(failure).toBeInstanceOf(OpenAI.APIUserAbortError);
    else expect((failure as Error).name).toBe("AbortError");
  });

  it("go on without memory when it is closed", async () => {
    const on = await stage();
    await on.provider.script({ text: "Still here." });
    const client = new Mem0(optionsOf(on));
    await on.memory.close();
    const answer = await client.chat.completions.create({
      messages: [{ role: "user", content: "x" }],
      model: MODEL,
      user_id: "mara",
    });
    expect(answer.choices[0]?.message.content).toBe("Still here.");
    expect(answer.metadata.memories).toEqual([]);
  });
});

describe("the client itself", () => {
  it("says which option is missing where no provider's key is known", async () => {
    const on = await stage({ providers: {} });
    const failure: unknown = await new Mem0({
      apiKey: "m0-xxx",
      memory: on.memory,
    }).chat.completions
      .create({ messages: [{ role: "user", content: "x" }], model: MODEL, user_id: "mara" })
      .catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect((failure as Error).message).toContain("createMemory({ providers:");
  });

  it("refuses options that it does not know, all in one error", () => {
    try {
      // Written in JavaScript, it may be given anything.
      void new Mem0({ client: {}, memory: 1, keys: [] } as unknown as Mem0Options);
      expect.unreachable();
    } catch (error) {
      expect(isMemoryError(error) && error.code).toBe("usage/invalid-option");
      for (const named of ["client", "memory", "keys"])
        expect((error as Error).message).toContain(named);
    }
  });

  it("serves an OpenAI client that points to Mem0's host", async () => {
    const on = await stage();
    const openai = new OpenAI({
      apiKey: "m0-xxx",
      baseURL: "https://api.mem0.ai/v1",
      dangerouslyAllowBrowser: true,
      maxRetries: 0,
      fetch: on.memory.fetch,
    });
    const body = { model: MODEL, user_id: "mara" };
    const stored = on.captured();
    await openai.chat.completions.create({
      ...body,
      messages: [{ role: "user", content: "My canary is named Pip." }],
    });
    await stored;
    const answer = await openai.chat.completions.create({
      ...body,
      messages: [{ role: "user", content: "What is my canary named?" }],
    });
    const { memories } = (answer as unknown as Mem0ChatCompletion).metadata;
    expect(memories[0]?.memory).toBe("My canary is named Pip.");
    await expect(openai.models.list()).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});

gatewayFaults(DIALECT_CALLS.mem0);

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) freeze(inner as object);
  return Object.freeze(value);
}
